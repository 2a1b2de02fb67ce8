//! The keys of `source = "numpy"`.

use super::image_folder::MAX_SIDE;
use super::key::key;
use super::rule::{Rule, count_in, list, path, text, word};
use super::section::Section;
use super::source::Source;
use super::split::{stratify_key, test_size_key};
use emberlab_data::text;
use emberlab_data::{ArrayNames, ArrayPair, Channels, ImageLayout, ImageShape, NumpyArrays};

const CHANNELS: [(&str, Channels); 2] = [("first", Channels::First), ("last", Channels::Last)];

pub(super) fn keys(section: &mut Section<'_>, written: Option<&Source>) -> Option<Source> {
    let (set, set_test_size, set_stratify) = match written {
        Some(Source::Numpy { arrays, test_size, stratify }) => (Some(arrays), *test_size, Some(*stratify)),
        _ => (None, None, None),
    };
    let file = key("file", path("file"), "the `.npz` file, or a folder of `.npy` files");
    let file = section.required(file, set.map(|arrays| arrays.path.clone()));
    let names = name_keys(section, set.map(|arrays| &arrays.names));
    let image = image_keys(section, set.and_then(|arrays| arrays.image));
    let test_size =
        section.optional(test_size_key().default_text("`0.25` if there is no test part"), set_test_size);
    let stratify = stratify_key(section, set_stratify);
    if names.test.is_some() {
        section.meaningless("test_size", "has no meaning beside `test_inputs`, which is the test part");
    }
    Some(Source::Numpy { arrays: NumpyArrays { path: file?, names, image: image? }, test_size, stratify })
}

fn name_keys(section: &mut Section<'_>, written: Option<&ArrayNames>) -> ArrayNames {
    let mut pair = |[inputs, labels]: [&'static str; 2],
                    about: [&'static str; 2],
                    default,
                    written: Option<&ArrayPair>| {
        let input_key = key(inputs, array_name(), about[0]).default_text(default);
        let input = section.optional(input_key, written.map(|pair| pair.inputs.clone()));
        let label_key = key(labels, array_name(), about[1]).default_text(default);
        let label = section.optional(label_key, written.map(|pair| pair.labels.clone()));
        if !section.has(labels) {
            section.meaningless(inputs, format!("has no meaning without `{labels}`"));
        }
        if !section.has(inputs) {
            section.meaningless(labels, format!("has no meaning without `{inputs}`"));
        }
        Some(ArrayPair { inputs: input?, labels: label? })
    };
    ArrayNames {
        train: pair(
            ["train_inputs", "train_labels"],
            ["array with the inputs of the training part", "array with the labels of the training part"],
            "the first of the usual names, as `x_train` and `y_train`",
            written.and_then(|names| names.train.as_ref()),
        ),
        validation: pair(
            ["validation_inputs", "validation_labels"],
            ["array with the inputs of the validation part", "array with the labels of the validation part"],
            "the first of the usual names, as `x_val` and `y_val`, if there are such arrays",
            written.and_then(|names| names.validation.as_ref()),
        ),
        test: pair(
            ["test_inputs", "test_labels"],
            ["array with the inputs of the test part", "array with the labels of the test part"],
            "the first of the usual names, as `x_test` and `y_test`, if there are such arrays",
            written.and_then(|names| names.test.as_ref()),
        ),
    }
}

/// The layout of images; the inner `None` stands for rows of numbers, the outer one for a problem that was reported.
fn image_keys(section: &mut Section<'_>, written: Option<ImageLayout>) -> Option<Option<ImageLayout>> {
    let about =
        "shape of a sample that is an image: height and width, and 1 or 3 channels before or after them";
    let shape = key("image_shape", image_shape(), about).default_text("rows of numbers, no images");
    let shape = section.optional(shape, written.map(|layout| layout.dimensions()));
    let about = "where the channels are in `image_shape`, which tells it unless both ends are 1 or 3";
    let order = key("channels", word(&CHANNELS), about);
    // The shape alone does not always say it.
    let set_order = written.map(|layout| layout.channels).filter(|order| *order != Channels::None);
    let order = section.optional(order, set_order);
    let Some(shape) = shape else {
        section.meaningless("channels", "has no meaning without `image_shape`");
        return Some(None);
    };
    let is_count = |n: usize| n == 1 || n == 3;
    let found = match (&shape[..], order) {
        (&[height, width], None) => Ok((1, height, width, Channels::None)),
        ([_, _], Some(_)) => {
            section.meaningless("channels", "has no meaning for an `image_shape` without channels");
            return None;
        }
        (&[first, _, last], None) if is_count(first) && is_count(last) => Err(format!(
            "is {shape:?}, with 1 or 3 at both ends; set `channels` to \"first\" or \"last\" to say which one counts \
                 the channels"
        )),
        (&[height, width, channels], None | Some(Channels::Last)) if is_count(channels) => {
            Ok((channels, height, width, Channels::Last))
        }
        (&[channels, height, width], None | Some(Channels::First)) if is_count(channels) => {
            Ok((channels, height, width, Channels::First))
        }
        ([_, _, _], _) => {
            Err(format!("is {shape:?}, must have 1 or 3 channels, before or after height and width"))
        }
        (shape, _) => Err(format!("has {}, must have 2 or 3", text::count(shape.len(), "item"))),
    };
    match found {
        Ok((channels, height, width, order)) => {
            Some(Some(ImageLayout { shape: ImageShape { channels, height, width }, channels: order }))
        }
        Err(reason) => {
            section.problem("image_shape", reason);
            None
        }
    }
}

fn image_shape<'a>() -> Rule<'a, Vec<usize>> {
    let allowed = format!("a list of two or three whole numbers from 1 to {MAX_SIDE}");
    list(count_in(1..=MAX_SIDE), 1).described(allowed)
}

fn array_name<'a>() -> Rule<'a, String> {
    text("an array's name", |name| {
        !name.is_empty() && !name.contains(['/', '\\']) && !name.contains(char::is_control)
    })
}

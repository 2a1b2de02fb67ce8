//! The keys of `source = "image-folder"`.

use super::key::key;
use super::rule::{Rule, count_in, list, text, word};
use super::section::Section;
use super::source::{Source, directory_key, subsample_keys};
use super::split::{stratify_key, test_size_key};
use emberlab_data::text;
use emberlab_data::{FolderNames, ImageFolder, ImageShape, OnBadImage, ResizeFilter};

const FILTERS: [(&str, ResizeFilter); 5] = [
    ("nearest", ResizeFilter::Nearest),
    ("triangle", ResizeFilter::Triangle),
    ("catmull-rom", ResizeFilter::CatmullRom),
    ("gaussian", ResizeFilter::Gaussian),
    ("lanczos3", ResizeFilter::Lanczos3),
];

const ON_BAD_IMAGE: [(&str, OnBadImage); 2] = [("error", OnBadImage::Error), ("skip", OnBadImage::Skip)];

/// The largest height and width of images that a model is given, in pixels.
pub(super) const MAX_SIDE: u64 = 1024;

pub(super) fn keys(section: &mut Section<'_>, written: Option<&Source>) -> Option<Source> {
    let (set, set_test_size, set_stratify, set_subsample) = match written {
        Some(Source::ImageFolder { folder, test_size, stratify, subsample }) => {
            (Some(folder), *test_size, Some(*stratify), Some(*subsample))
        }
        _ => (None, None, None, None),
    };
    let directory = section.required(directory_key(), set.map(|folder| folder.directory.clone()));
    let names = name_keys(section, set.map(|folder| &folder.names));
    let size =
        key("image_size", image_size(), "height and width of the images in pixels, or one number for both");
    let set_size = set.map(|folder| vec![folder.shape.height, folder.shape.width]);
    let size = section.value(size, vec![32, 32], set_size);
    let filter = key("filter", word(&FILTERS), "filter that resizes images");
    let filter = section.value(filter, ResizeFilter::default(), set.map(|folder| folder.filter));
    let on_bad_image = key("on_bad_image", word(&ON_BAD_IMAGE), "what to do with images that cannot be read");
    let on_bad_image =
        section.value(on_bad_image, OnBadImage::default(), set.map(|folder| folder.on_bad_image));
    let test_size =
        section.optional(test_size_key().default_text("`0.25` if there is no test folder"), set_test_size);
    let stratify = stratify_key(section, set_stratify);
    let subsample = subsample_keys(section, set_subsample);
    let [height, width] = size[..] else {
        let reason = format!("has {}, must have 2, height and width", text::count(size.len(), "item"));
        section.problem("image_size", reason);
        return None;
    };
    let shape = ImageShape { channels: 3, height, width };
    let folder = ImageFolder { directory: directory?, names, shape, filter, on_bad_image };
    Some(Source::ImageFolder { folder, test_size, stratify, subsample })
}

fn name_keys(section: &mut Section<'_>, written: Option<&FolderNames>) -> FolderNames {
    let mut name = |name, about, default, written| {
        section.optional(key(name, folder_name(), about).default_text(default), written)
    };
    let names = FolderNames {
        train: name(
            "train_folder",
            "folder of the training part",
            "`\"train\"` or `\"training\"`",
            written.and_then(|names| names.train.clone()),
        ),
        validation: name(
            "validation_folder",
            "folder of the validation part",
            "`\"val\"`, `\"valid\"` or `\"validation\"`, if there is one",
            written.and_then(|names| names.validation.clone()),
        ),
        test: name(
            "test_folder",
            "folder of the test part",
            "`\"test\"` or `\"testing\"`, if there is one",
            written.and_then(|names| names.test.clone()),
        ),
    };
    check_names(section, &names);
    names
}

fn check_names(section: &Section<'_>, names: &FolderNames) {
    if names.validation.is_some() {
        let reason = "has no meaning beside `validation_folder`, which is that part";
        section.meaningless("validation_fraction", reason);
    }
    if names.test.is_some() {
        section.meaningless("test_size", "has no meaning beside `test_folder`, which is the test part");
    }
    let given = [
        ("train_folder", &names.train),
        ("validation_folder", &names.validation),
        ("test_folder", &names.test),
    ];
    for (index, (key, name)) in given.iter().enumerate() {
        let same = given[..index].iter().find(|(_, other)| name.is_some() && *other == *name);
        if let Some((other, _)) = same {
            section.problem(key, format!("is the same folder as `{other}`, must be another one"));
        }
    }
}

/// Height and width, or one number for both.
pub(super) fn image_size<'a>() -> Rule<'a, Vec<usize>> {
    let side = || count_in(1..=MAX_SIDE);
    let allowed =
        format!("a whole number from 1 to {MAX_SIDE}, or a list of two such numbers, height and width");
    list(side(), 1).or(side().map(|side| vec![side, side], |_| None)).described(allowed)
}

fn folder_name<'a>() -> Rule<'a, String> {
    text("a folder's path from `directory`", |name| !name.is_empty() && !name.contains('\0'))
}

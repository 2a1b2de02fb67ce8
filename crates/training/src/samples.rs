//! Checks of samples that a program hands over.

use crate::error::Error;
use emberlab_config::{Config, Source};
use emberlab_data::{Features, LabelledData, Part, Splits};

/// Checks that samples are whole, and that the configuration asks for samples of this kind.
///
/// # Errors
///
/// [`Error::Config`] with the first problem.
pub fn check(config: &Config, splits: &Splits) -> Result<(), Error> {
    let Source::Custom { image } = config.data.source else {
        return Err(refused(config, "must be \"custom\": the program brings the samples".to_owned()));
    };
    let fail = |reason: String| refused(config, format!("is \"custom\", but {reason}"));
    let train = &splits.train.samples;
    if train.is_empty() || train.n_features() == 0 {
        return Err(fail("the training part of the program has no samples or no features".to_owned()));
    }
    if train.n_classes() < 2 {
        return Err(fail(format!("the number of classes is {}, must be 2 or more", train.n_classes())));
    }
    if train.features.image() != image {
        let wanted =
            if image.is_some() { "images of `image_size`" } else { "no images without `image_size`" };
        return Err(fail(format!("the samples of the program must be {wanted}")));
    }
    for (name, part) in splits.parts() {
        whole(part, train).map_err(|reason| fail(format!("the {name} part of the program {reason}")))?;
    }
    Ok(())
}

/// The problem of a part, as the end of a sentence.
fn whole(part: &Part, train: &LabelledData) -> Result<(), String> {
    let Part { samples, rows } = part;
    let (n, n_classes) = (samples.len(), samples.n_classes());
    let like_train = match (&samples.features, &train.features) {
        (Features::Table { columns, .. }, Features::Table { columns: of_train, .. }) => columns == of_train,
        (found, of_train) => found.image() == of_train.image(),
    };
    if !like_train || samples.class_names != train.class_names {
        return Err("has other columns or classes than the training part".to_owned());
    }
    let (n_values, is_finite) = match &samples.features {
        Features::Table { values, .. } => (values.len(), values.iter().all(|value| value.is_finite())),
        Features::Images { pixels, .. } => (pixels.len(), true),
    };
    if n.checked_mul(samples.n_features()) != Some(n_values) || rows.len() != n {
        return Err(format!("has {n} labels, but {n_values} features and {} row numbers", rows.len()));
    }
    if !is_finite {
        return Err("has a feature that is not finite".to_owned());
    }
    match samples.labels.iter().find(|label| **label as usize >= n_classes) {
        Some(label) => Err(format!("has the label {label}, must have labels below {n_classes}")),
        None => Ok(()),
    }
}

fn refused(config: &Config, reason: String) -> Error {
    config.use_errors(vec![("data.source".to_owned(), reason)]).into()
}

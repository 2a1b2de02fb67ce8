//! Reading arrays that NumPy saved and dividing them into parts.

use emberlab_config::DataConfig;
use emberlab_data::text::shown;
use emberlab_data::{
    DataError, LabelledData, NumpyArrays, NumpyParts, ParameterError, Part, PixelScale, Progress, Splits,
    TestSize, TrainTestSplit,
};

/// Arrays in their parts.
pub(super) struct Arrays {
    pub splits: Splits,
    /// The scale of pixels, as the training part tells it.
    pub pixel_scale: Option<PixelScale>,
    /// Of arrays that belong to no part.
    pub note: Option<String>,
}

/// Reads the arrays and divides them as their names and the configuration say.
pub(super) fn load(
    arrays: &NumpyArrays,
    (test_size, stratify): (Option<TestSize>, bool),
    data: &DataConfig,
    progress: &dyn Progress,
) -> Result<Arrays, DataError> {
    let names = arrays.find()?;
    let left_out =
        |array: &str, part: &str| format!("left out, because the array `{array}` is the {part} part");
    if let (Some(validation), Some(split)) = (&names.validation, &data.validation) {
        let allowed = left_out(&validation.inputs, "validation");
        return Err(ParameterError::new("validation_fraction", split.fraction, allowed).into());
    }
    if let (Some(test), Some(size)) = (&names.test, test_size) {
        let shown = match size {
            TestSize::Share(share) => share.to_string(),
            TestSize::Samples(samples) => samples.to_string(),
        };
        return Err(ParameterError::new("test_size", shown, left_out(&test.inputs, "test")).into());
    }
    if names.test.is_some() && stratify && data.validation.is_none() {
        let allowed = "false or left out, because no part is divided";
        return Err(ParameterError::new("stratify", true, allowed).into());
    }
    let NumpyParts { train, validation, test, pixel_scale, left_out: unused } =
        arrays.read(&names, progress)?;
    let whole = |samples: LabelledData| Part { rows: (0..samples.len()).collect(), samples };
    let splits = match test {
        Some(test) => Splits { train: whole(train), validation: None, test: whole(test) },
        None => {
            let test_size = test_size.unwrap_or(TrainTestSplit::default().test_size);
            Splits::divide(&train, &TrainTestSplit { test_size, stratify }, data.split_seed)?
        }
    };
    let splits = Splits { validation: validation.map(whole), ..splits };
    Ok(Arrays { splits, pixel_scale, note: note(arrays, &unused) })
}

/// Names some of the arrays that belong to no part.
fn note(arrays: &NumpyArrays, unused: &[String]) -> Option<String> {
    const SHOWN: usize = 6;
    let mut names: Vec<String> = unused.iter().take(SHOWN).map(|name| format!("`{}`", shown(name))).collect();
    if unused.len() > SHOWN {
        names.push(format!("{} more", unused.len() - SHOWN));
    }
    let (word, be) = if unused.len() == 1 { ("array", "is") } else { ("arrays", "are") };
    let keys = "`train_inputs` and `train_labels` and the keys like them name the arrays of a part";
    let path = arrays.path.display();
    (!names.is_empty()).then(|| format!("`{path}`: the {word} {} {be} not used; {keys}", names.join(", ")))
}

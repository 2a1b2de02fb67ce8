//! Arrays that NumPy saved as inputs of a prediction.

use super::samples::Samples;
use crate::trained_run::TrainedRun;
use emberlab_config::Source;
use emberlab_data::{Features, NoProgress, read_numpy_inputs};
use std::ffi::OsStr;
use std::path::Path;

/// The file that an input names, and the array in it: `FILE.npy`, `FILE.npz` or `FILE.npz:NAME`.
pub(super) fn array_of(input: &OsStr) -> Option<(&Path, Option<&str>)> {
    let ends_with = |path: &Path, wanted: &[&str]| {
        path.extension().is_some_and(|extension| wanted.iter().any(|known| extension == *known))
    };
    let path = Path::new(input);
    if ends_with(path, &["npy", "npz"]) {
        return Some((path, None));
    }
    let (file, name) = input.to_str()?.rsplit_once(':')?;
    let file = Path::new(file);
    ends_with(file, &["npz"]).then_some((file, Some(name)))
}

/// Reads the samples of an array, named by their index.
pub(super) fn read_arrays(
    input: &OsStr,
    (path, name): (&Path, Option<&str>),
    run: &TrainedRun,
) -> Result<Samples, String> {
    let layout = match &run.config.data.source {
        Source::Numpy { arrays, .. } => arrays.image.map(|layout| (layout, run.data.pixel_scale)),
        source if source.image().is_some() => {
            return Err("is an array, but the run did not learn from arrays; give images".to_owned());
        }
        Source::Table { .. } => {
            return Err("is an array, but the run learnt from a table; give a table".to_owned());
        }
        _ => None,
    };
    let features = read_numpy_inputs(path, name, layout, run.data.n_features, &NoProgress)
        .map_err(|error| error.without_path())?;
    let n = match &features {
        Features::Table { values, .. } => values.len() / run.data.n_features,
        Features::Images { pixels, .. } => pixels.len() / run.data.n_features,
    };
    let input = input.to_string_lossy();
    Ok(Samples { names: (0..n).map(|index| format!("{input}:{index}")).collect(), features })
}

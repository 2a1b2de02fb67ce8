//! What can go wrong between a seed or a file and a batch.

use crate::image_folder::BadImage;
use std::path::PathBuf;

/// An error of this crate. Each message names the thing, the value and what is allowed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// A range with no integer in it.
    #[error("no integer lies in `{low}..{high}`")]
    EmptyRange {
        /// The first integer allowed.
        low: i64,
        /// The first integer no longer allowed.
        high: i64,
    },
    /// More rows asked for than there are.
    #[error("cannot draw {size} samples from {population}")]
    SampleTooLarge {
        /// How many were asked for.
        size: usize,
        /// How many there are.
        population: usize,
    },
    /// A parameter outside its range, or one that contradicts another.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// A data directory, or a file of it, that is not there.
    #[error("`{}` does not exist", path.display())]
    Missing {
        /// The path that was looked for.
        path: PathBuf,
    },
    /// A file that exists and cannot be read.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        source: std::io::Error,
    },
    /// A file that cannot be written.
    #[error("cannot write `{}`", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        source: std::io::Error,
    },
    /// A file that could not be fetched.
    #[error("cannot fetch `{url}`: {reason}")]
    Download {
        /// Its address.
        url: String,
        /// What went wrong.
        reason: String,
    },
    /// A folder that another process is fetching into.
    #[error("another process is fetching into `{}`; wait until it is done", path.display())]
    Busy {
        /// The folder.
        path: PathBuf,
    },
    /// Images that cannot be read.
    #[error("{}", told(.0))]
    BadImages(Vec<BadImage>),
    /// A file whose content is not what its format says.
    #[error("`{}` {problem}", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, as the end of a sentence.
        problem: String,
    },
}

/// A parameter outside its range, or one that contradicts another.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("`{name}` is {value}, must be {allowed}")]
pub struct ParameterError {
    /// The parameter's name, as scikit-learn and the configuration file spell it.
    pub name: &'static str,
    /// The value given.
    pub value: String,
    /// What is allowed.
    pub allowed: String,
}

impl ParameterError {
    /// An error for one parameter.
    pub fn new(name: &'static str, value: impl ToString, allowed: impl Into<String>) -> Self {
        Self { name, value: value.to_string(), allowed: allowed.into() }
    }
}

/// The most images that an error names.
const MAX_IMAGES: usize = 10;

/// A line for each bad image, the first ones of many, and then how many there are.
fn told(images: &[BadImage]) -> String {
    let advice = "mend or delete it, or leave out what cannot be read with `data.on_bad_image = \"skip\"`";
    // A name may hold a line break, which must not look like another image.
    let line = |image: &BadImage| {
        format!("`{}` {}", image.path.display(), image.problem).replace(char::is_control, "\u{fffd}")
    };
    if let [image] = images {
        return format!("{}; {advice}", line(image));
    }
    let mut lines: Vec<String> = images.iter().take(MAX_IMAGES).map(line).collect();
    let first = match images.len() > MAX_IMAGES {
        true => format!(", of which these are the first {MAX_IMAGES}"),
        false => String::new(),
    };
    lines.push(format!(
        "{} images cannot be read{first}; {}",
        images.len(),
        advice.replacen("it", "them", 1)
    ));
    lines.join("\n")
}

//! Images of a folder that cannot be read.

use crate::problem::Problem;
use std::path::PathBuf;

/// The most images that an error lists.
const MAX_IMAGES: usize = 10;

/// An image that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadImage {
    /// The file.
    pub path: PathBuf,
    /// Its class.
    pub label: u32,
    /// What is wrong with it.
    pub problem: Problem,
}

/// A line for each bad image, at most ten, and then their number.
pub(crate) fn report(images: &[BadImage]) -> String {
    let advice = "mend or delete it, or leave out what cannot be read with `data.on_bad_image = \"skip\"`";
    // A line break in a file's name must not look like another image.
    let line = |image: &BadImage| {
        format!("`{}` {}", image.path.display(), image.problem).replace(char::is_control, "\u{fffd}")
    };
    if let [image] = images {
        return format!("{}; {advice}", line(image));
    }
    let mut lines: Vec<String> = images.iter().take(MAX_IMAGES).map(line).collect();
    let first = if images.len() > MAX_IMAGES {
        format!(", of which these are the first {MAX_IMAGES}")
    } else {
        String::new()
    };
    lines.push(format!(
        "{} images cannot be read{first}; {}",
        images.len(),
        advice.replacen("it", "them", 1)
    ));
    lines.join("\n")
}

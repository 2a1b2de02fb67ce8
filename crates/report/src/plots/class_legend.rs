//! The legend of classes: a mark and a name for each.

use super::canvas::{Canvas, failed, fitted, longest, write};
use super::mark::Mark;
use crate::error::Error;
use plotters_backend::DrawingBackend;

const TEXT_SIZE: i32 = 18;
const TOP: i32 = 64;
const LINE: i32 = 26;
/// The most classes that are listed.
const MAX_CLASSES: usize = 20;
/// The largest width in pixels.
const MAX_WIDTH: u32 = 300;

/// The width of the legend in pixels.
///
/// # Errors
///
/// [`Error::Picture`] when the letters cannot be read.
pub fn class_legend_width(names: &[String]) -> Result<u32, Error> {
    let (names, _) = class_legend_lines(names)?;
    Ok((longest(&names, TEXT_SIZE)? + 48).max(longest(&["class".to_owned()], TEXT_SIZE)? + 16).min(MAX_WIDTH))
}

/// The names of the classes that are listed, and the line that counts the others.
///
/// # Errors
///
/// [`Error::Picture`] when the letters cannot be read.
pub fn class_legend_lines(names: &[String]) -> Result<(Vec<String>, Option<String>), Error> {
    let listed = names.iter().take(MAX_CLASSES);
    let listed = listed.map(|name| fitted(name, TEXT_SIZE, MAX_WIDTH - 48)).collect::<Result<_, _>>()?;
    let more = names.len().saturating_sub(MAX_CLASSES);
    Ok((listed, (more > 0).then(|| format!("and {more} more"))))
}

/// Draws a line for each class.
///
/// # Errors
///
/// [`Error::Picture`] when it cannot be drawn.
pub fn draw_class_legend<DB: DrawingBackend>(area: &Canvas<DB>, names: &[String]) -> Result<(), Error> {
    write(area, "class", (0, TOP - LINE), TEXT_SIZE)?;
    let (listed, more) = class_legend_lines(names)?;
    for (class, name) in listed.iter().enumerate() {
        let y = TOP + LINE * class as i32;
        area.draw(&Mark { class, faint: false, at: (10, y) }).map_err(failed)?;
        write(area, name, (26, y), TEXT_SIZE)?;
    }
    match more {
        None => Ok(()),
        Some(more) => write(area, &more, (0, TOP + LINE * MAX_CLASSES as i32), TEXT_SIZE),
    }
}

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
    let names: Vec<String> = names
        .iter()
        .take(MAX_CLASSES)
        .map(|name| fitted(name, TEXT_SIZE, MAX_WIDTH - 48))
        .collect::<Result<_, _>>()?;
    Ok((longest(&names, TEXT_SIZE)? + 48).max(longest(&["class".to_owned()], TEXT_SIZE)? + 16).min(MAX_WIDTH))
}

/// Draws a line for each class.
///
/// # Errors
///
/// [`Error::Picture`] when it cannot be drawn.
pub fn draw_class_legend<DB: DrawingBackend>(area: &Canvas<DB>, names: &[String]) -> Result<(), Error> {
    write(area, "class", (0, TOP - LINE), TEXT_SIZE)?;
    for (class, name) in names.iter().enumerate().take(MAX_CLASSES) {
        let y = TOP + LINE * class as i32;
        area.draw(&Mark { class, faint: false, at: (10, y) }).map_err(failed)?;
        write(area, &fitted(name, TEXT_SIZE, MAX_WIDTH - 48)?, (26, y), TEXT_SIZE)?;
    }
    match names.len().saturating_sub(MAX_CLASSES) {
        0 => Ok(()),
        more => write(area, &format!("and {more} more"), (0, TOP + LINE * MAX_CLASSES as i32), TEXT_SIZE),
    }
}

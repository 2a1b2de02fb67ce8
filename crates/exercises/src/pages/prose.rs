//! Sentences with formulas and code in them.

use crate::error::Error;
use emberlab_report::formula::inline;
use maud::{Markup, html};

/// A sentence in which LaTeX stands between dollar signs, and code between backquotes.
///
/// # Errors
///
/// [`Error::Report`] for invalid LaTeX.
pub fn prose(text: &str) -> Result<Markup, Error> {
    let mut pieces = Vec::new();
    for (at, piece) in text.split('$').enumerate() {
        if at % 2 == 1 {
            pieces.push(inline(piece)?);
            continue;
        }
        for (at, piece) in piece.split('`').enumerate() {
            pieces.push(if at % 2 == 1 {
                html! { code { (piece) } }
            } else {
                html! { (piece) }
            });
        }
    }
    Ok(html! { @for piece in pieces { (piece) } })
}

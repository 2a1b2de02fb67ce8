//! Pictures and pages of runs, made from their directories.
//!
//! [`Material`] reads a directory, [`figures`] draws, [`run_page`] and [`comparison_page`] write HTML around what was drawn.
//! Nothing is trained, and no device is needed: what must be computed comes in as [`Computed`].

mod error;
mod pages;
pub mod plots;

pub use error::{Error, PictureProblem};
pub use pages::{
    Compared, Computed, Figure, Material, TrainedNetwork, comparison_page, curve_figure, figures, page,
    percent, run_page,
};

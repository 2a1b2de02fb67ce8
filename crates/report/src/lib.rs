//! Pictures and pages of runs, made from their directories.
//!
//! [`Material`] reads a run directory, [`figures`] draws its pictures, and [`run_page`] and [`comparison_page`] write HTML
//! pages. This crate trains nothing and needs no device; values that must be computed come in as [`Computed`].
//!
//! ```
//! use emberlab_report::plots::{Curve, Curves, Scale, Stroke, png};
//!
//! let points = vec![(1.0, 2.3), (2.0, 1.1), (3.0, 0.7)];
//! let curves = [Curve { name: Some("training".to_owned()), colour: 0, stroke: Stroke::Solid, points }];
//! let picture = Curves::new("a small network", "loss (cross-entropy)", &curves, Scale::Log)?;
//! assert!(png(&picture)?.starts_with(b"\x89PNG"));
//! # Ok::<(), emberlab_report::Error>(())
//! ```

pub mod diagnosis;
mod error;
mod pages;
pub mod plots;

pub use error::{Error, PictureProblem};
pub use pages::{
    Compared, Computed, FeatureMaps, Figure, Material, SEED_BAND_WIDTH, SeedBand, TrainedNetwork,
    comparison_page, curve_figure, figures, formula, outcome, page, percent, run_page, widgets,
};

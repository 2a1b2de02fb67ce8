//! HTML pages and their figures.

mod augmentation;
mod comparison_page;
mod computed;
mod figure;
mod figures;
pub mod formula;
mod material;
mod outcome;
pub mod page;
mod rotation;
mod run_page;
mod seed_band;
mod series;
mod thinning;
mod worst_errors;

pub use comparison_page::{Compared, comparison_page};
pub use computed::{Computed, FeatureMaps, TrainedNetwork};
pub use figure::{Figure, widgets};
pub use figures::figures;
pub use material::Material;
pub use outcome::{outcome, percent};
pub use run_page::run_page;
pub use seed_band::{SeedBand, WIDTH as SEED_BAND_WIDTH};
pub use series::curve_figure;

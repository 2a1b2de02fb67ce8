//! What a run did, as pictures and as a page, made from its directory alone.
//!
//! [`Material`] reads the directory, [`figures`] draws, [`run_page`] and [`comparison_page`] write HTML around what was
//! drawn. Nothing is trained; pictures that show samples need the data where the configuration says it is, and are
//! left out, with a word, where it is not.

mod comparison_page;
mod figure;
mod figures;
mod material;
mod outcome;
pub mod page;
mod run_page;
mod series;
mod worst_errors;

pub use comparison_page::{Compared, comparison_page};
pub use figure::Figure;
pub use figures::figures;
pub use material::Material;
pub use outcome::percent;
pub use run_page::run_page;
pub use series::curve_figure;

//! The page of the exercises and the page of the grades.

mod exercises_page;
mod grades_page;
mod parts;
mod prose;

pub use exercises_page::exercises_page;
pub use grades_page::grades_page;

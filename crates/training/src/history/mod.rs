//! The scores of a training so far: what checkpoints keep of them, and the training is reported by.

#[expect(clippy::module_inception, reason = "the file of the type that the folder is about")]
mod history;
mod numbers;
mod selection_state;

pub use history::{Best, History};
pub use numbers::{number, numbers};
pub use selection_state::{Selected, SelectionState};

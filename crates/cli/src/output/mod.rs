//! Output of the program to standard output, standard error and the terminal.

pub mod clock;
mod plain_lines;
pub mod print;
pub mod progress_bars;
pub mod standard_output;
pub mod terminal;

pub use plain_lines::PlainRenderer;
pub use progress_bars::ProgressBars;

use crate::error::Error;

/// Prints an error and ends the program. Any thread may call it.
pub fn give_up(error: impl Into<Error>) -> ! {
    let error = error.into();
    terminal::give_back_at_end();
    print::error(&error);
    std::process::exit(i32::from(error.exit_code()))
}

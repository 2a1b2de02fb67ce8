//! Values, lists and lines of messages: long ones cut, control characters escaped. Bytes in hexadecimal, and words of a shell.

mod escape;
mod hexadecimal;
mod line;
mod list;
mod shell;
mod value;

pub use escape::{needs_escape, on_one_line, printable};
pub use hexadecimal::hexadecimal;
pub use line::short_line;
pub use list::{MAX_ITEMS, count, first, listed, thousands};
pub use shell::shell_word;
pub use value::{backticked, quoted, shown};

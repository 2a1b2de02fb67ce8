//! Exercises of the lab that check themselves.
//!
//! [`hand_out`] writes a folder for a student: a page with questions, configurations to train, and a template in Rust and
//! one in NumPy for twelve functions. [`check`] runs what the student wrote in a process with limits, compares it with the
//! right numbers and with difference quotients, and names common mistakes. [`grade`] checks many folders. The numbers in
//! questions and comparisons come from the student's ID, so that no two students have the same.
//!
//! ```
//! use emberlab_exercises::{Student, TASKS};
//!
//! let student = Student::new("ada")?;
//! let cases = TASKS[0].cases_of(student.seed());
//! let right = (TASKS[0].solve)(&cases[0]);
//! assert_eq!((TASKS[0].name, right[0].shape()), ("sigmoid", cases[0][0].shape()));
//! # Ok::<(), emberlab_exercises::Error>(())
//! ```

mod answers;
#[path = "../handout/rust/array.rs"]
mod array;
mod check;
mod class;
mod diagnosis;
mod error;
mod experiment;
mod grade;
mod handout;
mod language;
mod mistake;
mod pages;
mod protocol;
mod questions;
mod sandbox;
#[path = "../solutions/tasks.rs"]
mod solution;
mod student;
mod submission;
mod tasks;
mod template;

pub use array::Array;
pub use check::{CheckOptions, FunctionReport, Report, Verdict, check};
pub use class::{PAGE as GRADES_PAGE, TABLE as GRADES_TABLE, grade};
pub use diagnosis::Finding;
pub use error::Error;
pub use grade::Grade;
pub use handout::{HandOut, PAGE as EXERCISES_PAGE, hand_out};
pub use language::Language;
pub use mistake::Mistake;
pub use questions::{Question, QuestionReport};
pub use sandbox::Limits;
pub use student::Student;
pub use tasks::{TASKS, Task};

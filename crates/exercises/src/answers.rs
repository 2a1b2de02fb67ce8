//! `answers.toml`: the answers of a student.

use crate::error::Error;
use crate::questions::{Question, QuestionReport, questions};
use crate::student::Student;
use crate::submission::handed_in;
use std::fmt::Write;
use std::path::Path;

/// The file of the answers.
pub const FILE: &str = "answers.toml";

/// The file for a student: empty answers, or the right ones.
pub fn text(questions: &[Question], solved: bool) -> String {
    let mut text =
        "# Your answers. Numbers need three decimals; leave \"\" where you have none yet.\n".to_owned();
    let mut part = 0;
    for question in questions {
        if question.part != part {
            part = question.part;
            let _ = write!(text, "\n# Exercise {part}\n");
        }
        let answer = if solved { question.solution() } else { "\"\"".to_owned() };
        let _ = writeln!(text, "{} = {answer}", question.key);
    }
    text
}

/// Compares the answers of a folder. A file that is no TOML counts as empty, with the reason in the first report.
///
/// # Errors
///
/// [`Error::Read`], [`Error::Config`], [`Error::Data`].
pub fn check(folder: &Path, student: &Student) -> Result<Vec<QuestionReport>, Error> {
    let text = handed_in(&folder.join(FILE))?.unwrap_or_default();
    let (answers, problem) = match text.parse::<toml::Table>() {
        Ok(answers) => (answers, None),
        Err(error) => (toml::Table::new(), Some(format!("`{FILE}` cannot be read: {}", error.message()))),
    };
    let report = |question: Question| {
        let verdict = match &problem {
            Some(problem) => problem.clone(),
            None => question.judge(answers.get(question.key), student)?,
        };
        Ok(QuestionReport { question: question.key, verdict })
    };
    questions(student)?.into_iter().map(report).collect()
}

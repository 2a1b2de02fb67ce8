//! The page that a student works through.

use super::parts::{PARTS, Part};
use super::prose::prose;
use crate::answers;
use crate::error::Error;
use crate::language::Language;
use crate::questions::Question;
use crate::student::Student;
use emberlab_report::formula::display;
use emberlab_report::page::{page, verbatim};
use maud::{Markup, html};

/// The page of a student.
///
/// # Errors
///
/// [`Error::Report`] for a formula that cannot be drawn.
pub fn exercises_page(student: &Student, questions: &[Question]) -> Result<String, Error> {
    let mut parts = Vec::new();
    for (number, part) in (1..).zip(&PARTS) {
        parts.push(section(number, part, questions)?);
    }
    let [python, rust] = Language::ALL.map(Language::file);
    let body = html! {
        h1 { "Exercises: classifiers, step by step" }
        p.lead {
            "For " strong { (student.id()) } ", with numbers of your own. You write twelve functions in Python or Rust, and answer "
            (questions.len()) " questions."
        }
        ol {
            li { "Write the functions in " code { (python) } " or in " code { (rust) } ". One language is enough." }
            li { "Write the answers into " code { (answers::FILE) } "." }
            li { "Check your work as often as you like, in this folder:" (verbatim("emberlab check")) }
        }
        p.note {
            "The check calls your functions with numbers of your own, compares them with the right results and derivatives with
             difference quotients, and names common mistakes. Hand in the whole folder."
        }
        nav aria-label="exercises" {
            ul { @for (number, part) in (1..).zip(&PARTS) { li { a href={ "#part-" (number) } { (number) ". " (part.title) } } } }
        }
        @for part in parts { (part) }
    };
    Ok(page("Exercises · emberlab", body, &[]))
}

fn section(number: usize, part: &Part, questions: &[Question]) -> Result<Markup, Error> {
    let mut formulas = Vec::new();
    for formula in part.formulas {
        formulas.push(display(formula)?);
    }
    let mut functions = Vec::new();
    for (name, what) in part.functions {
        functions.push((name, prose(what)?));
    }
    let mut asked = Vec::new();
    for question in questions.iter().filter(|question| question.part == number) {
        asked.push((question.key, prose(&question.text)?));
    }
    Ok(html! {
        h2 id={ "part-" (number) } { (number) ". " (part.title) }
        p { (prose(part.lead)?) }
        @for formula in formulas { (formula) }
        h3 { @if functions.len() == 1 { "Function" } @else { "Functions" } }
        ul { @for (name, what) in functions { li { code { (name) } ": " (what) } } }
        h3 { "Experiment" }
        (verbatim(&format!("emberlab {} {}", part.command, part.experiment.path())))
        @if !asked.is_empty() {
            h3 { "Questions" }
            ul { @for (key, text) in asked { li { code { (key) } ": " (text) } } }
        }
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::questions::questions;
    use crate::tasks::TASKS;

    #[test]
    fn every_function_and_question_is_on_the_page() {
        let student = Student::new("ada").unwrap();
        let questions = questions(&student).unwrap();
        let page = exercises_page(&student, &questions).unwrap();
        for name in TASKS.iter().map(|task| task.name).chain(questions.iter().map(|question| question.key)) {
            assert!(page.contains(&format!("<code>{name}</code>")), "{name}");
        }
        let shown = page.split("<script>").next().unwrap();
        assert!(!shown.contains('$'), "a formula is not closed");
    }
}

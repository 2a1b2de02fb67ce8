//! Checks a student's folder.

use crate::answers;
use crate::array::Array;
use crate::diagnosis::{Compared, Finding, name_mistake};
use crate::error::Error;
use crate::language::{Call, Language, Tools};
use crate::protocol::Outcome;
use crate::questions::QuestionReport;
use crate::sandbox::Limits;
use crate::student::Student;
use crate::submission::handed_in;
use crate::tasks::{TASKS, Task};
use std::ffi::OsString;
use std::path::Path;

/// How students' code is run.
#[derive(Clone, Debug)]
pub struct CheckOptions {
    /// Python with NumPy.
    pub python: OsString,
    /// What a student's program may take.
    pub limits: Limits,
}

/// What is said of a function.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case", tag = "verdict")]
pub enum Verdict {
    /// It returns the right numbers in every case.
    Right,
    /// It is not begun.
    Open,
    /// It is wrong.
    Wrong {
        /// What is wrong with each output.
        findings: Vec<Finding>,
    },
}

/// What is said of a function in one language.
#[derive(Clone, Debug, serde::Serialize)]
pub struct FunctionReport {
    /// The function.
    pub function: &'static str,
    /// The language.
    pub language: Language,
    /// Right, open or wrong.
    #[serde(flatten)]
    pub verdict: Verdict,
}

/// What is said of a student's folder.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Report {
    /// The student's ID.
    pub student: String,
    /// The functions in each language that the student began.
    pub functions: Vec<FunctionReport>,
    /// A language whose file cannot be run at all, with the reason.
    pub broken: Vec<(Language, String)>,
    /// The answers.
    pub questions: Vec<QuestionReport>,
}

impl Report {
    /// Functions that are right in some language.
    pub fn n_right_functions(&self) -> usize {
        let right = |task: &&Task| self.function_is_right(task.name);
        TASKS.iter().filter(right).count()
    }

    /// Whether a function is right in some language.
    pub fn function_is_right(&self, name: &str) -> bool {
        self.functions.iter().any(|report| report.function == name && report.verdict == Verdict::Right)
    }

    /// Answers that are right.
    pub fn n_right_answers(&self) -> usize {
        self.questions.iter().filter(|question| question.is_right()).count()
    }

    /// Points: one for each function and each answer.
    pub fn points(&self) -> usize {
        self.n_right_functions() + self.n_right_answers()
    }

    /// The most points.
    pub fn most_points(&self) -> usize {
        TASKS.len() + self.questions.len()
    }
}

/// Checks the functions and answers in a folder.
///
/// # Errors
///
/// [`Error::NoExercises`]; [`Error::Tool`] if a program that the student's code needs is missing; [`Error::Interrupted`] when
/// `stop` returns `true`. Whatever the student's files hold is no error.
pub fn check(folder: &Path, options: &CheckOptions, stop: &dyn Fn() -> bool) -> Result<Report, Error> {
    let student = Student::of(folder)?;
    let mut report = Report {
        student: student.id().to_owned(),
        functions: Vec::new(),
        broken: Vec::new(),
        questions: answers::check(folder, &student)?,
    };
    for language in Language::ALL {
        let Some(source) = begun(folder, language)? else { continue };
        match functions(&source, language, &student, options, stop)? {
            Ok(functions) => report.functions.extend(functions),
            Err(reason) => report.broken.push((language, reason)),
        }
    }
    Ok(report)
}

/// A student's source; `None` if it is not there or not begun.
fn begun(folder: &Path, language: Language) -> Result<Option<String>, Error> {
    let source = handed_in(&folder.join(language.file()))?;
    Ok(source.filter(|source| source.trim() != language.template().trim()))
}

fn functions(
    source: &str,
    language: Language,
    student: &Student,
    options: &CheckOptions,
    stop: &dyn Fn() -> bool,
) -> Result<Result<Vec<FunctionReport>, String>, Error> {
    let cases: Vec<Vec<Vec<Array>>> = TASKS.iter().map(|task| task.cases_of(student.seed())).collect();
    let calls: Vec<Call<'_>> = TASKS
        .iter()
        .zip(&cases)
        .flat_map(|(task, cases)| cases.iter().map(|case| (task.name, case.as_slice())))
        .collect();
    let tools = Tools { python: options.python.clone(), rustc: "rustc".into() };
    let outcomes = match language.run(source, &calls, &tools, options.limits, stop)? {
        Ok(outcomes) => outcomes,
        Err(reason) => return Ok(Err(reason)),
    };
    let mut outcomes = outcomes.into_iter();
    let mut reports: Vec<FunctionReport> = Vec::new();
    for (task, cases) in TASKS.iter().zip(&cases) {
        let outcomes: Vec<Outcome> = outcomes.by_ref().take(cases.len()).collect();
        let mut verdict = verdict(task, cases, &outcomes);
        let wrong = reports.iter().filter(|report| matches!(report.verdict, Verdict::Wrong { .. }));
        let wrong: Vec<&str> = wrong.map(|report| report.function).collect();
        if let (Verdict::Wrong { findings }, Some(used)) =
            (&mut verdict, task.uses.iter().find(|used| wrong.contains(used)))
        {
            let note = format!("; `{used}` is wrong, mend it first if this function calls it");
            findings.iter_mut().for_each(|finding| finding.advice += &note);
        }
        reports.push(FunctionReport { function: task.name, language, verdict });
    }
    Ok(Ok(reports))
}

/// Compares what a function returned in each case.
fn verdict(task: &Task, cases: &[Vec<Array>], outcomes: &[Outcome]) -> Verdict {
    if outcomes.contains(&Outcome::Open) {
        return Verdict::Open;
    }
    let whole = |mistake: &str, advice: String| Verdict::Wrong {
        findings: vec![Finding { output: String::new(), mistake: mistake.to_owned(), advice }],
    };
    let mut returned = Vec::new();
    for outcome in outcomes {
        match outcome {
            Outcome::Returned(arrays) if arrays.len() == task.outputs.len() => returned.push(arrays),
            Outcome::Returned(arrays) => {
                let text =
                    format!("it returns {} arrays, and should return {}", arrays.len(), task.outputs.len());
                return whole("number of outputs", text);
            }
            Outcome::Failed(message) => return whole("error", message.clone()),
            Outcome::Open => return Verdict::Open,
        }
    }
    let right: Vec<Vec<Array>> = cases.iter().map(|arguments| (task.solve)(arguments)).collect();
    let quotients: Vec<Option<Vec<Array>>> =
        cases.iter().map(|arguments| task.quotient.map(|quotient| quotient(arguments))).collect();
    let findings: Vec<Finding> = task
        .outputs
        .iter()
        .enumerate()
        .filter_map(|(at, output)| {
            let compared = Compared {
                cases: cases
                    .iter()
                    .zip(right.iter().zip(&returned))
                    .map(|(arguments, (right, returned))| (arguments.as_slice(), &right[at], &returned[at]))
                    .collect(),
                quotients: quotients
                    .iter()
                    .map(|of_case| of_case.as_ref().map(|of_case| &of_case[at]))
                    .collect(),
            };
            name_mistake(task, output, &compared)
        })
        .collect();
    if findings.is_empty() { Verdict::Right } else { Verdict::Wrong { findings } }
}

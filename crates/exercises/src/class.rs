//! Checks the folders of a whole class.

use crate::check::{CheckOptions, Report, check};
use crate::error::Error;
use crate::grade::Grade;
use crate::language::Language;
use crate::pages::grades_page;
use crate::student::STUDENT_FILE;
use crate::submission::handed_in;
use crate::tasks::TASKS;
use emberlab_data::{Phase, Progress};
use emberlab_run::atomic;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// The table of the grades.
pub const TABLE: &str = "grades.csv";
/// The page of the grades.
pub const PAGE: &str = "grades.html";

/// Checks every folder in `folder` that holds exercises, `jobs` at a time, and writes [`TABLE`] and [`PAGE`] there.
///
/// # Errors
///
/// [`Error::NobodyHandedIn`]; [`Error::Tool`]; [`Error::Interrupted`] when `stop` returns `true`; [`Error::Run`].
pub fn grade(
    folder: &Path,
    options: &CheckOptions,
    jobs: usize,
    stop: &(dyn Fn() -> bool + Sync),
    progress: &dyn Progress,
) -> Result<Vec<Grade>, Error> {
    let folders = folders(folder)?;
    progress.begin(Phase::Grade, Some(folders.len() as u64));
    let reports = reports(&folders, options, jobs, stop, progress);
    progress.end();
    let notes = notes(&folders)?;
    let mut grades = Vec::new();
    for ((path, report), notes) in folders.iter().zip(reports?).zip(notes) {
        let mut notes = notes;
        let name = name_of(path);
        if let Ok(report) = &report
            && report.student != name
        {
            notes.push(format!("the ID is {}", report.student));
        }
        grades.push(Grade { folder: name, report, notes });
    }
    atomic::write(&folder.join(TABLE), &table(&grades)?)?;
    atomic::write(&folder.join(PAGE), grades_page(&grades).as_bytes())?;
    Ok(grades)
}

/// The folders with exercises, by name.
fn folders(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(Error::read(folder))? {
        let path = entry.map_err(Error::read(folder))?.path();
        if path.join(STUDENT_FILE).is_file() {
            found.push(path);
        }
    }
    found.sort();
    if found.is_empty() { Err(Error::NobodyHandedIn(folder.to_owned())) } else { Ok(found) }
}

/// The report of each folder. A folder that cannot be checked has a reason; what concerns every folder ends the work.
fn reports(
    folders: &[PathBuf],
    options: &CheckOptions,
    jobs: usize,
    stop: &(dyn Fn() -> bool + Sync),
    progress: &dyn Progress,
) -> Result<Vec<Result<Report, String>>, Error> {
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let found: Mutex<Vec<(usize, Result<Report, Error>)>> = Mutex::new(Vec::new());
    let failed =
        || found.lock().unwrap_or_else(PoisonError::into_inner).iter().any(|(_, report)| ends_all(report));
    let work = || {
        while let Some(at) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|at| *at < folders.len()) {
            if failed() {
                return;
            }
            let report = check(&folders[at], options, &|| stop());
            found.lock().unwrap_or_else(PoisonError::into_inner).push((at, report));
            progress.reach(done.fetch_add(1, Ordering::Relaxed) as u64 + 1);
        }
    };
    thread::scope(|scope| {
        for _ in 1..jobs.max(1) {
            scope.spawn(work);
        }
        work();
    });
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.sort_by_key(|(at, _)| *at);
    found
        .into_iter()
        .map(|(_, report)| match report {
            Err(error) if !ends_all(&Err::<(), _>(&error)) => Ok(Err(error.to_string())),
            report => report.map(Ok),
        })
        .collect()
}

/// Whether an error concerns every folder.
fn ends_all<T, E: std::borrow::Borrow<Error>>(report: &Result<T, E>) -> bool {
    report.as_ref().err().is_some_and(|error| {
        matches!(
            error.borrow(),
            Error::Tool { .. } | Error::Process { .. } | Error::Interrupted | Error::Run(_)
        )
    })
}

/// For each folder the other folders with the same code, apart from spaces.
fn notes(folders: &[PathBuf]) -> Result<Vec<Vec<String>>, Error> {
    let mut notes = vec![Vec::new(); folders.len()];
    for language in Language::ALL {
        let plain = |text: &str| text.split_whitespace().collect::<String>();
        let (template, solution) = (plain(&language.template()), plain(language.solution()));
        let mut owners: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, folder) in folders.iter().enumerate() {
            let source = plain(&handed_in(&folder.join(language.file()))?.unwrap_or_default());
            if source == solution {
                notes[at].push(format!("the solution in {}", language.name()));
            } else if !source.is_empty() && source != template {
                owners.entry(source).or_default().push(at);
            }
        }
        for owners in owners.into_values().filter(|owners| owners.len() > 1) {
            for at in &owners {
                let others: Vec<String> = owners
                    .iter()
                    .filter(|other| *other != at)
                    .map(|other| name_of(&folders[*other]))
                    .collect();
                notes[*at].push(format!("the same {} code as {}", language.name(), others.join(", ")));
            }
        }
    }
    Ok(notes)
}

fn name_of(folder: &Path) -> String {
    folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The table: a row for each folder, with 1 for each right function and answer.
fn table(grades: &[Grade]) -> Result<Vec<u8>, Error> {
    let failed = |error: csv::Error| Error::content(TABLE, format!("cannot be made: {error}"));
    let questions: Vec<&str> = grades
        .iter()
        .find_map(|grade| grade.report.as_ref().ok())
        .map(|report| report.questions.iter().map(|question| question.question).collect())
        .unwrap_or_default();
    let mut table = csv::Writer::from_writer(Vec::new());
    let header = ["folder", "student", "points", "of"].into_iter().chain(TASKS.iter().map(|task| task.name));
    table.write_record(header.chain(questions.iter().copied()).chain(["notes"])).map_err(failed)?;
    for Grade { folder, report, notes } in grades {
        let mut row = vec![folder.clone()];
        let mut notes = notes.clone();
        match report {
            Ok(report) => {
                row.extend([
                    report.student.clone(),
                    report.points().to_string(),
                    report.most_points().to_string(),
                ]);
                row.extend(
                    TASKS.iter().map(|task| u8::from(report.function_is_right(task.name)).to_string()),
                );
                row.extend(report.questions.iter().map(|question| u8::from(question.is_right()).to_string()));
            }
            Err(reason) => {
                row.extend(["".into(), "0".into(), "".into()]);
                row.extend(vec!["0".to_owned(); TASKS.len() + questions.len()]);
                notes.push(reason.clone());
            }
        }
        row.push(notes.join("; "));
        // A spreadsheet would compute a cell that begins like this.
        row.iter_mut()
            .filter(|cell| cell.starts_with(['=', '+', '-', '@']))
            .for_each(|cell| cell.insert(0, '\''));
        table.write_record(&row).map_err(failed)?;
    }
    table.into_inner().map_err(|error| Error::content(TABLE, format!("cannot be made: {error}")))
}

//! Writes the folder of a student.

use crate::answers;
use crate::error::Error;
use crate::experiment::Experiment;
use crate::language::Language;
use crate::pages::exercises_page;
use crate::questions::questions;
use crate::student::{STUDENT_FILE, Student};
use emberlab_run::atomic;
use std::fs;
use std::path::PathBuf;

/// The page with the exercises.
pub const PAGE: &str = "index.html";

/// A folder of exercises to write.
#[derive(Clone, Debug)]
pub struct HandOut {
    /// The folder of all students; each has one inside with the ID as its name.
    pub folder: PathBuf,
    /// The student.
    pub student: Student,
    /// Whether every function and answer is filled in, for the teacher.
    pub solutions: bool,
}

/// Writes a student's folder and returns its path.
///
/// # Errors
///
/// [`Error::Exists`] for a folder that is there; [`Error::Run`] if a file cannot be written.
pub fn hand_out(hand_out: &HandOut) -> Result<PathBuf, Error> {
    let HandOut { folder, student, solutions } = hand_out;
    let folder = folder.join(student.id());
    if folder.exists() {
        return Err(Error::Exists(folder));
    }
    let questions = questions(student)?;
    let mut files: Vec<(String, String)> = vec![
        (PAGE.to_owned(), exercises_page(student, &questions)?),
        (answers::FILE.to_owned(), answers::text(&questions, *solutions)),
        ("rust/Cargo.toml".to_owned(), include_str!("../handout/rust/Cargo.toml.txt").to_owned()),
        ("rust/src/lib.rs".to_owned(), include_str!("../handout/rust/lib.rs").to_owned()),
        ("rust/src/array.rs".to_owned(), include_str!("../handout/rust/array.rs").to_owned()),
    ];
    for language in Language::ALL {
        let text = if *solutions { language.solution().to_owned() } else { language.template() };
        files.push((language.file().to_owned(), text));
    }
    for experiment in Experiment::ALL {
        files.push((experiment.path(), experiment.text(student)));
    }
    // The file that makes it a folder of exercises comes last.
    files.push((STUDENT_FILE.to_owned(), student_text(student)));
    for (name, text) in files {
        let path = folder.join(name);
        let parent = path.parent().unwrap_or(&folder);
        fs::create_dir_all(parent).map_err(Error::write(parent))?;
        atomic::write(&path, text.as_bytes())?;
    }
    Ok(folder)
}

fn student_text(student: &Student) -> String {
    format!(
        "# The ID decides the numbers of these exercises. Do not change it.\nid = \"{}\"\nseed = {}\n",
        student.id(),
        student.seed()
    )
}

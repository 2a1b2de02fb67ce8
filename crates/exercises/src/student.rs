//! A student, whose ID decides the numbers of the exercises.

use crate::error::Error;
use crate::submission::handed_in;
use emberlab_config::is_plain_name;
use sha2::{Digest, Sha256};
use std::path::Path;

/// The file of a folder with the student's ID.
pub const STUDENT_FILE: &str = "student.toml";

/// A student.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Student {
    id: String,
}

impl Student {
    /// A student by ID, which is also the name of the folder.
    ///
    /// # Errors
    ///
    /// [`Error::Student`] for an ID that is not a plain file name.
    pub fn new(id: &str) -> Result<Self, Error> {
        if is_plain_name(id) { Ok(Self { id: id.to_owned() }) } else { Err(Error::Student(id.to_owned())) }
    }

    /// The student that a folder belongs to.
    ///
    /// # Errors
    ///
    /// [`Error::NoExercises`]; [`Error::Content`] for a file that names no student.
    pub fn of(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(STUDENT_FILE);
        let Some(text) = handed_in(&path)? else {
            return Err(Error::NoExercises { folder: folder.to_owned() });
        };
        let id =
            text.parse::<toml::Table>().ok().and_then(|table| table.get("id")?.as_str().map(str::to_owned));
        match id {
            Some(id) => Self::new(&id),
            None => Err(Error::content(path, "names no student: it needs a line such as id = \"ada\"")),
        }
    }

    /// The ID.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The seed of this student's numbers: the first four bytes of the SHA-256 of the ID, below 10⁸ so that it is short
    /// enough to be copied.
    pub fn seed(&self) -> u32 {
        let digest = Sha256::digest(format!("emberlab exercises, student {}", self.id));
        u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]) % 100_000_000
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_class_has_as_many_seeds_as_students() {
        let seeds: HashSet<u32> = (0..500).map(|n| Student::new(&format!("s{n}")).unwrap().seed()).collect();
        assert_eq!(seeds.len(), 500);
    }

    #[test]
    fn an_id_is_a_file_name() {
        for id in ["", "..", "a/b", "a\\b", ".hidden", "a\nb"] {
            assert!(Student::new(id).is_err(), "{id:?}");
        }
    }
}

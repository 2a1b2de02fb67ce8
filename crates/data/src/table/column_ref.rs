//! Columns by name or by position.

use crate::problem::TableProblem;
use crate::text;
use std::collections::BTreeMap;
use std::fmt;

/// A column of a table, as a configuration names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnRef {
    /// By its name in the header; `""` is a column without a name.
    Name(String),
    /// By its position, from 0; -1 is the last.
    Position(i64),
}

impl From<&str> for ColumnRef {
    fn from(name: &str) -> Self {
        Self::Name(name.to_owned())
    }
}

impl fmt::Display for ColumnRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => write!(f, "{}", text::quoted(name)),
            Self::Position(position) => write!(f, "{position}"),
        }
    }
}

/// The columns of a file.
pub(super) struct Columns {
    /// Their names; positions where the file has no header.
    pub names: Vec<String>,
    /// Whether the names are those of a header.
    pub header: bool,
    /// The number of columns without empty, unnamed ones at the end, which a delimiter at the end of each line creates.
    pub n: usize,
}

impl Columns {
    /// A column's title in messages: `` column `x` `` or `column 3`.
    pub fn title(&self, column: usize) -> String {
        title(&self.names[column], column, self.header)
    }

    /// The positions of the columns that a reference names; several for columns without a name.
    pub fn find(&self, wanted: &ColumnRef, key: &str) -> Result<Vec<usize>, TableProblem> {
        match wanted {
            ColumnRef::Position(position) => self.at(*position, key).map(|place| vec![place]),
            ColumnRef::Name(name) if !self.header => Err(TableProblem::NameWithoutHeader {
                key: key.to_owned(),
                name: name.clone(),
                n_columns: self.n,
            }),
            ColumnRef::Name(name) => {
                let places: Vec<usize> =
                    (0..self.names.len()).filter(|&place| self.names[place] == *name).collect();
                if places.is_empty() { Err(self.unknown(name, key)) } else { Ok(places) }
            }
        }
    }

    fn at(&self, position: i64, key: &str) -> Result<usize, TableProblem> {
        let n = self.n as i64;
        let place = if position < 0 { position + n } else { position };
        if (0..n).contains(&place) {
            return Ok(place as usize);
        }
        let is_name = self.header && self.names.contains(&position.to_string());
        Err(TableProblem::NoPosition { key: key.to_owned(), position, n_columns: self.n, is_name })
    }

    fn unknown(&self, name: &str, key: &str) -> TableProblem {
        let key = key.to_owned();
        if name.is_empty() {
            return TableProblem::NoUnnamedColumn { key };
        }
        TableProblem::UnknownColumn { key, name: name.to_owned(), columns: self.names.clone() }
    }

    /// Refuses names with a line break and names that occur twice.
    pub fn check_names(&self) -> Result<(), TableProblem> {
        let mut seen = BTreeMap::new();
        for (place, name) in self.names.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
            if let Some(line_break) = name.find(['\n', '\r']) {
                return Err(TableProblem::LineBreakInName { start: name[..line_break].to_owned() });
            }
            if let Some(first) = seen.insert(name, place) {
                return Err(TableProblem::DuplicateColumn { name: name.clone(), first, second: place });
            }
        }
        Ok(())
    }
}

pub(super) fn title(name: &str, column: usize, header: bool) -> String {
    if header && !name.is_empty() {
        format!("column {}", text::backticked(name))
    } else {
        format!("column {column}")
    }
}

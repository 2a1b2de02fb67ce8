//! Columns by name or by position.

use super::shown;
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
            Self::Name(name) => write!(f, "{}", shown::value(name)),
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
    /// How many there are without those behind the last name that hold nothing, which a delimiter at the
    /// end of each line makes.
    pub n: usize,
}

impl Columns {
    /// A column in words: `` column `x` `` or `column 3`.
    pub fn title(&self, column: usize) -> String {
        title(&self.names[column], column, self.header)
    }

    /// The places that a reference means; more than one for columns without a name.
    pub fn find(&self, wanted: &ColumnRef, key: &str) -> Result<Vec<usize>, String> {
        match wanted {
            ColumnRef::Position(position) => self.at(*position, key).map(|place| vec![place]),
            ColumnRef::Name(name) if !self.header => Err(format!(
                "has no header, so `{key}` cannot be {}: give a position, from 0, or -1 for the last of the {}; \
                 or set `header = true` if the first row names the columns",
                shown::value(name),
                shown::count(self.n, "column")
            )),
            ColumnRef::Name(name) => {
                let places: Vec<usize> =
                    (0..self.names.len()).filter(|&place| self.names[place] == *name).collect();
                if places.is_empty() { Err(self.unknown(name, key)) } else { Ok(places) }
            }
        }
    }

    fn at(&self, position: i64, key: &str) -> Result<usize, String> {
        let n = self.n as i64;
        let place = if position < 0 { position + n } else { position };
        if (0..n).contains(&place) {
            return Ok(place as usize);
        }
        let quoted = match self.names.contains(&position.to_string()) && self.header {
            true => format!("; the column named \"{position}\" is written in quotes"),
            false => String::new(),
        };
        let last = n - 1;
        Err(format!(
            "has no column {position}, as `{key}` says: positions are 0 to {last} and -1 to -{n}{quoted}"
        ))
    }

    fn unknown(&self, name: &str, key: &str) -> String {
        if name.is_empty() {
            return format!("has no column without a name, as `{key}` says");
        }
        let names: Vec<String> = self.names.iter().map(|name| shown::name(name)).collect();
        format!(
            "has no column {}, as `{key}` says; its columns are {}",
            shown::name(name),
            shown::list(&names)
        )
    }

    /// The first name that occurs twice.
    pub fn check_names(&self) -> Result<(), String> {
        let mut seen = std::collections::BTreeMap::new();
        for (place, name) in self.names.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
            if let Some(line_break) = name.find(['\n', '\r']) {
                let start = &name[..line_break];
                return Err(format!(
                    "has a column whose name has a line break in it: {}…",
                    shown::value(start)
                ));
            }
            if let Some(first) = seen.insert(name, place) {
                let name = shown::name(name);
                return Err(format!("has two columns {name}, at positions {first} and {place}; rename one"));
            }
        }
        Ok(())
    }
}

pub(super) fn title(name: &str, column: usize, header: bool) -> String {
    if header && !name.is_empty() {
        format!("column {}", shown::name(name))
    } else {
        format!("column {column}")
    }
}

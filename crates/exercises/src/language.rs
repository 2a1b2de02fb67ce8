//! The languages that students write in: templates, solutions, and how a student's functions are run.

use crate::array::Array;
use crate::error::Error;
use crate::protocol::{Outcome, broken, call, outcomes};
use crate::sandbox::{End, Ended, Limits, Program, beginning};
use crate::template;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{Seek, Write};
use std::path::Path;
use tempfile::{NamedTempFile, TempDir};

/// A language of the exercises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Python with NumPy.
    Python,
    /// Rust without dependencies.
    Rust,
}

/// The programs that run students' code.
#[derive(Clone, Debug)]
pub struct Tools {
    /// Python with NumPy.
    pub python: OsString,
    /// The Rust compiler.
    pub rustc: OsString,
}

/// A call of a function with arguments.
pub type Call<'a> = (&'a str, &'a [Array]);

/// What a compilation may take.
const COMPILER: Limits = Limits { seconds: 60, memory: 4 << 30 };
/// Characters of a message of a compiler that are shown.
const MAX_MESSAGE: usize = 300;
const PROGRAM: &str = "program";

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Python, Self::Rust];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Python => "Python",
            Self::Rust => "Rust",
        }
    }

    /// The file of a student's functions in the folder.
    pub const fn file(self) -> &'static str {
        match self {
            Self::Python => "python/tasks.py",
            Self::Rust => "rust/src/tasks.rs",
        }
    }

    /// The file with every function right.
    pub const fn solution(self) -> &'static str {
        match self {
            Self::Python => include_str!("../solutions/tasks.py"),
            Self::Rust => include_str!("../solutions/tasks.rs"),
        }
    }

    /// The file that students begin with.
    pub fn template(self) -> String {
        match self {
            Self::Python => template::python(self.solution()),
            Self::Rust => template::rust(self.solution()),
        }
    }

    /// The files beside it that run the functions.
    const fn harness(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Python => &[("harness.py", include_str!("../harness/harness.py"))],
            Self::Rust => &[
                ("main.rs", include_str!("../harness/main.rs")),
                ("array.rs", include_str!("../handout/rust/array.rs")),
            ],
        }
    }

    /// Calls functions of a source. `Err` inside if no function can be called, with the reason.
    ///
    /// # Errors
    ///
    /// [`Error::Tool`] if Python, NumPy or the Rust compiler is missing; [`Error::Interrupted`].
    pub fn run(
        self,
        source: &str,
        calls: &[Call<'_>],
        tools: &Tools,
        limits: Limits,
        stop: &dyn Fn() -> bool,
    ) -> Result<Result<Vec<Outcome>, String>, Error> {
        let folder = TempDir::new().map_err(Error::write("a temporary folder"))?;
        let file = if self == Self::Python { "tasks.py" } else { "tasks.rs" };
        for (name, text) in self.harness().iter().copied().chain([(file, source)]) {
            let path = folder.path().join(name);
            fs::write(&path, text).map_err(Error::write(&path))?;
        }
        if let Err(reason) = self.prepare(folder.path(), tools, stop)? {
            return Ok(Err(reason));
        }
        self.call_all(folder.path(), calls, tools, limits, stop)
    }

    /// Compiles what must be compiled.
    fn prepare(
        self,
        folder: &Path,
        tools: &Tools,
        stop: &dyn Fn() -> bool,
    ) -> Result<Result<(), String>, Error> {
        if self == Self::Python {
            return Ok(Ok(()));
        }
        let options = [
            "--edition=2024",
            "-Copt-level=1",
            "--cap-lints=allow",
            "--error-format=short",
            "main.rs",
            "-o",
            PROGRAM,
        ];
        let words = [tools.rustc.as_os_str()].into_iter().chain(options.map(OsStr::new)).collect();
        let ended = Program { words, folder, input: None, limits: COMPILER }.run(stop)?;
        Ok(match ended.end {
            End::Exit(0) => Ok(()),
            End::Exit(127) => return Err(self.missing(tools)),
            End::Time => Err("the compiler takes more than a minute".to_owned()),
            _ => Err(format!("it does not compile: {}", compiler_message(&ended.messages))),
        })
    }

    /// Runs the program as often as a call ends it, each time with the functions that are left.
    fn call_all(
        self,
        folder: &Path,
        calls: &[Call<'_>],
        tools: &Tools,
        limits: Limits,
        stop: &dyn Fn() -> bool,
    ) -> Result<Result<Vec<Outcome>, String>, Error> {
        let mut found = Vec::new();
        while found.len() < calls.len() {
            let (results, ended) = self.call(folder, &calls[found.len()..], tools, limits, stop)?;
            if let Some(reason) = broken(&results) {
                return Ok(Err(reason));
            }
            if found.is_empty() && results.is_empty() && ended.messages.contains("No module named 'numpy'")
                || ended.end == End::Exit(127)
            {
                return Err(self.missing(tools));
            }
            found.extend(outcomes(&results));
            found.truncate(calls.len());
            if let Some((name, _)) = calls.get(found.len()) {
                let reason = reason(&ended, limits);
                while calls.get(found.len()).is_some_and(|(other, _)| other == name) {
                    found.push(Outcome::Failed(reason.clone()));
                }
            }
        }
        Ok(Ok(found))
    }

    /// Runs the program once; returns its results and how it ended.
    fn call(
        self,
        folder: &Path,
        calls: &[Call<'_>],
        tools: &Tools,
        limits: Limits,
        stop: &dyn Fn() -> bool,
    ) -> Result<(String, Ended), Error> {
        let text: String = calls.iter().map(|(name, arguments)| call(name, arguments)).collect();
        let failed = |reason| Error::write("a temporary file")(reason);
        let mut input = tempfile::tempfile().map_err(failed)?;
        input.write_all(text.as_bytes()).and_then(|()| input.rewind()).map_err(failed)?;
        // Read through the file that is open here, whatever the program puts at its path.
        let mut results = NamedTempFile::new().map_err(failed)?;
        let (program, path) = (folder.join(PROGRAM), results.path().as_os_str().to_owned());
        let words: Vec<&OsStr> = match self {
            Self::Python => vec![&tools.python, OsStr::new("harness.py"), &path],
            Self::Rust => vec![program.as_os_str(), &path],
        };
        let ended = Program { words, folder, input: Some(&input), limits }.run(stop)?;
        let results =
            beginning(results.as_file_mut(), MAX_RESULTS).map_err(Error::read("a temporary file"))?;
        Ok((results, ended))
    }

    fn missing(self, tools: &Tools) -> Error {
        match self {
            Self::Python => Error::Tool {
                what: format!("`{}` is no Python with NumPy", tools.python.display()),
                remedy: "install NumPy with `python3 -m pip install numpy`, or name another with `--python`"
                    .to_owned(),
            },
            Self::Rust => Error::Tool {
                what: format!("the Rust compiler `{}` is missing", tools.rustc.display()),
                remedy: "install it from https://rustup.rs".to_owned(),
            },
        }
    }
}

/// Bytes of results that are read.
const MAX_RESULTS: u64 = 4 << 20;

/// The first error of a compiler, without the folder.
fn compiler_message(messages: &str) -> String {
    let first = messages.lines().find(|line| line.contains("error")).unwrap_or("no reason is given");
    first.chars().take(MAX_MESSAGE).collect()
}

/// Why a program ended in the middle.
fn reason(ended: &Ended, limits: Limits) -> String {
    let memory = limits.memory >> 20;
    if ended.messages.contains("overflowed its stack") {
        return "it calls itself without end".to_owned();
    }
    if ended.messages.contains("memory allocation") || ended.messages.contains("MemoryError") {
        return format!("it takes more than {memory} MiB of memory");
    }
    match ended.end {
        End::Time => format!("it takes more than {} s", limits.seconds),
        End::Signal(9) => format!("it was killed; it may take more than {memory} MiB of memory"),
        End::Signal(signal) => format!("it was ended by signal {signal}"),
        End::Exit(code) => format!("it ends the program, with exit code {code}"),
    }
}

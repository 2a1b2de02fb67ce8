//! Processes with limits, for code that is not trusted.
//!
//! `ulimit` of the shell sets limits of the kernel for time, memory and the size of a file, which hold for the process and for each of
//! its children, and a clock ends what only waits. The process group is killed at the end. That ends mistakes; it does not hold
//! a program that means harm: one may start any number of children, leave its group, and reach files and the network.
//! A container keeps it from that.

use crate::error::Error;
use rustix::process::{Pid, Signal, kill_process_group};
use std::env;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// What a process may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Seconds, on the clock and of processor time.
    pub seconds: u64,
    /// Bytes of memory.
    pub memory: u64,
}

/// Bytes of a file that a process may write.
const MAX_FILE: u64 = 32 << 20;
/// Bytes of a process's messages that are read.
const MAX_MESSAGES: u64 = 64 << 10;
/// How often it is asked whether a process has ended.
const TICK: Duration = Duration::from_millis(5);
/// Variables that a process needs to find its programs and libraries. Others may hold secrets.
const KEPT: [&str; 9] = [
    "PATH",
    "HOME",
    "CARGO_HOME",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "PYENV_VERSION",
    "PYTHONPATH",
    "VIRTUAL_ENV",
    "LD_LIBRARY_PATH",
];
/// Sets the limits in a shell, and becomes the program.
const LIMITED: &str = r#"ulimit -c 0; ulimit -S -t "$1" && ulimit -H -t $(($1 + 1)) && ulimit -v "$2" && ulimit -f "$3"; shift 3; exec "$@""#;

/// How a process ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// With this exit code.
    Exit(i32),
    /// It took too much time.
    Time,
    /// By a signal, as when memory or disk are used up.
    Signal(i32),
}

/// A process that has ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// How.
    pub end: End,
    /// The beginning of what it wrote to standard error.
    pub messages: String,
}

/// A program with its arguments, run in a folder.
pub struct Program<'a> {
    /// The program and its arguments.
    pub words: Vec<&'a OsStr>,
    /// The folder to run in.
    pub folder: &'a Path,
    /// What it reads from standard input.
    pub input: Option<&'a File>,
    /// What it may take.
    pub limits: Limits,
}

impl Program<'_> {
    /// Runs the program to its end.
    ///
    /// # Errors
    ///
    /// [`Error::Process`]; [`Error::Interrupted`] if `stop` returns `true`.
    pub fn run(&self, stop: &dyn Fn() -> bool) -> Result<Ended, Error> {
        let failed = |reason| Error::Process {
            command: self.words.join(OsStr::new(" ")).display().to_string(),
            reason,
        };
        // Without a name, by which the process could put something else in its place.
        let mut messages = tempfile::tempfile().map_err(Error::write("a temporary file"))?;
        let errors = messages.try_clone().map_err(failed)?;
        let input = match self.input {
            Some(file) => file.try_clone().map_err(failed)?.into(),
            None => Stdio::null(),
        };
        let mut child =
            self.command().stdin(input).stdout(Stdio::null()).stderr(errors).spawn().map_err(failed)?;
        let waited = self.wait(&mut child, stop);
        // What it started and is in its group must not outlive it. The group may be gone already.
        if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let status = child.wait().map_err(failed)?;
        let end = match waited? {
            Some(End::Time) => End::Time,
            _ => end(status),
        };
        let messages = beginning(&mut messages, MAX_MESSAGES).map_err(Error::read("a temporary file"))?;
        Ok(Ended { end, messages })
    }

    fn command(&self) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", LIMITED, "sh"]);
        // Seconds, KiB, and units of 512 bytes.
        let Limits { seconds, memory } = self.limits;
        command.args([seconds, memory >> 10, MAX_FILE >> 9].map(|limit| limit.to_string())).args(&self.words);
        command.current_dir(self.folder).process_group(0).env_clear();
        command.envs(KEPT.iter().filter_map(|name| Some((name, env::var_os(name)?))));
        // Threads of a linear algebra library reserve memory each.
        command.env("OPENBLAS_NUM_THREADS", "1").env("OMP_NUM_THREADS", "1").env("TMPDIR", self.folder);
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }

    /// Waits until the process has ended, or its time.
    fn wait(&self, child: &mut Child, stop: &dyn Fn() -> bool) -> Result<Option<End>, Error> {
        let start = Instant::now();
        loop {
            let ended =
                child.try_wait().map_err(|reason| Error::Process { command: "sh".to_owned(), reason })?;
            if ended.is_some() {
                return Ok(None);
            }
            if start.elapsed() > Duration::from_secs(self.limits.seconds) {
                return Ok(Some(End::Time));
            }
            if stop() {
                return Err(Error::Interrupted);
            }
            sleep(TICK);
        }
    }
}

fn end(status: ExitStatus) -> End {
    /// The signal at the end of the processor time.
    const CPU_TIME: i32 = 24;
    match status.signal() {
        Some(CPU_TIME) => End::Time,
        Some(signal) => End::Signal(signal),
        // A process that ended by no signal has an exit code.
        None => End::Exit(status.code().unwrap_or(-1)),
    }
}

/// The first bytes of a file, as text.
pub fn beginning(file: &mut File, bytes: u64) -> io::Result<String> {
    let mut read = Vec::new();
    file.rewind()?;
    file.take(bytes).read_to_end(&mut read)?;
    Ok(String::from_utf8_lossy(&read).into_owned())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use tempfile::TempDir;

    const LIMITS: Limits = Limits { seconds: 1, memory: 256 << 20 };

    fn run(script: &str) -> (Ended, Duration) {
        let folder = TempDir::new().unwrap();
        let words = ["sh", "-c", script].map(OsStr::new).to_vec();
        let start = Instant::now();
        let ended =
            Program { words, folder: folder.path(), input: None, limits: LIMITS }.run(&|| false).unwrap();
        (ended, start.elapsed())
    }

    #[test]
    fn a_process_ends_by_itself_or_by_its_limits() {
        assert_eq!(run("exit 3").0.end, End::Exit(3));
        assert_eq!(run("echo hello >&2").0.messages, "hello\n");
        for endless in ["sleep 100", "while :; do :; done"] {
            let (ended, took) = run(endless);
            assert_eq!(ended.end, End::Time, "{endless}");
            assert!(took < Duration::from_secs(20), "{endless} took {took:?}");
        }
    }

    #[test]
    fn memory_and_files_have_a_limit() {
        let (hungry, _) = run("python3 -c 'bytearray(1 << 30)'");
        assert!(hungry.messages.contains("MemoryError"), "{hungry:?}");
        let (writer, _) = run("head -c 100000000 /dev/zero > large; exit $?");
        assert_ne!(writer.end, End::Exit(0));
    }

    #[test]
    fn children_do_not_outlive_it() {
        let folder = TempDir::new().unwrap();
        let mark = folder.path().join("mark");
        let script = format!("(sleep 2; touch {}) & exit 0", mark.display());
        assert_eq!(run(&script).0.end, End::Exit(0));
        sleep(Duration::from_secs(3));
        assert!(!mark.exists());
    }

    #[test]
    fn variables_with_secrets_are_not_handed_on() {
        assert!(KEPT.iter().all(|name| !name.contains("TOKEN") && !name.contains("SECRET")));
        let (ended, _) = run("env >&2");
        assert!(!ended.messages.contains("CARGO_MANIFEST_DIR"), "{}", ended.messages);
    }
}

//! A process that a test starts and waits for, with a deadline.

use std::fs;
#[cfg(unix)]
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStdin, Command, ExitStatus};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::NamedTempFile;

/// The deadline of every wait. It only ends tests that hang: no wait takes a tenth of it.
const PATIENCE: Duration = Duration::from_secs(300);

/// Waits until a condition holds, and panics with a message when it does not hold in time.
#[track_caller]
pub fn wait_until(mut condition: impl FnMut() -> bool, message: impl Fn() -> String) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < PATIENCE, "waited for {PATIENCE:?}: {}", message());
        sleep(Duration::from_millis(2));
    }
}

/// Standard output and standard error so far.
type Printed = Box<dyn Fn() -> [Vec<u8>; 2]>;

/// A process. It is killed on drop, so that it does not outlive a failing test.
pub struct Process {
    child: Child,
    printed: Printed,
}

/// How a process ended, and what it printed.
#[derive(Debug)]
pub struct Said {
    /// The exit code, or the negative number of the signal that ended the process.
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Process {
    /// Starts a command. Its output goes to files, so that it never waits for a reader.
    #[track_caller]
    pub fn start(command: &mut Command) -> Self {
        let files = [NamedTempFile::new().unwrap(), NamedTempFile::new().unwrap()];
        let [stdout, stderr] = files.each_ref().map(|file| file.reopen().unwrap());
        let child = command.stdout(stdout).stderr(stderr).spawn().unwrap();
        Self::new(child, move || files.each_ref().map(|file| fs::read(file.path()).unwrap()))
    }

    /// A process whose output is not captured.
    pub fn new(child: Child, printed: impl Fn() -> [Vec<u8>; 2] + 'static) -> Self {
        Self { child, printed: Box::new(printed) }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its standard input, where it is a pipe.
    pub fn stdin(&mut self) -> ChildStdin {
        self.child.stdin.take().unwrap()
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits until a condition holds, and panics when the process ends before.
    #[track_caller]
    pub fn wait_until(&mut self, what: &str, mut condition: impl FnMut() -> bool) {
        let Self { child, printed } = self;
        let message = || format!("{what}\n{}", lossy(printed));
        let holds = || {
            // The condition is looked at last: the process may make it hold and end.
            let status = child.try_wait().unwrap();
            let holds = condition();
            assert!(holds || status.is_none(), "the process ended before, {status:?}: {}", message());
            holds
        };
        wait_until(holds, message);
    }

    /// Waits until the process has printed a text.
    #[track_caller]
    pub fn wait_for(&self, text: &str) {
        let printed = || lossy(&self.printed);
        wait_until(|| printed().contains(text), || format!("`{text}` is not printed\n{}", printed()));
    }

    /// Waits until the process ends.
    #[track_caller]
    pub fn ends(mut self) -> Said {
        let Self { child, printed } = &mut self;
        let mut status = None;
        let has_ended = || {
            status = child.try_wait().unwrap();
            status.is_some()
        };
        wait_until(has_ended, || format!("the process still runs\n{}", lossy(printed)));
        let [stdout, stderr] = printed().map(|text| String::from_utf8(text).unwrap());
        Said { code: code(status.unwrap()), stdout, stderr }
    }

    /// Kills the process and waits until it is gone.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.ends();
    }

    /// Sends a signal to the process.
    #[cfg(unix)]
    pub fn signal(&self, signal: rustix::process::Signal) {
        rustix::process::kill_process(self.pid(), signal).unwrap();
    }

    /// Sends a signal to all processes of the group that this process leads.
    #[cfg(unix)]
    pub fn signal_group(&self, signal: rustix::process::Signal) {
        rustix::process::kill_process_group(self.pid(), signal).unwrap();
    }

    #[cfg(unix)]
    fn pid(&self) -> rustix::process::Pid {
        rustix::process::Pid::from_child(&self.child)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Where it has ended, there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lossy(printed: &Printed) -> String {
    let [stdout, stderr] = printed().map(|text| String::from_utf8_lossy(&text).into_owned());
    format!("standard output:\n{stdout}\nstandard error:\n{stderr}")
}

fn code(status: ExitStatus) -> i32 {
    #[cfg(unix)]
    let signal = status.signal();
    #[cfg(not(unix))]
    let signal: Option<i32> = None;
    status.code().or(signal.map(|signal| -signal)).unwrap()
}

impl Said {
    #[track_caller]
    pub fn succeeds(self) -> Self {
        assert_eq!((self.code, self.stderr.as_str()), (0, ""), "{}", self.stdout);
        self
    }

    /// Checks the exit code and that nothing but the error was printed.
    #[track_caller]
    pub fn fails(self, code: i32, stderr: &str) {
        assert_eq!((self.stderr.trim_end(), self.code), (stderr.trim_end(), code));
        assert_eq!(self.stdout, "");
    }
}

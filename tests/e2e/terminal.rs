//! The program on a pseudo-terminal, whose settings are compared before and after.

use crate::process::{Process, Said, wait_until};
use crate::support::Lab;
use rustix::process::Signal;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Termios, Winsize, tcgetattr, tcsetwinsize};
use serde_json::Value;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::NamedTempFile;

/// Trains until it is stopped, with short updates.
const LONG: &str = r#"
name = "long"
[data]
source = "synthetic"
n_samples = 200
[training]
epochs = 1000000
[training.optimizer]
learning_rate = 0.1
[model]
kind = "linear"
"#;

/// Takes about a second for an update, so that a second signal comes before the first update ends.
/// An update takes seconds, and so several frames of the dashboard.
const SLOW: &str = r#"
name = "long"
[data]
source = "synthetic"
n_samples = 20000
n_features = 20
[training]
epochs = 1000
[training.optimizer]
learning_rate = 0.1
[model]
kind = "mlp"
hidden = [2048, 2048]
"#;

const LEAVE_ALTERNATE_SCREEN: &str = "\x1b[?1049l";
const SHOW_CURSOR: &str = "\x1b[?25h";

/// A terminal on which the program runs, and its output.
struct Terminal {
    controller: File,
    user: File,
    shown: Arc<Mutex<Vec<u8>>>,
    /// The current content of its screen.
    screen: Arc<Mutex<vt100::Parser>>,
}

impl Terminal {
    fn open(columns: u16) -> Self {
        Self::sized(columns, 40)
    }

    fn sized(columns: u16, rows: u16) -> Self {
        let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&controller).unwrap();
        unlockpt(&controller).unwrap();
        let name = ptsname(&controller, Vec::new()).unwrap().into_string().unwrap();
        let user = OpenOptions::new().read(true).write(true).open(name).unwrap();
        let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&user, size).unwrap();
        let controller = File::from(controller);
        let (shown, mut reader) = (Arc::new(Mutex::new(Vec::new())), controller.try_clone().unwrap());
        let screen = Arc::new(Mutex::new(vt100::Parser::new(
            rows.try_into().unwrap(),
            columns.try_into().unwrap(),
            0,
        )));
        let (bytes, cells) = (Arc::clone(&shown), Arc::clone(&screen));
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                bytes.lock().unwrap().extend(&buffer[..n]);
                cells.lock().unwrap().process(&buffer[..n]);
            }
        });
        Self { controller, user, shown, screen }
    }

    /// Starts the program on this terminal.
    fn start(&self, lab: &Lab, arguments: &str, variables: &[(&str, &str)]) -> Process {
        let end = || self.user.try_clone().unwrap();
        let mut command = lab.command(&arguments.split_whitespace().collect::<Vec<_>>());
        // Whatever asks for colours or refuses them.
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI"] {
            command.env_remove(name);
        }
        let command = command.env("TERM", "xterm-256color").envs(variables.iter().copied());
        let child = command.stdin(end()).stdout(end()).stderr(end()).spawn().unwrap();
        let shown = Arc::clone(&self.shown);
        Process::new(child, move || [lossy(&shown.lock().unwrap()).into(), Vec::new()])
    }

    fn settings(&self) -> String {
        let Termios { input_modes, output_modes, control_modes, local_modes, special_codes, .. } =
            tcgetattr(&self.user).unwrap();
        format!("{input_modes:?} {output_modes:?} {control_modes:?} {local_modes:?} {special_codes:?}")
    }

    fn shown(&self) -> String {
        lossy(&self.shown.lock().unwrap())
    }

    /// The end of the output, for messages.
    fn end(&self) -> String {
        let shown = self.shown();
        let skip = shown.chars().count().saturating_sub(2000);
        shown.chars().skip(skip).collect()
    }

    /// Waits until the terminal was sent a text, or its screen shows it: the dashboard sends only what changes.
    #[track_caller]
    fn wait_for(&self, text: &str) {
        let is_on_screen = || self.screen.lock().unwrap().screen().contents().contains(text);
        wait_until(
            || self.shown().contains(text) || is_on_screen(),
            || format!("no `{text}` in {}", self.end()),
        );
    }

    /// Waits until the terminal has these settings.
    #[track_caller]
    fn wait_for_settings(&self, settings: &str) {
        wait_until(|| self.settings() == settings, || format!("{} is not {settings}", self.settings()));
    }

    fn press(&self, key: &str) {
        (&self.controller).write_all(key.as_bytes()).unwrap();
    }
}

fn lossy(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

/// Waits until the process is stopped, as told by the third field of its line in `/proc`.
#[track_caller]
fn wait_until_stopped(child: &mut Process) {
    let status = format!("/proc/{}/stat", child.id());
    child.wait_until("the process is not stopped", || {
        // It is gone when the process has ended.
        let status = std::fs::read_to_string(&status).unwrap_or_default();
        status.rsplit(") ").next().is_some_and(|fields| fields.starts_with('T'))
    });
}

fn outcome(lab: &Lab) -> Value {
    serde_json::from_str::<Value>(&lab.read("artifacts/long/run.json")).unwrap()["outcome"].clone()
}

fn lab(config: &str) -> Lab {
    let lab = Lab::new();
    lab.write("long.toml", config);
    lab
}

#[test]
fn a_signal_under_the_dashboard_stops_the_run_and_gives_the_terminal_back() {
    for (signal, columns) in [(Signal::TERM, 80), (Signal::INT, 200), (Signal::HUP, 40), (Signal::QUIT, 100)]
    {
        let (lab, terminal) = (lab(LONG), Terminal::open(columns));
        let before = terminal.settings();
        let child = terminal.start(&lab, "train long.toml", &[]);
        terminal.wait_for("Loss");
        assert_ne!(terminal.settings(), before, "the dashboard reads keys, not lines");
        child.signal(signal);
        assert_eq!(child.ends().code, 130);
        terminal.wait_for("go on with `--resume`");
        assert_eq!(terminal.settings(), before);
        terminal.wait_for(LEAVE_ALTERNATE_SCREEN);
        assert!(terminal.shown().contains(SHOW_CURSOR));
        assert_eq!(outcome(&lab), "interrupted");
    }
}

#[test]
fn a_second_signal_under_the_dashboard_ends_at_once_and_gives_the_terminal_back() {
    let (lab, terminal) = (lab(SLOW), Terminal::open(100));
    let before = terminal.settings();
    let child = terminal.start(&lab, "train long.toml", &[]);
    terminal.wait_for("making the first update");
    child.signal(Signal::INT);
    terminal.wait_for("stopping");
    child.signal(Signal::INT);
    assert_eq!(child.ends().code, 130);
    assert_eq!(terminal.settings(), before);
    terminal.wait_for(LEAVE_ALTERNATE_SCREEN);
    assert_eq!(outcome(&lab), "running", "nobody was left to write it down");
    // What is there can be gone on with.
    lab.emberlab("train long.toml --resume --dashboard none --set training.epochs=1").succeeds();
    assert_eq!(outcome(&lab), "finished");
}

#[test]
fn ctrl_c_under_the_dashboard_stops_the_run_and_a_second_one_ends_it_at_once() {
    let (quick, terminal) = (lab(LONG), Terminal::open(100));
    let before = terminal.settings();
    let child = terminal.start(&quick, "train long.toml", &[]);
    terminal.wait_for("Loss");
    terminal.press("\x03");
    assert_eq!(child.ends().code, 130, "{}", terminal.shown());
    assert_eq!(terminal.settings(), before);
    assert_eq!(outcome(&quick), "interrupted");
    assert!(quick.path("artifacts/long/checkpoints").read_dir().unwrap().next().is_some());

    let (slow, terminal) = (lab(SLOW), Terminal::open(100));
    let child = terminal.start(&slow, "train long.toml", &[]);
    terminal.wait_for("making the first update");
    terminal.press("\x03");
    terminal.wait_for("stopping");
    terminal.press("\x03");
    assert_eq!(child.ends().code, 130);
    assert_eq!(terminal.settings(), before);
    terminal.wait_for(LEAVE_ALTERNATE_SCREEN);
}

#[test]
fn keys_before_the_first_metric_do_no_harm() {
    let (lab, terminal) = (lab(SLOW), Terminal::sized(20, 5));
    let child = terminal.start(&lab, "train long.toml --set training.epochs=3", &[]);
    terminal.wait_for("\x1b[?1049h");
    for key in ["\x1b[C", "\x1b[D", "\x1b[A", "\x1b[B", "x", "\x1b", "q", "c", "\x1b[200~"] {
        terminal.press(key);
    }
    assert_eq!(child.ends().code, 0, "{}", terminal.shown());
    assert!(terminal.shown().contains("epoch"), "{}", terminal.shown());
}

#[test]
fn a_dashboard_that_is_suspended_gives_the_terminal_back_and_takes_it_again() {
    let (lab, terminal) = (lab(LONG), Terminal::open(100));
    let before = terminal.settings();
    let mut child = terminal.start(&lab, "train long.toml", &[]);
    terminal.wait_for("Loss");
    let raw = terminal.settings();
    child.signal(Signal::TSTP);
    terminal.wait_for_settings(&before);
    terminal.wait_for(LEAVE_ALTERNATE_SCREEN);
    // As a shell does: a process that has yet to stop would not be continued.
    wait_until_stopped(&mut child);
    child.signal(Signal::CONT);
    terminal.wait_for_settings(&raw);
    terminal.press("\x1b[A");
    terminal.wait_for("Recent");
    terminal.press("\x03");
    assert_eq!(child.ends().code, 130);
    assert_eq!(terminal.settings(), before);
}

/// The terminal's session and the group of processes lie outside the container and have no numbers in it.
#[test]
#[ignore = "needs the rights of root"]
fn a_dashboard_can_be_suspended_in_a_container() {
    let mut container = Command::new("unshare");
    container.args(["--pid", "--fork", "--mount-proc"]).arg(std::env::current_exe().unwrap());
    let test = "a_dashboard_that_is_suspended_gives_the_terminal_back_and_takes_it_again";
    let said = Process::start(container.arg(test)).ends();
    assert!(said.stdout.contains("1 passed"), "{said:?}");
}

#[test]
fn an_abort_under_the_dashboard_gives_the_terminal_back() {
    let (lab, terminal) = (lab(LONG), Terminal::open(100));
    let before = terminal.settings();
    let child = terminal.start(&lab, "train long.toml", &[]);
    terminal.wait_for("Loss");
    child.signal(Signal::ABORT);
    assert_eq!(child.ends().code, -6);
    terminal.wait_for("the program was aborted");
    assert_eq!(terminal.settings(), before);
    terminal.wait_for(LEAVE_ALTERNATE_SCREEN);
}

#[test]
fn a_reader_that_goes_away_stops_the_run() {
    let lab = lab(LONG);
    let mut command = lab.command(&["train", "long.toml", "--dashboard", "plain"]);
    let stderr = NamedTempFile::new().unwrap();
    let mut child = command.stdout(Stdio::piped()).stderr(stderr.reopen().unwrap()).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let process = Process::new(child, move || [Vec::new(), std::fs::read(stderr.path()).unwrap()]);
    let reader = std::thread::spawn(move || stdout.read_exact(&mut [0; 1]));
    let Said { code, stderr, .. } = process.ends();
    reader.join().unwrap().unwrap();
    assert_eq!(code, 130);
    assert!(stderr.contains("go on with `--resume`"), "{stderr}");
    assert_eq!(outcome(&lab), "interrupted");
}

#[test]
fn reading_data_ends_at_once_when_it_is_stopped() {
    let (lab, terminal) = (lab(LONG), Terminal::open(100));
    let before = terminal.settings();
    let train = "train long.toml --set data.n_samples=3000000 --set data.n_features=20";
    let child = terminal.start(&lab, train, &[]);
    // The first frame, while data is read, which takes more than 10 s.
    terminal.wait_for("Status");
    let start = Instant::now();
    child.signal(Signal::INT);
    assert_eq!(child.ends().code, 130);
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    terminal.wait_for("before the first update");
    assert_eq!(terminal.settings(), before);
    assert!(!lab.exists("artifacts/long"));
}

#[test]
fn a_log_that_cannot_be_made_is_a_warning() {
    let lab = lab(LONG);
    lab.emberlab("train long.toml --dashboard none --set training.epochs=3").succeeds();
    std::fs::remove_file(lab.path("artifacts/long/experiment.log")).unwrap();
    std::fs::create_dir(lab.path("artifacts/long/experiment.log")).unwrap();
    let said = lab.emberlab("train long.toml --dashboard none --resume --set training.epochs=5");
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(said.stderr.contains("training goes on without a log"), "{}", said.stderr);
    assert_eq!(outcome(&lab), "finished");
}

#[test]
fn the_dashboards_own_keys_stop_the_run() {
    for (key, weights) in [("s", true), ("k", false)] {
        let (lab, terminal) = (lab(LONG), Terminal::open(120));
        let before = terminal.settings();
        let child = terminal.start(&lab, "train long.toml", &[]);
        terminal.wait_for("Loss");
        terminal.press("q");
        terminal.wait_for("Kill");
        terminal.press(key);
        assert_eq!(child.ends().code, 130, "{}", terminal.shown());
        assert_eq!(terminal.settings(), before);
        assert_eq!(outcome(&lab), "interrupted");
        assert_eq!(lab.exists("artifacts/long/model.safetensors"), weights);
        let run: Value = serde_json::from_str(&lab.read("artifacts/long/run.json")).unwrap();
        let updates = run["updates"].as_u64().unwrap();
        let more = format!("train long.toml --resume --dashboard none --set training.epochs={}", updates + 2);
        lab.emberlab(&more).succeeds();
        assert_eq!(lab.metric("long", "train", "loss").len() as u64, updates + 2);
    }
}

#[test]
fn colour_is_for_terminals_that_want_it() {
    let lab = lab(LONG);
    let train = "train long.toml --dashboard plain --overwrite --set training.epochs=3";
    let mistake = "train none.toml";
    let show = |variables: &[(&str, &str)]| {
        let terminal = Terminal::open(80);
        assert_eq!(terminal.start(&lab, train, variables).ends().code, 0);
        assert_eq!(terminal.start(&lab, mistake, variables).ends().code, 2);
        terminal.wait_for("none.toml");
        terminal.shown()
    };
    let coloured = show(&[]);
    assert!(coloured.contains("\x1b[1mdata\x1b[0m"), "{coloured}");
    assert!(coloured.contains("\x1b[1m\x1b[31merror:\x1b[0m"), "{coloured}");
    assert!(coloured.contains("\x1b[2mloss\x1b[0m"), "{coloured}");
    for variables in [[("NO_COLOR", "1")], [("TERM", "dumb")]] {
        assert!(!show(&variables).contains("\x1b["), "{}", show(&variables));
    }
    assert!(!lab.emberlab(train).succeeds().stdout.contains('\x1b'));
}

//! The thread that draws the dashboard and reads keys.

use super::keys::Keys;
use super::signals::TerminalSignals;
use super::state::{Action, State};
use super::view;
use crate::output::terminal;
use emberlab_training::StopSignal;
use nix::unistd::{getpid, getsid};
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Signal, kill_current_process_group};
use rustix::stdio::stdin;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The least time between two frames without a key.
const BETWEEN_FRAMES: Duration = Duration::from_millis(250);
/// Clocks are shown in seconds.
const TICK: Duration = Duration::from_secs(1);

/// The data that the thread shares with training.
#[derive(Debug)]
pub struct Shared {
    pub(super) state: Mutex<State>,
    closing: AtomicBool,
    wake: UnixStream,
    is_over: Mutex<bool>,
    over: Condvar,
}

/// Starts the thread, once the terminal is taken over. A process in the background takes it when it comes to the
/// foreground.
///
/// # Errors
///
/// The operating system's.
pub fn start(state: State, stop: StopSignal) -> io::Result<Arc<Shared>> {
    let (wake, woken) = UnixStream::pair()?;
    woken.set_nonblocking(true)?;
    wake.set_nonblocking(true)?;
    let signals = TerminalSignals::listen(&wake)?;
    let shared = Arc::new(Shared {
        state: Mutex::new(state),
        closing: AtomicBool::new(false),
        wake,
        is_over: Mutex::new(false),
        over: Condvar::new(),
    });
    if terminal::is_foreground()
        && let Err(error) = terminal::take()
    {
        terminal::give_back();
        return Err(error);
    }
    let watcher =
        Watcher { shared: Arc::clone(&shared), stop, signals, woken, keys: Keys::default(), canvas: None };
    let spawned = std::thread::Builder::new().name("dashboard".into()).spawn(move || watcher.run());
    if let Err(error) = spawned {
        terminal::give_back();
        return Err(error);
    }
    Ok(shared)
}

impl Shared {
    /// Ends the thread; returns whether it did within `patience`.
    pub(super) fn close(&self, patience: Duration) -> bool {
        self.closing.store(true, Ordering::SeqCst);
        // A full pipe wakes it as well.
        let _ = (&self.wake).write_all(&[0]);
        let is_over = self.is_over.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.over.wait_timeout_while(is_over, patience, |is_over| !*is_over);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// Reports the end of the thread, however it ends, and gives the terminal back.
struct Ending(Arc<Shared>);

impl Drop for Ending {
    fn drop(&mut self) {
        terminal::give_back();
        *self.0.is_over.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.over.notify_all();
    }
}

struct Watcher {
    shared: Arc<Shared>,
    stop: StopSignal,
    signals: TerminalSignals,
    woken: UnixStream,
    keys: Keys,
    /// The version that was drawn last; `None` if everything must be drawn again.
    canvas: Option<Canvas>,
}

/// The frame on the terminal.
struct Canvas {
    terminal: Terminal<CrosstermBackend<Frame>>,
    bytes: Frame,
    version: u64,
    drawn: Instant,
}

/// The bytes of a frame, written to the terminal at once.
#[derive(Clone, Debug, Default)]
struct Frame(Arc<Mutex<Vec<u8>>>);

impl Write for Frame {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Watcher {
    fn run(mut self) {
        let _ending = Ending(Arc::clone(&self.shared));
        if let Err(error) = self.watch() {
            // The terminal is closed or refuses output; nobody sees the run any more.
            log::warn!("the dashboard ends: {error}");
            self.stop.hang_up();
        }
    }

    fn watch(&mut self) -> io::Result<()> {
        while !self.shared.closing.load(Ordering::SeqCst) {
            if self.signals.take_suspended() {
                self.suspend()?;
            }
            if self.signals.take_changed() {
                self.canvas = None;
            }
            let has_terminal = self.has_terminal()?;
            if has_terminal && self.is_due() {
                self.draw()?;
            }
            if self.wait(has_terminal)? {
                self.read_keys()?;
            }
        }
        Ok(())
    }

    /// Stops the process until it is continued. The first process of a session has no shell that would continue it.
    fn suspend(&mut self) -> io::Result<()> {
        if getsid(None).is_ok_and(|session| session == getpid()) {
            return Ok(());
        }
        terminal::give_back();
        signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP)?;
        self.canvas = None;
        Ok(())
    }

    /// Whether the terminal may be used. Takes it over if it is not, or if a shell may have changed its settings.
    fn has_terminal(&mut self) -> io::Result<bool> {
        if !terminal::is_foreground() {
            self.canvas = None;
            return Ok(false);
        }
        if self.canvas.is_none() || !terminal::is_taken() {
            terminal::take()?;
        }
        Ok(true)
    }

    fn is_due(&self) -> bool {
        let Some(canvas) = &self.canvas else { return true };
        let age = canvas.drawn.elapsed();
        let changed = self.shared.state().version != canvas.version;
        age >= TICK || (changed && age >= BETWEEN_FRAMES)
    }

    fn draw(&mut self) -> io::Result<()> {
        let (columns, rows) = terminal::size().ok_or(Errno::IO)?;
        let canvas = match &mut self.canvas {
            Some(canvas) => canvas,
            none => none.insert(Canvas::new(columns, rows)?),
        };
        let mut state = self.shared.state();
        state.stopping = self.stop.came();
        canvas.version = state.version;
        canvas.terminal.draw(|frame| view::draw(&state, frame))?;
        drop(state);
        canvas.drawn = Instant::now();
        let bytes = std::mem::take(&mut *canvas.bytes.0.lock().unwrap_or_else(PoisonError::into_inner));
        terminal::write(&bytes)
    }

    /// Waits for a key, a signal or the next frame. Returns whether there are keys or the terminal is closed.
    fn wait(&self, has_terminal: bool) -> io::Result<bool> {
        let input = stdin();
        let mut watched = vec![PollFd::new(&self.woken, PollFlags::IN)];
        if has_terminal {
            watched.push(PollFd::new(&input, PollFlags::IN));
        }
        let timeout = Timespec { tv_sec: 0, tv_nsec: i64::from(BETWEEN_FRAMES.subsec_nanos()) };
        match poll(&mut watched, Some(&timeout)) {
            Ok(_) => {}
            Err(Errno::INTR) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        if !watched[0].revents().is_empty() {
            // The pipe is emptied; flags hold the reason.
            while matches!((&self.woken).read(&mut [0; 64]), Ok(64)) {}
        }
        Ok(watched.get(1).is_some_and(|input| !input.revents().is_empty()))
    }

    fn read_keys(&mut self) -> io::Result<()> {
        let mut bytes = [0; 256];
        let n = match rustix::io::read(stdin(), &mut bytes) {
            // A terminal in raw mode reports an end only when it is closed.
            Ok(0) => return Err(Errno::IO.into()),
            Ok(n) => n,
            Err(Errno::INTR | Errno::AGAIN) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        for key in self.keys.push(&bytes[..n]) {
            let action = self.shared.state().press(key);
            match action {
                Some(Action::Suspend) => kill_current_process_group(Signal::TSTP)?,
                Some(Action::Redraw) => self.canvas = None,
                Some(action) => self.shared.act(action, &self.stop),
                None => {}
            }
        }
        self.draw_again();
        Ok(())
    }

    /// Lets the next frame be drawn at once.
    fn draw_again(&mut self) {
        if let Some(canvas) = &mut self.canvas
            && let Some(earlier) = canvas.drawn.checked_sub(TICK)
        {
            canvas.drawn = earlier;
        }
    }
}

impl Canvas {
    fn new(columns: u16, rows: u16) -> io::Result<Self> {
        let bytes = Frame::default();
        let viewport = Viewport::Fixed(Rect::new(0, 0, columns, rows));
        let terminal =
            Terminal::with_options(CrosstermBackend::new(bytes.clone()), TerminalOptions { viewport })?;
        Ok(Self { terminal, bytes, version: 0, drawn: Instant::now() })
    }
}

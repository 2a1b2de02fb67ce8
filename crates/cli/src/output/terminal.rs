//! Takes the terminal over for the dashboard and restores it however the program ends. No other file changes the
//! settings of the terminal or its screen.

use super::standard_output;
use nix::unistd::{getpgrp, tcgetpgrp};
use rustix::stdio::{stderr, stdin, stdout};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr};
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError, TryLockError};
use std::time::{Duration, Instant};

/// Enters the alternate screen, hides the cursor, and clears.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[?25l\x1b[0m\x1b[2J";
/// Resets colours, leaves the alternate screen, and shows the cursor.
const LEAVE: &[u8] = b"\x1b[0m\x1b[?1049l\x1b[?25h";
const ABORTED: &[u8] =
    b"error: the program was aborted, for example because memory ran out; continue from the last checkpoint with `--resume`\n";
/// The longest wait until the terminal accepts the bytes that restore it.
const PATIENCE: Duration = Duration::from_secs(2);
/// The longest wait at the end of the program for a frame that is being written.
const LAST_FRAME: Duration = Duration::from_secs(1);
/// The size that is assumed if the terminal reports none.
const USUAL: (u16, u16) = (80, 24);

/// The settings before the terminal was taken over.
static SAVED: OnceLock<Termios> = OnceLock::new();
static TAKEN: AtomicBool = AtomicBool::new(false);
/// Held while a frame is written.
static WRITING: Mutex<()> = Mutex::new(());
/// Messages for standard error that wait until the terminal is restored.
static HELD: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Takes the terminal over: enters raw mode and the alternate screen. May be called again if another program, such as
/// the shell after Ctrl-Z, has changed the settings.
///
/// # Errors
///
/// Standard input or output is not a terminal, or the terminal is closed.
pub fn take() -> io::Result<()> {
    let now = tcgetattr(stdin())?;
    let before = SAVED.get_or_init(|| now);
    give_back_on_abort()?;
    let mut raw = before.clone();
    raw.make_raw();
    // The lock keeps other threads from restoring the terminal between the next three steps.
    let _writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    TAKEN.store(true, Ordering::SeqCst);
    tcsetattr(stdin(), OptionalActions::Now, &raw)?;
    write_all(ENTER)
}

/// Restores the terminal if it is taken, and prints the messages that waited.
pub fn give_back() {
    let _writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    restore();
    print_held();
}

/// Like [`give_back`], for the end of the program; any thread may call it. Waits a limited time for a frame that is
/// being written, and prevents further frames.
pub fn give_back_at_end() {
    let start = Instant::now();
    let writing = loop {
        match WRITING.try_lock() {
            Ok(guard) => break Some(guard),
            Err(TryLockError::Poisoned(poisoned)) => break Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) if start.elapsed() > LAST_FRAME => break None,
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    restore();
    print_held();
    // The program ends with the lock held.
    std::mem::forget(writing);
}

/// Whether the dashboard has the terminal.
pub fn is_taken() -> bool {
    TAKEN.load(Ordering::SeqCst)
}

/// Whether this process may use the terminal: it is not a background job, or the terminal controls no process.
pub fn is_foreground() -> bool {
    tcgetpgrp(stdin()).map_or(true, |group| group == getpgrp())
}

/// Columns and rows of the terminal on standard output; `None` if it is not a terminal.
pub fn size() -> Option<(u16, u16)> {
    let size = tcgetwinsize(stdout()).ok()?;
    Some(if size.ws_col == 0 || size.ws_row == 0 { USUAL } else { (size.ws_col, size.ws_row) })
}

/// Writes to the terminal if it is taken; does nothing otherwise.
///
/// # Errors
///
/// The terminal is closed.
pub fn write(bytes: &[u8]) -> io::Result<()> {
    let _writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    if is_taken() { write_all(bytes) } else { Ok(()) }
}

fn write_all(bytes: &[u8]) -> io::Result<()> {
    let mut rest = bytes;
    while !rest.is_empty() {
        match rustix::io::write(stdout(), rest) {
            Ok(n) => rest = &rest[n..],
            Err(rustix::io::Errno::INTR) => {}
            // Another program may have made the shared terminal non-blocking.
            Err(rustix::io::Errno::AGAIN) => {
                standard_output::takes_more(PATIENCE);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Keeps a message for standard error until the terminal is restored. Returns the message if the terminal is not taken.
pub fn hold(message: String) -> Option<String> {
    let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
    if is_taken() {
        held.push(message);
        return None;
    }
    Some(message)
}

fn print_held() {
    for message in std::mem::take(&mut *HELD.lock().unwrap_or_else(PoisonError::into_inner)) {
        // A failure to write to standard error cannot be reported.
        let _ = writeln!(anstream::stderr(), "{message}");
    }
}

/// Makes only system calls, so that a signal handler may call it.
fn restore() {
    if TAKEN.swap(false, Ordering::SeqCst)
        && let Some(before) = SAVED.get()
    {
        // Errors are ignored: the terminal may be gone. In the background, the call would stop the program.
        if is_foreground() {
            let _ = tcsetattr(stdin(), OptionalActions::Now, before);
        }
        if standard_output::takes_more(PATIENCE) {
            let _ = rustix::io::write(stdout(), LEAVE);
        }
    }
}

/// Restores the terminal if the program aborts: when an allocation fails, or on a panic within a panic.
#[expect(unsafe_code, reason = "a signal handler")]
fn give_back_on_abort() -> io::Result<()> {
    static REGISTERED: OnceLock<Result<signal_hook::SigId, rustix::io::Errno>> = OnceLock::new();
    let registered = REGISTERED.get_or_init(|| {
        let handler = || {
            if is_taken() {
                restore();
                let _ = rustix::io::write(stderr(), ABORTED);
            }
            let _ = signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGABRT);
        };
        // SAFETY: The handler only makes system calls: it allocates nothing, takes no lock and does not panic.
        unsafe { signal_hook::low_level::register(signal_hook::consts::SIGABRT, handler) }
            .map_err(|error| rustix::io::Errno::from_io_error(&error).unwrap_or(rustix::io::Errno::INVAL))
    });
    match registered {
        Ok(_) => Ok(()),
        Err(error) => Err((*error).into()),
    }
}

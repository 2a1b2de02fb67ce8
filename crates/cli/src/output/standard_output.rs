//! Checks whether standard output still has a reader and can accept more output.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, retry_on_intr};
use rustix::stdio::stdout;
use std::io::{self, ErrorKind};
use std::time::Duration;

/// Waits until the reader of standard output is gone: the other end of the pipe or of the terminal is closed. Returns
/// `false` at once if the system cannot watch it; the next write then fails.
pub fn wait_until_closed() -> bool {
    loop {
        let out = stdout();
        let mut watched = [PollFd::new(&out, PollFlags::empty())];
        match poll(&mut watched, None) {
            Ok(_) if watched[0].revents().contains(PollFlags::NVAL) => return false,
            Ok(0) | Err(Errno::INTR) => {}
            Ok(_) => return true,
            Err(_) => return false,
        }
    }
}

/// Whether standard output accepts a line within `patience`.
pub fn takes_more(patience: Duration) -> bool {
    let out = stdout();
    let timeout = Timespec::try_from(patience).ok();
    // An error that poll reports also makes the write fail.
    retry_on_intr(|| poll(&mut [PollFd::new(&out, PollFlags::OUT)], timeout.as_ref())) != Ok(0)
}

/// Whether a write to standard output failed because the reader is gone.
pub fn is_closed(error: &io::Error) -> bool {
    // Linux reports EIO on a terminal whose other end is closed.
    error.kind() == ErrorKind::BrokenPipe
        || (error.raw_os_error() == Some(Errno::IO.raw_os_error()) && is_character_device())
}

fn is_character_device() -> bool {
    use std::os::unix::fs::FileTypeExt;
    let file = stdout().try_clone_to_owned().map(std::fs::File::from);
    file.and_then(|file| file.metadata()).is_ok_and(|metadata| metadata.file_type().is_char_device())
}

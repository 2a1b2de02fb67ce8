//! Fetching a large file over HTTP, in as many goes as it takes.
//!
//! What has come so far lies in a file of its own and is what the next attempt goes on from, within
//! one call and from one call to the next. A server that cuts off or stalls is asked again, as long as
//! it sends something each time; one that ignores where to begin is read from the start.

use crate::error::DataError;
use crate::progress::{Phase, Progress};
use crate::regular_file::check_regular;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::Duration;
use url::Url;

/// The most addresses that one leads on to.
const MAX_REDIRECTS: usize = 5;
/// The most characters of an address that are shown.
const MAX_LOCATION: usize = 100;

/// How patient a download is.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How long to wait for a connection, and for the next bytes.
    pub stall: Duration,
    /// Attempts in a row that may bring nothing.
    pub attempts: u32,
    /// How long to wait after the first of them; twice as long after each that follows.
    pub pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { stall: Duration::from_secs(30), attempts: 4, pause: Duration::from_secs(1) }
    }
}

/// A file to be fetched.
#[derive(Clone, Copy, Debug)]
pub struct Download<'a> {
    /// Its address, with `http` or `https`.
    pub url: &'a str,
    /// The most bytes it may have.
    pub max_size: u64,
    /// How patient to be.
    pub patience: Patience,
}

/// How an attempt ended that did not bring the whole file.
enum Failure {
    /// Another attempt may do better.
    Passing(String),
    /// It will not.
    Final(DataError),
}

/// What an attempt goes on from and what the server makes of it.
struct Answer {
    body: Box<dyn Read + Send + Sync>,
    /// Where the bytes that come belong.
    start: u64,
    /// The size of the whole file, if the server tells.
    size: Option<u64>,
}

impl Download<'_> {
    /// Fetches the file to `path`, going on from what is there.
    ///
    /// # Errors
    ///
    /// [`DataError::Download`] when the server refuses, is not there, or brings nothing any more; what
    /// has come stays at `path` for the next call. [`DataError::Write`] for a full disk.
    pub fn fetch(&self, path: &Path, progress: &dyn Progress) -> Result<(), DataError> {
        let agent = ureq::AgentBuilder::new()
            .timeout_connect(self.patience.stall)
            .timeout_read(self.patience.stall)
            // Followed here: ureq panics at addresses of other schemes than its own.
            .redirects(0)
            .user_agent(concat!("emberlab/", env!("CARGO_PKG_VERSION")))
            .build();
        check_regular(path).map_err(|source| DataError::Write { path: path.to_owned(), source })?;
        progress.begin(Phase::Download, None);
        let mut fruitless = 0;
        let result = loop {
            let before = size_of(path);
            match self.attempt(&agent, path, progress) {
                Ok(()) => break Ok(()),
                Err(Failure::Final(error)) => break Err(error),
                Err(Failure::Passing(reason)) => {
                    fruitless = if size_of(path) > before { 0 } else { fruitless + 1 };
                    if fruitless >= self.patience.attempts {
                        break Err(self.failed(format!("{reason}, {fruitless} times in a row")));
                    }
                    std::thread::sleep(
                        self.patience.pause * 2u32.saturating_pow(fruitless.saturating_sub(1)),
                    );
                }
            }
        };
        progress.end();
        result
    }

    fn attempt(&self, agent: &ureq::Agent, path: &Path, progress: &dyn Progress) -> Result<(), Failure> {
        let Some(answer) = self.ask(agent, path, size_of(path))? else { return Ok(()) };
        if answer.size.is_some_and(|size| size > self.max_size) {
            return Err(Failure::Final(self.too_large()));
        }
        progress.begin(Phase::Download, answer.size);
        let unwritable = |source| Failure::Final(DataError::Write { path: path.to_owned(), source });
        let mut file = OpenOptions::new().create(true).append(true).open(path).map_err(unwritable)?;
        file.set_len(answer.start).map_err(unwritable)?;
        let written = self.copy(answer.body, &mut file, answer.start, path, progress)?;
        file.sync_all().map_err(unwritable)?;
        match answer.size {
            Some(size) if written < size => {
                Err(Failure::Passing(format!("the connection ended after {written} of {size} bytes")))
            }
            _ => Ok(()),
        }
    }

    /// Asks for the bytes from `start` on; nothing when there are no more.
    fn ask(&self, agent: &ureq::Agent, path: &Path, start: u64) -> Result<Option<Answer>, Failure> {
        let response = match self.follow(agent, start)? {
            Ok(response) => response,
            Err(ureq::Error::Status(416, response)) => return self.beyond_the_end(&response, path, start),
            Err(ureq::Error::Status(status, response)) => {
                let reason = format!("the server answers {status} {}", response.status_text());
                return Err(match status {
                    408 | 425 | 429 | 500..=599 => Failure::Passing(reason),
                    _ => Failure::Final(self.failed(reason)),
                });
            }
            Err(ureq::Error::Transport(error)) => {
                // The message begins with the address, which is told already.
                let message = error.to_string();
                let told = format!("{}: ", self.url);
                return Err(Failure::Passing(one_line(message.strip_prefix(&told).unwrap_or(&message))));
            }
        };
        let length = response.header("Content-Length").and_then(|length| length.parse::<u64>().ok());
        let (start, size) = match response.status() {
            200 => (0, length),
            206 => match response.header("Content-Range").and_then(content_range) {
                Some((from, size)) if from == start => (start, size),
                _ => {
                    return Err(Failure::Final(
                        self.failed("the server sends another part than asked for".into()),
                    ));
                }
            },
            status => return Err(Failure::Final(self.failed(format!("the server answers {status}")))),
        };
        Ok(Some(Answer { body: response.into_reader(), start, size }))
    }

    /// Sends the request to the address, and on to those that it leads to.
    fn follow(
        &self,
        agent: &ureq::Agent,
        start: u64,
    ) -> Result<Result<ureq::Response, ureq::Error>, Failure> {
        let fail = |reason: String| Failure::Final(self.failed(reason));
        let mut url = Url::parse(self.url)
            .ok()
            .filter(is_http)
            .ok_or_else(|| fail("the address must begin with `https://` or `http://`".into()))?;
        for _ in 0..=MAX_REDIRECTS {
            // A compressed body could not be gone on with.
            let mut request = agent.request_url("GET", &url).set("Accept-Encoding", "identity");
            if start > 0 {
                request = request.set("Range", &format!("bytes={start}-"));
            }
            let response = match request.call() {
                Ok(response) if matches!(response.status(), 301 | 302 | 303 | 307 | 308) => response,
                other => return Ok(other),
            };
            let location = response.header("Location").unwrap_or_default();
            url = url.join(location).ok().filter(is_http).ok_or_else(|| {
                let location: String = location.chars().take(MAX_LOCATION).collect();
                fail(format!("the server leads to `{location}`, must be an address with `https` or `http`"))
            })?;
        }
        Err(fail(format!("the server leads from one address to another more than {MAX_REDIRECTS} times")))
    }

    /// The answer to a request that begins where the file ends, or beyond.
    fn beyond_the_end(
        &self,
        response: &ureq::Response,
        path: &Path,
        start: u64,
    ) -> Result<Option<Answer>, Failure> {
        let size = response.header("Content-Range").and_then(|range| range.strip_prefix("bytes */"));
        if size.and_then(|size| size.parse::<u64>().ok()) == Some(start) {
            return Ok(None);
        }
        if start == 0 {
            let reason = format!("the server answers {} {}", response.status(), response.status_text());
            return Err(Failure::Final(self.failed(reason)));
        }
        // These bytes are of another file: begin again.
        fs::remove_file(path)
            .map_err(|source| Failure::Final(DataError::Write { path: path.to_owned(), source }))?;
        Err(Failure::Passing(format!("{start} bytes were here, which are more than the server has")))
    }

    fn copy(
        &self,
        mut body: impl Read,
        file: &mut File,
        start: u64,
        path: &Path,
        progress: &dyn Progress,
    ) -> Result<u64, Failure> {
        let mut buffer = vec![0; 64 * 1024];
        let mut written = start;
        loop {
            let read = match body.read(&mut buffer) {
                Ok(0) => return Ok(written),
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(Failure::Passing(one_line(&error.to_string()))),
            };
            if written + read as u64 > self.max_size {
                // It is another file, which the next call must not go on with.
                file.set_len(0)
                    .map_err(|source| Failure::Final(DataError::Write { path: path.to_owned(), source }))?;
                return Err(Failure::Final(self.too_large()));
            }
            file.write_all(&buffer[..read])
                .map_err(|source| Failure::Final(DataError::Write { path: path.to_owned(), source }))?;
            written += read as u64;
            progress.reach(written);
        }
    }

    fn too_large(&self) -> DataError {
        self.failed(format!("the server sends more than {} bytes, which the file may have", self.max_size))
    }

    fn failed(&self, reason: String) -> DataError {
        DataError::Download { url: self.url.to_owned(), reason }
    }
}

/// Whether an address is of a kind that is fetched from.
fn is_http(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.has_host()
}

fn size_of(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

/// `bytes 100-199/200`: where it begins, and the size of the whole.
fn content_range(header: &str) -> Option<(u64, Option<u64>)> {
    let (range, size) = header.strip_prefix("bytes ")?.split_once('/')?;
    let (start, _) = range.split_once('-')?;
    Some((start.parse().ok()?, size.parse().ok()))
}

fn one_line(text: &str) -> String {
    text.replace('\n', ", ")
}

//! Resumable downloads of large files over HTTP.
//!
//! The received bytes are in a partial file. The next attempt resumes from it, within one call and across calls. A
//! connection that is cut off or stalls is tried again as long as each attempt brings some bytes. If the server ignores
//! the requested range, the file is downloaded from its start.

use crate::error::DataError;
use crate::problem::DownloadProblem;
use crate::progress::{Phase, Progress};
use crate::regular_file::check_regular;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::Duration;
use url::Url;

/// The most redirects that are followed.
const MAX_REDIRECTS: usize = 5;
/// The most characters of a redirect's address in a message.
const MAX_LOCATION: usize = 100;

/// Timeouts and retries of a download.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// The timeout of a connection, and of the next bytes.
    pub stall: Duration,
    /// The number of attempts in a row without any bytes after which the download fails.
    pub attempts: u32,
    /// The pause after the first such attempt; it doubles after each further one.
    pub pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { stall: Duration::from_secs(30), attempts: 4, pause: Duration::from_secs(1) }
    }
}

/// A file to download.
#[derive(Clone, Copy, Debug)]
pub struct Download<'a> {
    /// Its address, with `http` or `https`.
    pub url: &'a str,
    /// The most bytes it may have.
    pub max_size: u64,
    /// Timeouts and retries.
    pub patience: Patience,
}

/// The failure of one attempt.
enum Failure {
    /// Another attempt may succeed.
    Passing(DownloadProblem),
    /// Another attempt would fail as well.
    Final(DataError),
}

/// The server's answer to a request.
struct Answer {
    body: Box<dyn Read + Send + Sync>,
    /// The position of the body's first byte in the file.
    start: u64,
    /// The size of the whole file, if the server sends it.
    size: Option<u64>,
}

impl Download<'_> {
    /// Downloads the file to `path`, resuming from the bytes that are there.
    ///
    /// # Errors
    ///
    /// [`DataError::Download`] when the server refuses, cannot be reached, or sends nothing any more; the received bytes
    /// stay at `path` for the next call. [`DataError::Write`], for example when the disk is full.
    pub fn fetch(&self, path: &Path, progress: &dyn Progress) -> Result<(), DataError> {
        let agent = ureq::AgentBuilder::new()
            .timeout_connect(self.patience.stall)
            .timeout_read(self.patience.stall)
            // `follow` follows redirects: ureq panics at addresses of other schemes.
            .redirects(0)
            .user_agent(concat!("emberlab/", env!("CARGO_PKG_VERSION")))
            .build();
        check_regular(path).map_err(DataError::write(path))?;
        progress.begin(Phase::Download, None);
        let mut fruitless = 0;
        let result = loop {
            let before = size_of(path);
            match self.attempt(&agent, path, progress) {
                Ok(()) => break Ok(()),
                Err(Failure::Final(error)) => break Err(error),
                Err(Failure::Passing(problem)) => {
                    fruitless = if size_of(path) > before { 0 } else { fruitless + 1 };
                    if fruitless >= self.patience.attempts {
                        let last = Box::new(problem);
                        break Err(self.failed(DownloadProblem::GivenUp { last, attempts: fruitless }));
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
            return Err(self.too_large());
        }
        progress.begin(Phase::Download, answer.size);
        let mut file = OpenOptions::new().create(true).append(true).open(path).map_err(unwritable(path))?;
        file.set_len(answer.start).map_err(unwritable(path))?;
        let written = self.copy(answer.body, &mut file, answer.start, path, progress)?;
        file.sync_all().map_err(unwritable(path))?;
        match answer.size {
            Some(size) if written < size => {
                Err(Failure::Passing(DownloadProblem::Incomplete { received: written, size }))
            }
            _ => Ok(()),
        }
    }

    /// Requests the bytes from `start` on; `None` if there are no more.
    fn ask(&self, agent: &ureq::Agent, path: &Path, start: u64) -> Result<Option<Answer>, Failure> {
        let response = match self.follow(agent, start)? {
            Ok(response) => response,
            Err(ureq::Error::Status(416, response)) => return self.beyond_the_end(&response, path, start),
            Err(ureq::Error::Status(status, response)) => {
                let problem = refusal(&response);
                return Err(match status {
                    408 | 425 | 429 | 500..=599 => Failure::Passing(problem),
                    _ => Failure::Final(self.failed(problem)),
                });
            }
            Err(ureq::Error::Transport(error)) => {
                // The message begins with the address, which the error shows already.
                let message = error.to_string();
                let told = format!("{}: ", self.url);
                return Err(Failure::Passing(connection(message.strip_prefix(&told).unwrap_or(&message))));
            }
        };
        let length = response.header("Content-Length").and_then(|length| length.parse::<u64>().ok());
        let (start, size) = match response.status() {
            200 => (0, length),
            206 => match response.header("Content-Range").and_then(content_range) {
                Some((from, size)) if from == start => (start, size),
                _ => return Err(self.fail(DownloadProblem::WrongRange)),
            },
            status => return Err(self.fail(DownloadProblem::UnexpectedStatus { status })),
        };
        Ok(Some(Answer { body: response.into_reader(), start, size }))
    }

    /// Sends the request and follows redirects.
    fn follow(
        &self,
        agent: &ureq::Agent,
        start: u64,
    ) -> Result<Result<ureq::Response, ureq::Error>, Failure> {
        let mut url =
            Url::parse(self.url).ok().filter(is_http).ok_or_else(|| self.fail(DownloadProblem::Address))?;
        for _ in 0..=MAX_REDIRECTS {
            // A compressed body cannot be resumed.
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
                let location = location.chars().take(MAX_LOCATION).collect();
                self.fail(DownloadProblem::Redirect { location })
            })?;
        }
        Err(self.fail(DownloadProblem::TooManyRedirects { max: MAX_REDIRECTS }))
    }

    /// Handles the answer to a request that begins at or after the end of the file.
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
            return Err(self.fail(refusal(response)));
        }
        // The partial file belongs to another file: start again.
        fs::remove_file(path).map_err(unwritable(path))?;
        Err(Failure::Passing(DownloadProblem::PartialTooLong { size: start }))
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
                Err(error) => return Err(Failure::Passing(connection(&error.to_string()))),
            };
            if written + read as u64 > self.max_size {
                // The next call must not resume from a wrong file.
                file.set_len(0).map_err(unwritable(path))?;
                return Err(self.too_large());
            }
            file.write_all(&buffer[..read]).map_err(unwritable(path))?;
            written += read as u64;
            progress.reach(written);
        }
    }

    fn too_large(&self) -> Failure {
        self.fail(DownloadProblem::TooLarge { max: self.max_size })
    }

    fn fail(&self, problem: DownloadProblem) -> Failure {
        Failure::Final(self.failed(problem))
    }

    fn failed(&self, problem: DownloadProblem) -> DataError {
        DataError::Download { url: self.url.to_owned(), problem }
    }
}

fn unwritable(path: &Path) -> impl Fn(io::Error) -> Failure {
    move |source| Failure::Final(DataError::write(path)(source))
}

/// The problem of an answer with an error status.
fn refusal(response: &ureq::Response) -> DownloadProblem {
    DownloadProblem::Status { status: response.status(), text: response.status_text().to_owned() }
}

fn connection(message: &str) -> DownloadProblem {
    DownloadProblem::Connection { reason: message.replace('\n', ", ") }
}

/// Whether an address is one of HTTP with a host.
fn is_http(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.has_host()
}

fn size_of(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

/// Parses `bytes 100-199/200`: the first byte, and the size of the file.
fn content_range(header: &str) -> Option<(u64, Option<u64>)> {
    let (range, size) = header.strip_prefix("bytes ")?.split_once('/')?;
    let (start, _) = range.split_once('-')?;
    Some((start.parse().ok()?, size.parse().ok()))
}

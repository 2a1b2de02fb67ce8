//! Reasons why a download failed.

use super::Problem;

/// Why a file could not be downloaded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages name the fields")]
pub enum DownloadProblem {
    /// The address is not one of HTTP.
    #[error("the address must begin with `https://` or `http://`")]
    Address,
    /// The server answers with an error.
    #[error("the server answers {status} {text}")]
    Status { status: u16, text: String },
    /// The server answers with a success that has no meaning here.
    #[error("the server answers {status}")]
    UnexpectedStatus { status: u16 },
    /// The server cannot be reached, or the connection failed.
    #[error("{reason}")]
    Connection { reason: String },
    /// The connection ended before the last byte.
    #[error("the connection ended after {received} of {size} bytes")]
    Incomplete { received: u64, size: u64 },
    /// The partial file is longer than the server's.
    #[error("{size} bytes were here, which are more than the server has")]
    PartialTooLong { size: u64 },
    /// The server sends another range than requested.
    #[error("the server sends another part than asked for")]
    WrongRange,
    /// The server redirects to an address that is not one of HTTP.
    #[error("the server leads to `{location}`, must be an address with `https` or `http`")]
    Redirect { location: String },
    /// The server redirects too often.
    #[error("the server leads from one address to another more than {max} times")]
    TooManyRedirects { max: usize },
    /// The file is larger than allowed.
    #[error("the server sends more than {max} bytes, which the file may have")]
    TooLarge { max: u64 },
    /// Attempts in a row brought nothing; the last one failed like this.
    #[error("{last}, {attempts} times in a row")]
    GivenUp { last: Box<DownloadProblem>, attempts: u32 },
    /// The downloaded file is damaged.
    #[error("the file that came {problem}; it was deleted")]
    Damaged { problem: Box<Problem> },
}

//! Requests to an MLflow server.

use serde_json::Value;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;
use ureq::{Agent, AgentBuilder, Response};

/// The timeout of a connection, and of an answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// Bytes of an answer that are read; those of MLflow are far smaller.
const MAX_ANSWER: u64 = 4 << 20;
/// Characters of a server's message that are shown.
const MAX_MESSAGE: usize = 300;

/// An error of a server, or on the way to it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MlflowError {
    /// The address is not one of HTTP.
    #[error("`{0}` is not an address, must be like `http://localhost:5000`")]
    Address(String),
    /// The server cannot be reached.
    #[error("the MLflow server at `{address}` cannot be reached: {reason}; start one with `mlflow server`")]
    Unreachable {
        /// Its address.
        address: String,
        /// Why not.
        reason: String,
    },
    /// The server refuses a request.
    #[error("the MLflow server refuses `{request}`: {reason}")]
    Refused {
        /// The end of the request's address.
        request: String,
        /// The server's reason.
        reason: String,
    },
    /// The answer is not one of MLflow.
    #[error("the answer to `{0}` is not one of an MLflow server")]
    Answer(String),
    /// A file that cannot be sent.
    #[error("cannot read `{path}`: {reason}")]
    Read {
        /// The file.
        path: String,
        /// Why not.
        reason: io::Error,
    },
    /// The server keeps files where only programs on its machine can write them.
    #[error(
        "the MLflow server keeps files under `{0}` and takes none over HTTP; start it with `--serve-artifacts`"
    )]
    NoArtifacts(String),
}

/// An MLflow server.
pub struct Client {
    agent: Agent,
    address: String,
}

impl Client {
    /// A server by its address. Sends nothing.
    ///
    /// # Errors
    ///
    /// [`MlflowError::Address`].
    pub fn new(address: &str) -> Result<Self, MlflowError> {
        let address = address.trim_end_matches('/');
        let is_http = ["http://", "https://"].iter().any(|scheme| address.starts_with(scheme));
        if !is_http || url::Url::parse(address).is_err() {
            return Err(MlflowError::Address(address.to_owned()));
        }
        let agent = AgentBuilder::new()
            .timeout_connect(PATIENCE)
            .timeout_read(PATIENCE)
            .redirects(0)
            .user_agent(concat!("emberlab/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self { agent, address: address.to_owned() })
    }

    /// The address of a page of the server.
    pub fn page(&self, rest: &str) -> String {
        format!("{}/{rest}", self.address)
    }

    /// Asks the server with a JSON body, or without one; returns its answer.
    ///
    /// # Errors
    ///
    /// [`MlflowError::Unreachable`], [`MlflowError::Refused`], [`MlflowError::Answer`].
    pub fn post(&self, request: &str, body: &Value) -> Result<Value, MlflowError> {
        let sent = self
            .agent
            .post(&self.page(&format!("api/2.0/mlflow/{request}")))
            .set("Content-Type", "application/json");
        self.answer(request, sent.send_string(&body.to_string()))
    }

    /// Asks for something by its name; `None` if there is none.
    ///
    /// # Errors
    ///
    /// As for [`post`](Self::post).
    pub fn get(&self, request: &str, key: &str, value: &str) -> Result<Option<Value>, MlflowError> {
        let sent = self.agent.get(&self.page(&format!("api/2.0/mlflow/{request}"))).query(key, value);
        match sent.call() {
            Err(ureq::Error::Status(404, _)) => Ok(None),
            answer => self.answer(request, answer).map(Some),
        }
    }

    /// Sends a file into the folder of a run's files, which `root` names.
    ///
    /// # Errors
    ///
    /// As for [`post`](Self::post); [`MlflowError::Read`]; [`MlflowError::NoArtifacts`].
    pub fn put_file(&self, root: &str, name: &str, path: &Path) -> Result<(), MlflowError> {
        let Some(folder) = root.strip_prefix("mlflow-artifacts:/") else {
            return Err(MlflowError::NoArtifacts(root.to_owned()));
        };
        let file = File::open(path)
            .map_err(|reason| MlflowError::Read { path: path.display().to_string(), reason })?;
        let rest = format!("api/2.0/mlflow-artifacts/artifacts/{}/{name}", folder.trim_matches('/'));
        let sent = self.agent.put(&self.page(&rest)).set("Content-Type", "application/octet-stream");
        // The answer holds nothing.
        self.accepted(&rest, sent.send(file)).map(drop)
    }

    /// The answer as JSON.
    fn answer(&self, request: &str, answer: Result<Response, ureq::Error>) -> Result<Value, MlflowError> {
        let response = self.accepted(request, answer)?;
        let value = text(response).and_then(|text| serde_json::from_str(&text).ok());
        value.ok_or_else(|| MlflowError::Answer(request.to_owned()))
    }

    /// The answer to a request that the server carries out.
    fn accepted(
        &self,
        request: &str,
        answer: Result<Response, ureq::Error>,
    ) -> Result<Response, MlflowError> {
        match answer {
            Ok(response) if response.status() < 300 => Ok(response),
            Ok(_) => Err(MlflowError::Answer(request.to_owned())),
            Err(ureq::Error::Status(status, response)) => Err(MlflowError::Refused {
                request: request.to_owned(),
                reason: refusal(status, text(response)),
            }),
            Err(ureq::Error::Transport(reason)) => {
                Err(MlflowError::Unreachable { address: self.address.clone(), reason: reason.to_string() })
            }
        }
    }
}

/// The text of an answer; `None` if it is not whole or too long.
fn text(response: Response) -> Option<String> {
    let mut text = String::new();
    let mut reader = response.into_reader().take(MAX_ANSWER + 1);
    reader.read_to_string(&mut text).ok().filter(|size| *size as u64 <= MAX_ANSWER)?;
    Some(text)
}

/// What the server says of a request that it refuses.
fn refusal(status: u16, text: Option<String>) -> String {
    let said = text.and_then(|text| {
        let value: Value = serde_json::from_str(&text).ok()?;
        value["message"].as_str().map(|message| message.chars().take(MAX_MESSAGE).collect::<String>())
    });
    said.map_or_else(|| format!("HTTP status {status}"), |said| format!("{said} (HTTP status {status})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_checked() {
        for wrong in ["localhost:5000", "ftp://host", "http://", "file:///etc/passwd", ""] {
            assert!(Client::new(wrong).is_err(), "{wrong}");
        }
        assert!(
            Client::new("http://localhost:5000/")
                .is_ok_and(|client| client.page("x") == "http://localhost:5000/x")
        );
    }
}

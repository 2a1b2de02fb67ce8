//! A web server on this machine that does not always behave.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// How the server answers one request.
#[derive(Clone, Copy, Debug)]
pub enum Answer {
    /// All that is asked for.
    Whole,
    /// Only so many bytes of it, then the connection ends.
    CutOff(usize),
    /// So many bytes, then nothing for a while.
    Stall(usize),
    /// A status and no content.
    Status(u16),
    /// The file from its start, whatever is asked for.
    IgnoresRanges,
    /// The file, with another length in the header.
    Lies(usize),
    /// Another part than the one asked for.
    WrongRange,
    /// Only so many bytes of it, without a length, so that the end looks like that of the file.
    EndsEarly(usize),
    /// Another address.
    Redirect(&'static str),
}

/// The files of a server by their paths.
pub struct Files(Vec<(String, Vec<u8>)>);

/// One file, which every path leads to.
impl From<Vec<u8>> for Files {
    fn from(content: Vec<u8>) -> Self {
        Self(vec![(String::new(), content)])
    }
}

impl From<Vec<(String, Vec<u8>)>> for Files {
    fn from(files: Vec<(String, Vec<u8>)>) -> Self {
        Self(files)
    }
}

/// A server of files.
pub struct Server {
    /// The address of its only file, or of the folder of its files.
    pub url: String,
    /// The `Range` header of each request so far.
    pub ranges: Arc<Mutex<Vec<Option<String>>>>,
}

impl Server {
    /// Serves files, answering the first requests as told and all later ones like the last.
    pub fn start(files: impl Into<Files>, answers: &[Answer]) -> Self {
        let Files(files) = files.into();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let root = format!("http://{}", listener.local_addr().unwrap());
        let url = if files.len() == 1 { format!("{root}/cifar-10-binary.tar.gz") } else { root };
        let files = Arc::new(files);
        let ranges = Arc::new(Mutex::new(Vec::new()));
        let (seen, answers) = (Arc::clone(&ranges), answers.to_vec());
        // The thread ends with the test's process.
        thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let answer = answers[number.min(answers.len() - 1)];
                let (files, seen) = (Arc::clone(&files), Arc::clone(&seen));
                thread::spawn(move || serve(stream.unwrap(), &files, answer, &seen));
            }
        });
        Self { url, ranges }
    }
}

fn serve(
    mut stream: TcpStream,
    files: &[(String, Vec<u8>)],
    answer: Answer,
    seen: &Mutex<Vec<Option<String>>>,
) {
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut range = None;
    let mut content = &files[0].1;
    for line in BufReader::new(stream.try_clone().unwrap()).lines() {
        let line = line.unwrap_or_default();
        if line.is_empty() {
            break;
        }
        if let Some(target) = line.strip_prefix("GET ").and_then(|rest| rest.split(' ').next()) {
            let file = files.iter().find(|(path, _)| path == target);
            content = file.map_or(content, |(_, file)| file);
        }
        if let Some(value) = line.strip_prefix("Range: ").or_else(|| line.strip_prefix("range: ")) {
            range = Some(value.to_owned());
        }
    }
    seen.lock().unwrap().push(range.clone());
    // What the client makes of this is the test; whether it hears all of it is not.
    let _ = stream.write_all(&response(content, range.as_deref(), answer));
    if let Answer::Stall(_) = answer {
        thread::sleep(Duration::from_secs(3));
    }
}

fn response(content: &[u8], range: Option<&str>, answer: Answer) -> Vec<u8> {
    let start = range
        .map(|range| range.strip_prefix("bytes=").unwrap().trim_end_matches('-').parse::<usize>().unwrap());
    let start = start.filter(|_| !matches!(answer, Answer::IgnoresRanges));
    if start.is_some_and(|start| start >= content.len()) {
        return format!("HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */{}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", content.len()).into();
    }
    let body = &content[start.unwrap_or(0)..];
    let (length, sent) = match answer {
        Answer::Status(status) => {
            return format!("HTTP/1.1 {status} Status\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                .into();
        }
        Answer::Redirect(location) => {
            return format!(
                "HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            )
            .into();
        }
        Answer::EndsEarly(bytes) => {
            let head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
            return [&head[..], &content[..bytes]].concat();
        }
        Answer::Whole | Answer::IgnoresRanges | Answer::WrongRange => (body.len(), body.len()),
        Answer::CutOff(bytes) | Answer::Stall(bytes) => (body.len(), bytes.min(body.len())),
        Answer::Lies(length) => (length, body.len()),
    };
    let head = match start {
        None => format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"),
        Some(start) => {
            let from = if matches!(answer, Answer::WrongRange) { start + 1 } else { start };
            let (last, size) = (content.len() - 1, content.len());
            format!(
                "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {from}-{last}/{size}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
            )
        }
    };
    [head.as_bytes(), &body[..sent]].concat()
}

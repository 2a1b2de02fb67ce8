//! Fetching CIFAR-10: from servers that behave and others, and from archives that are good and bad.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "support/server.rs"]
mod server;

use emberlab_data::cifar10::{Cifar10, FOLDER, RECORD_SIZE};
use emberlab_data::published::{Checksum, Fetch, FetchSource, Fetched, unpack_entries};
use emberlab_data::{DataError, Download, NoProgress, Patience, PublishedSet};
use flate2::Compression;
use flate2::write::GzEncoder;
use server::{Answer, Server};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};
use tar::{Builder, EntryType, Header};
use tempfile::TempDir;

const IMPATIENT: Patience =
    Patience { stall: Duration::from_millis(300), attempts: 3, pause: Duration::from_millis(1) };

/// The files of a set of three images a file, with their paths in the archive.
fn files() -> Vec<(String, Vec<u8>)> {
    let names = (1..=5).map(|number| format!("data_batch_{number}.bin")).chain(["test_batch.bin".to_owned()]);
    let mut files: Vec<(String, Vec<u8>)> = names
        .enumerate()
        .map(|(file, name)| {
            let record = |record: usize| {
                let mut bytes = vec![(file + record) as u8; RECORD_SIZE];
                // So that the archive does not shrink to nothing.
                bytes[1..]
                    .iter_mut()
                    .enumerate()
                    .for_each(|(i, byte)| *byte = ((i * i * (record + 7)) >> 3) as u8);
                bytes
            };
            (format!("{FOLDER}/{name}"), (0..3).flat_map(record).collect())
        })
        .collect();
    files.push((format!("{FOLDER}/batches.meta.txt"), b"a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n".to_vec()));
    files
}

fn header(kind: EntryType, path: &str, size: u64) -> Header {
    let mut header = Header::new_gnu();
    // `set_path` would refuse the paths that this is about.
    header.as_gnu_mut().unwrap().name[..path.len()].copy_from_slice(path.as_bytes());
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(0o644);
    header.set_cksum();
    header
}

fn archive(files: &[(String, Vec<u8>)], extra: impl FnOnce(&mut Builder<GzEncoder<Vec<u8>>>)) -> Vec<u8> {
    let mut builder = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    builder.append(&header(EntryType::Directory, &format!("{FOLDER}/"), 0), &[][..]).unwrap();
    for (path, content) in files {
        builder.append(&header(EntryType::Regular, path, content.len() as u64), &content[..]).unwrap();
    }
    extra(&mut builder);
    builder.into_inner().unwrap().finish().unwrap()
}

fn good() -> Vec<u8> {
    archive(&files(), |_| ())
}

fn fetch(source: FetchSource, checksum: Checksum, directory: &Path) -> Result<Fetched, DataError> {
    Fetch { set: PublishedSet::Cifar10, source, checksum, patience: IMPATIENT }.run(directory, &NoProgress)
}

fn fetch_from(server: &Server, directory: &Path) -> Result<Fetched, DataError> {
    fetch(FetchSource::Url(server.url.clone()), Checksum::Unverified, directory)
}

/// That the set is there, whole, and nothing else is.
#[track_caller]
fn assert_fetched(directory: &Path) {
    let set = Cifar10::open(directory).unwrap();
    assert_eq!((set.train().unwrap().len(), set.test().unwrap().len()), (15, 3));
    for (path, content) in files() {
        assert!(fs::read(directory.join(path)).unwrap() == content);
    }
    let names = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = names.filter(|name| name != FOLDER).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_set_is_fetched_once() {
    let server = Server::start(good(), &[Answer::Whole]);
    let directory = TempDir::new().unwrap();
    let data = directory.path().join("data");
    let fetched = fetch_from(&server, &data).unwrap();
    assert_eq!(fetched, Fetched { already: false, n_train: 15, n_test: 3 });
    assert_fetched(&data);
    assert_eq!(fetch_from(&server, &data).unwrap(), Fetched { already: true, ..fetched });
    assert_eq!(server.ranges.lock().unwrap().len(), 1);
}

#[test]
fn servers_that_cut_off_stall_fail_or_ignore_ranges_are_asked_again() {
    for answers in [
        &[Answer::CutOff(1000), Answer::CutOff(500), Answer::Whole][..],
        &[Answer::Stall(2000), Answer::Whole],
        &[Answer::Status(500), Answer::Status(503), Answer::Whole],
        &[Answer::CutOff(700), Answer::IgnoresRanges],
        &[Answer::Lies(1_000_000), Answer::Whole],
        &[Answer::CutOff(700), Answer::Status(500), Answer::CutOff(1), Answer::Status(500), Answer::Whole],
    ] {
        let server = Server::start(good(), answers);
        let directory = TempDir::new().unwrap();
        fetch_from(&server, directory.path()).unwrap();
        assert_fetched(directory.path());
        assert_eq!(server.ranges.lock().unwrap().len(), answers.len(), "{answers:?}");
    }
}

#[test]
fn a_later_call_goes_on_where_an_earlier_one_ended() {
    let content = good();
    let server = Server::start(content.clone(), &[Answer::CutOff(900), Answer::Status(404), Answer::Whole]);
    let directory = TempDir::new().unwrap();
    let error = fetch_from(&server, directory.path()).unwrap_err();
    assert_eq!(error.to_string(), format!("cannot fetch `{}`: the server answers 404 Status", server.url));
    assert!(!directory.path().join(FOLDER).exists());
    fetch_from(&server, directory.path()).unwrap();
    assert_fetched(directory.path());
    let ranges = server.ranges.lock().unwrap().clone();
    assert_eq!(ranges, [None, Some("bytes=900-".to_owned()), Some("bytes=900-".to_owned())]);
}

#[test]
fn a_download_that_was_whole_already_is_not_fetched_again() {
    let content = good();
    let directory = TempDir::new().unwrap();
    fs::write(directory.path().join("cifar-10-binary.tar.gz.partial"), &content).unwrap();
    let server = Server::start(content, &[Answer::Whole]);
    fetch_from(&server, directory.path()).unwrap();
    assert_fetched(directory.path());
}

#[test]
fn servers_that_bring_nothing_are_given_up() {
    for (answer, reason) in [
        (Answer::Status(404), "the server answers 404 Status"),
        (Answer::Status(403), "the server answers 403 Status"),
        (Answer::Status(416), "the server answers 416 Status"),
        (Answer::Status(500), "the server answers 500 Status, 3 times in a row"),
        (Answer::CutOff(0), "3 times in a row"),
        (Answer::Stall(0), "3 times in a row"),
        (Answer::WrongRange, "the server sends another part than asked for"),
    ] {
        let server = Server::start(good(), &[Answer::CutOff(10), answer]);
        let directory = TempDir::new().unwrap();
        let start = Instant::now();
        let error = fetch_from(&server, directory.path()).unwrap_err().to_string();
        assert!(error.starts_with(&format!("cannot fetch `{}`: ", server.url)), "{error}");
        assert!(error.ends_with(reason), "{answer:?}: {error}");
        assert!(!error.contains('\n') && start.elapsed() < Duration::from_secs(10));
        assert!(!directory.path().join(FOLDER).exists());
    }
}

#[test]
fn a_length_that_is_too_short_is_found_out() {
    let server = Server::start(good(), &[Answer::Lies(2000)]);
    let directory = TempDir::new().unwrap();
    let error = fetch_from(&server, directory.path()).unwrap_err().to_string();
    assert!(error.contains("is damaged"), "{error}");
    assert!(!directory.path().join(FOLDER).exists());
}

#[test]
fn no_more_is_fetched_than_a_file_may_have() {
    for answer in [Answer::Whole, Answer::Lies(20)] {
        let server = Server::start(vec![7; 100_000], &[answer]);
        let directory = TempDir::new().unwrap();
        let path = directory.path().join("file");
        let download = Download { url: &server.url, max_size: 1000, patience: IMPATIENT };
        let fetched = download.fetch(&path, &NoProgress);
        if let Answer::Whole = answer {
            assert!(fetched.unwrap_err().to_string().contains("more than 1000 bytes"));
        }
        assert!(fs::metadata(&path).map_or(0, |metadata| metadata.len()) <= 1000);
    }
}

#[test]
fn an_address_that_is_none_and_a_server_that_is_not_there_are_errors() {
    let directory = TempDir::new().unwrap();
    for (url, reason) in [
        ("cifar.tar.gz", "must begin with `https://` or `http://`"),
        ("ftp://127.0.0.1/cifar.tar.gz", "must begin with `https://` or `http://`"),
        ("http://127.0.0.1:1/cifar.tar.gz", "3 times in a row"),
    ] {
        let error = fetch(FetchSource::Url(url.to_owned()), Checksum::Unverified, directory.path());
        let error = error.unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }
}

#[test]
fn an_archive_must_be_the_one_that_was_meant() {
    let content = good();
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("archive.tar.gz");
    fs::write(&path, &content).unwrap();
    let source = || FetchSource::File(path.clone());
    let data = directory.path().join("data");

    let error = fetch(source(), Checksum::Official, &data).unwrap_err().to_string();
    let size = PublishedSet::Cifar10.files()[0].size;
    let wanted = format!(
        "`{}` is not the official archive: it has {} bytes, must have {size}; for another one give its checksum with \
         `--sha256`, or waive it with `--no-verify`",
        path.display(),
        content.len()
    );
    assert_eq!(error, wanted);

    let right: String = Sha256::digest(&content).iter().map(|byte| format!("{byte:02X}")).collect();
    let wrong = "0".repeat(64);
    let error = fetch(source(), Checksum::Sha256(wrong.clone()), &data).unwrap_err().to_string();
    assert!(error.ends_with(&format!("must be {wrong}")), "{error}");
    assert!(!data.join(FOLDER).exists());
    fetch(source(), Checksum::Sha256(right), &data).unwrap();
    assert_fetched(&data);
    assert!(path.exists());
}

#[test]
fn a_download_with_another_checksum_is_not_gone_on_with() {
    let server = Server::start(good(), &[Answer::Whole]);
    let directory = TempDir::new().unwrap();
    let url = FetchSource::Url(server.url.clone());
    fetch(url, Checksum::Sha256("0".repeat(64)), directory.path()).unwrap_err();
    fetch_from(&server, directory.path()).unwrap();
    assert_fetched(directory.path());
    let ranges = server.ranges.lock().unwrap().clone();
    assert_eq!(ranges, [None, None]);
}

#[test]
fn leftovers_of_a_killed_call_are_cleared_away() {
    let directory = TempDir::new().unwrap();
    fs::create_dir_all(directory.path().join(".emberlab-unpack-killed").join(FOLDER)).unwrap();
    let server = Server::start(good(), &[Answer::Whole]);
    fetch_from(&server, directory.path()).unwrap();
    assert_fetched(directory.path());
}

#[test]
fn leftovers_beside_a_set_that_is_there_are_cleared_away() {
    let directory = TempDir::new().unwrap();
    let server = Server::start(good(), &[Answer::Whole]);
    fetch_from(&server, directory.path()).unwrap();
    // As a call leaves it that is killed after its last rename.
    fs::create_dir(directory.path().join(".emberlab-unpack-killed")).unwrap();
    fs::write(directory.path().join(".emberlab-fetch.lock"), "").unwrap();
    assert!(fetch_from(&server, directory.path()).unwrap().already);
    assert_fetched(directory.path());
}

#[test]
fn a_set_that_is_there_and_damaged_is_left_to_the_user() {
    let directory = TempDir::new().unwrap();
    fs::create_dir(directory.path().join(FOLDER)).unwrap();
    let server = Server::start(good(), &[Answer::Whole]);
    let error = fetch_from(&server, directory.path()).unwrap_err().to_string();
    assert!(
        error.contains("is there and damaged") && error.ends_with("move it away and fetch the set again")
    );
    assert_eq!(server.ranges.lock().unwrap().len(), 0);
}

#[test]
fn two_calls_at_once_do_not_meet() {
    let directory = TempDir::new().unwrap();
    let server = Server::start(good(), &[Answer::Stall(100), Answer::Whole]);
    let error = std::thread::scope(|scope| {
        let first = scope.spawn(|| fetch_from(&server, directory.path()));
        let start = Instant::now();
        while server.ranges.lock().unwrap().is_empty() {
            assert!(start.elapsed() < Duration::from_secs(60), "the server was asked for nothing");
            std::thread::sleep(Duration::from_millis(1));
        }
        let error = fetch_from(&server, directory.path()).unwrap_err();
        first.join().unwrap().unwrap();
        error
    });
    assert!(matches!(error, DataError::Busy { .. }), "{error}");
    assert_fetched(directory.path());
}

/// What unpacking an archive says.
fn refusal(content: &[u8]) -> String {
    let folder = TempDir::new().unwrap();
    let outside = folder.path().join("inside");
    let error =
        unpack_entries(&PublishedSet::Cifar10.archive().unwrap(), Path::new("a.tar.gz"), content, &outside)
            .unwrap_err()
            .to_string();
    let names: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["inside"], "something was unpacked elsewhere");
    error
}

#[test]
fn archives_with_anything_else_in_them_are_refused() {
    let link = |kind: EntryType| {
        archive(&[], |builder| {
            let mut header = header(kind, &format!("{FOLDER}/data_batch_1.bin"), 0);
            header.set_link_name("/etc/passwd").unwrap();
            header.set_cksum();
            builder.append(&header, &[][..]).unwrap();
        })
    };
    let file = |path: &str, size: usize| archive(&[(path.to_owned(), vec![0; size])], |_| ());
    let twice: Vec<_> = files().into_iter().chain(files()).collect();
    let limit = 10_000 * RECORD_SIZE;
    for (content, problem) in [
        (file("/etc/passwd", 3), "holds `/etc/passwd`, which lies outside of its folder".to_owned()),
        (
            file("../data_batch_1.bin", 3),
            "holds `../data_batch_1.bin`, which lies outside of its folder".to_owned(),
        ),
        (
            file(&format!("{FOLDER}/../../x"), 3),
            format!("holds `{FOLDER}/../../x`, which lies outside of its folder"),
        ),
        (link(EntryType::Symlink), format!("holds `{FOLDER}/data_batch_1.bin`, which is a link")),
        (link(EntryType::Link), format!("holds `{FOLDER}/data_batch_1.bin`, which is a link")),
        (link(EntryType::Fifo), format!("holds `{FOLDER}/data_batch_1.bin`, which is no file of CIFAR-10")),
        (
            file(&format!("{FOLDER}/run.sh"), 3),
            format!("holds `{FOLDER}/run.sh`, which is no file of CIFAR-10"),
        ),
        (file("data_batch_1.bin", 3), "holds `data_batch_1.bin`, which is no file of CIFAR-10".to_owned()),
        (
            file(&format!("{FOLDER}/data_batch_1.bin"), limit + 1),
            format!("holds `{FOLDER}/data_batch_1.bin` with {} bytes, must have at most {limit}", limit + 1),
        ),
        (archive(&twice, |_| ()), "holds `data_batch_1.bin` twice".to_owned()),
        (archive(&files()[1..], |_| ()), format!("does not hold `{FOLDER}/data_batch_1.bin`")),
    ] {
        assert_eq!(refusal(&content), format!("`a.tar.gz` {problem}"));
    }
    for content in [&b"no archive"[..], &[], &good()[..3000]] {
        let refusal = refusal(content);
        assert!(refusal.contains("damaged") || refusal.contains("does not hold"), "{refusal}");
    }
}

#[test]
fn an_archive_that_unpacks_to_more_than_a_set_can_have_is_refused() {
    // A header may say anything; the bytes that follow it are what counts.
    let content = archive(&[], |builder| {
        let header = header(EntryType::GNULongName, "././@LongLink", 400 << 20);
        builder.append(&header, std::io::Read::take(std::io::repeat(b'a'), 400 << 20)).unwrap();
    });
    assert!(content.len() < 4 << 20);
    let refusal = refusal(&content);
    assert!(refusal.contains("damaged"), "{refusal}");
}

#[test]
fn an_archive_that_came_in_part_and_looks_whole_does_not_block_later_calls() {
    let content = good();
    for bytes in [0, 700, content.len() - 4] {
        let server = Server::start(content.clone(), &[Answer::EndsEarly(bytes), Answer::Whole]);
        let directory = TempDir::new().unwrap();
        let error = fetch_from(&server, directory.path()).unwrap_err().to_string();
        assert!(
            error.contains("the file that came is damaged") && error.ends_with("; it was deleted"),
            "{error}"
        );
        assert!(!directory.path().join(FOLDER).exists());
        fetch_from(&server, directory.path()).unwrap();
        assert_fetched(directory.path());
    }
}

#[test]
fn a_set_with_damaged_records_does_not_block_later_calls() {
    let mut files = files();
    files[0].1[0] = 10;
    let directory = TempDir::new().unwrap();
    let error = fetch_from(&Server::start(archive(&files, |_| ()), &[Answer::Whole]), directory.path());
    assert!(error.unwrap_err().to_string().contains("has label 10 in record 0"));
    fetch_from(&Server::start(good(), &[Answer::Whole]), directory.path()).unwrap();
    assert_fetched(directory.path());
}

#[test]
fn a_damaged_archive_of_an_earlier_call_is_fetched_again() {
    for damage in [&b""[..], b"no archive", &good()[..2000]] {
        for name in ["cifar-10-binary.tar.gz", "cifar-10-binary.tar.gz.partial"] {
            let directory = TempDir::new().unwrap();
            fs::write(directory.path().join(name), damage).unwrap();
            let server = Server::start(good(), &[Answer::Whole]);
            // Bytes that a download goes on from are found out when it is whole.
            let first = fetch_from(&server, directory.path());
            if damage == b"no archive" && name.ends_with("partial") {
                assert!(first.unwrap_err().to_string().contains("is damaged"));
                fetch_from(&server, directory.path()).unwrap();
            } else {
                first.unwrap();
            }
            assert_fetched(directory.path());
        }
    }
}

#[test]
fn more_bytes_than_the_server_has_are_not_gone_on_with() {
    let directory = TempDir::new().unwrap();
    fs::write(directory.path().join("cifar-10-binary.tar.gz.partial"), vec![7; 1 << 20]).unwrap();
    fetch_from(&Server::start(good(), &[Answer::Whole]), directory.path()).unwrap();
    assert_fetched(directory.path());
}

#[test]
fn servers_lead_on_to_addresses_of_the_web_only() {
    let target = Server::start(good(), &[Answer::Whole]);
    let location: &'static str = target.url.clone().leak();
    let directory = TempDir::new().unwrap();
    let server = Server::start(Vec::<u8>::new(), &[Answer::Redirect(location)]);
    fetch_from(&server, directory.path()).unwrap();
    assert_fetched(directory.path());
    // An address without a host is one of the same server.
    let directory = TempDir::new().unwrap();
    let server = Server::start(good(), &[Answer::Redirect("/elsewhere"), Answer::Whole]);
    fetch_from(&server, directory.path()).unwrap();

    for location in [
        "file:///etc/passwd",
        "data:text/plain,x",
        "mailto:a@b.c",
        "javascript:1",
        "unix:/x",
        "about:blank",
        "http://",
    ] {
        let server = Server::start(good(), &[Answer::Redirect(location)]);
        let directory = TempDir::new().unwrap();
        let error = fetch_from(&server, directory.path()).unwrap_err().to_string();
        let reason = format!("the server leads to `{location}`, must be an address with `https` or `http`");
        assert_eq!(error, format!("cannot fetch `{}`: {reason}", server.url));
    }
    let server = Server::start(good(), &[Answer::Redirect("/again")]);
    let error = fetch_from(&server, TempDir::new().unwrap().path()).unwrap_err().to_string();
    assert!(error.ends_with("the server leads from one address to another more than 5 times"), "{error}");
}

#[test]
fn the_checksum_of_gzip_is_read() {
    let mut content = good();
    let place = content.len() - 8;
    content[place] ^= 1;
    let refusal = refusal(&content);
    assert!(refusal.contains("is damaged or no `.tar.gz`"), "{refusal}");
}

#[test]
fn an_archive_that_is_a_pipe_is_refused_at_once() {
    let directory = TempDir::new().unwrap();
    let pipe = directory.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for checksum in [Checksum::Unverified, Checksum::Official, Checksum::Sha256("0".repeat(64))] {
        match fetch(FetchSource::File(pipe.clone()), checksum, directory.path()).unwrap_err() {
            DataError::Read { source, .. } => {
                assert_eq!(source.to_string(), "is a named pipe, must be a regular file");
            }
            error => panic!("{error}"),
        }
    }
}

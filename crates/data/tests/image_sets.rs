//! MNIST and CIFAR-100 in their official layouts, against what NumPy wrote, and damaged files.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "support/server.rs"]
#[expect(dead_code, reason = "the other kinds of answers are tested with CIFAR-10")]
mod server;

use emberlab_data::published::{Checksum, Fetch, FetchSource, Fetched, unpack_entries};
use emberlab_data::{Cifar100Labels, DataError, Features, LabelledData, NoProgress, Patience, PublishedSet};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;
use server::{Answer, Server};
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

const FINE: PublishedSet = PublishedSet::Cifar100(Cifar100Labels::Fine);
const COARSE: PublishedSet = PublishedSet::Cifar100(Cifar100Labels::Coarse);
const IMAGES: &str = "train-images-idx3-ubyte.gz";
const LABELS: &str = "train-labels-idx1-ubyte.gz";

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/image_sets")
}

fn numbers(value: &Value) -> Vec<u64> {
    match value {
        Value::Array(values) => values.iter().flat_map(numbers).collect(),
        number => vec![number.as_u64().unwrap()],
    }
}

#[track_caller]
fn assert_part(part: &LabelledData, expected: &Value, labels: &str) {
    let Features::Images { pixels, shape } = &part.features else { panic!("no images") };
    let rows: Vec<u64> =
        pixels.chunks_exact(shape.width).map(|row| row.iter().map(|&pixel| u64::from(pixel)).sum()).collect();
    assert_eq!(rows, numbers(&expected["rows"]));
    let first: Vec<u64> = pixels[..shape.size()].iter().map(|&pixel| u64::from(pixel)).collect();
    assert_eq!(first, numbers(&expected["first"]));
    let found: Vec<u64> = part.labels.iter().map(|&label| u64::from(label)).collect();
    assert_eq!(found, numbers(&expected[labels]));
}

fn expected() -> Value {
    serde_json::from_str(&fs::read_to_string(golden().with_extension("json")).unwrap()).unwrap()
}

#[test]
fn images_and_labels_of_idx_files_are_those_that_numpy_wrote() {
    let (train, test) = PublishedSet::Mnist.read(&golden()).unwrap();
    let expected = &expected()["mnist"];
    assert_part(&train, &expected["train"], "labels");
    assert_part(&test, &expected["t10k"], "labels");
    assert_eq!(train.class_names[7], "7");
    for index in 0..12 {
        let image = PublishedSet::Mnist.read_image(&golden().join("mnist").join(IMAGES), index).unwrap();
        let sum: u64 = image.iter().map(|&pixel| u64::from(pixel)).sum();
        assert_eq!(sum, numbers(&expected["train"]["sums"])[index as usize]);
    }
}

#[test]
fn both_labels_of_cifar100_are_those_that_numpy_wrote() {
    for (set, labels) in [(FINE, "fine"), (COARSE, "coarse")] {
        let (train, test) = set.read(&golden()).unwrap();
        let expected = &expected()["cifar100"];
        assert_part(&train, &expected["train"], labels);
        assert_part(&test, &expected["test"], labels);
        assert_eq!(train.n_classes(), set.n_classes());
        assert_eq!(train.class_names[3], format!("{labels}_3"));
    }
    let image = FINE.read_image(&golden().join("cifar-100-binary/train.bin"), 0).unwrap();
    let first: Vec<u64> = image.iter().map(|&pixel| u64::from(pixel)).collect();
    assert_eq!(first, numbers(&expected()["cifar100"]["train"]["first"]));
}

/// A copy of the folder of a set, to be damaged.
fn copy(folder: &str) -> TempDir {
    let directory = TempDir::new().unwrap();
    fs::create_dir(directory.path().join(folder)).unwrap();
    for entry in fs::read_dir(golden().join(folder)).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), directory.path().join(folder).join(entry.file_name())).unwrap();
    }
    directory
}

fn unpacked(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    GzDecoder::new(fs::File::open(path).unwrap()).read_to_end(&mut bytes).unwrap();
    bytes
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn unpacked_idx_files_and_fashion_mnist_are_read_alike() {
    let directory = copy("mnist");
    let folder = directory.path().join("mnist");
    let wanted = PublishedSet::Mnist.read(&golden()).unwrap();
    let bytes = unpacked(&folder.join(IMAGES));
    fs::remove_file(folder.join(IMAGES)).unwrap();
    fs::write(folder.join("train-images-idx3-ubyte"), bytes).unwrap();
    assert_eq!(PublishedSet::Mnist.read(directory.path()).unwrap(), wanted);
    fs::rename(&folder, directory.path().join("fashion-mnist")).unwrap();
    let (train, _) = PublishedSet::FashionMnist.read(directory.path()).unwrap();
    assert_eq!((train.labels, train.features), (wanted.0.labels, wanted.0.features));
    assert_eq!(train.class_names[9], "Ankle boot");
}

#[test]
fn damaged_idx_files_are_refused_with_what_is_wrong() {
    let images = unpacked(&golden().join("mnist").join(IMAGES));
    let labels = unpacked(&golden().join("mnist").join(LABELS));
    let with = |bytes: &[u8], place: usize, byte: u8| {
        let mut bytes = bytes.to_vec();
        bytes[place] = byte;
        bytes
    };
    let huge = [&images[..4], &[255; 4], &images[8..]].concat();
    let longer = [&images[..], &[0]].concat();
    let fewer = [&labels[..7], &[11], &labels[8..19]].concat();
    let size = 12 * 784;
    for (name, content, problem) in [
        (
            IMAGES,
            packed(&images[..16]),
            format!("is truncated: 0 of {size} bytes follow its header; get the file again"),
        ),
        (
            IMAGES,
            images[..2000].to_vec(),
            format!("is truncated: 1984 of {size} bytes follow its header; get the file again"),
        ),
        (IMAGES, longer, format!("has more than the {size} bytes that its header announces")),
        (
            IMAGES,
            images[..9].to_vec(),
            "is truncated: its header has 9 of 16 bytes; get the file again".to_owned(),
        ),
        (IMAGES, vec![0, 0], "is truncated: its header has 2 of 16 bytes; get the file again".to_owned()),
        (
            IMAGES,
            Vec::new(),
            "is not an IDX file: it must begin with two zero bytes, plain or compressed with gzip".to_owned(),
        ),
        (
            IMAGES,
            with(&images, 2, 0x0d),
            "holds numbers of type 0x0d, must be unsigned bytes, 0x08".to_owned(),
        ),
        (IMAGES, labels.clone(), "has 1 dimensions, must have 3 for images".to_owned()),
        (LABELS, images.clone(), "has 3 dimensions, must have 1 for labels".to_owned()),
        (IMAGES, huge, "holds 4294967295 images, must be from 1 to 1000000".to_owned()),
        (IMAGES, with(&images, 7, 0), "holds 0 images, must be from 1 to 1000000".to_owned()),
        (IMAGES, with(&images, 11, 32), "holds images of 32 × 28 pixels, must be 28 × 28".to_owned()),
        (
            LABELS,
            with(&labels, 10, 10),
            "has label 10 at index 2, must be 0 to 9; get the file again".to_owned(),
        ),
        (LABELS, fewer, "holds 11 labels for 12 images in `".to_owned()),
    ] {
        let directory = copy("mnist");
        let path = directory.path().join("mnist").join(name);
        fs::write(&path, content).unwrap();
        let error = PublishedSet::Mnist.read(directory.path()).unwrap_err().to_string();
        assert!(error.starts_with(&format!("`{}` {problem}", path.display())), "{error}");
    }
    let path = golden().join("mnist").join(IMAGES);
    let error = PublishedSet::Mnist.read_image(&path, 12).unwrap_err().to_string();
    assert!(error.ends_with("has no image 12, its last is 11"), "{error}");
}

#[test]
fn compressed_data_that_is_cut_off_or_changed_is_refused() {
    let good = fs::read(golden().join("mnist").join(IMAGES)).unwrap();
    let mut changed = good.clone();
    // The checksum at the end.
    let place = changed.len() - 6;
    changed[place] ^= 1;
    for content in [&good[..good.len() / 2], &good[..good.len() - 4], &changed] {
        let directory = copy("mnist");
        fs::write(directory.path().join("mnist").join(IMAGES), content).unwrap();
        let error = PublishedSet::Mnist.read(directory.path()).unwrap_err().to_string();
        assert!(error.contains("is damaged: ") && error.ends_with("; get the file again"), "{error}");
    }
}

#[test]
fn a_missing_file_of_mnist_is_named() {
    let directory = copy("mnist");
    fs::remove_file(directory.path().join("mnist").join(LABELS)).unwrap();
    match PublishedSet::Mnist.read(directory.path()).unwrap_err() {
        DataError::Missing { path } => assert!(path.ends_with(LABELS)),
        error => panic!("{error}"),
    }
}

#[test]
fn labels_of_cifar100_that_are_no_classes_are_refused() {
    for (place, label, last) in [(0, 20, 19), (1, 100, 99)] {
        let directory = copy("cifar-100-binary");
        let path = directory.path().join("cifar-100-binary/train.bin");
        let mut bytes = fs::read(&path).unwrap();
        bytes[3074 + place] = label;
        fs::write(&path, bytes).unwrap();
        let error = COARSE.read(directory.path()).unwrap_err().to_string();
        let problem = format!("has label {label} in record 1, must be 0 to {last}; get the file again");
        assert_eq!(error, format!("`{}` {problem}", path.display()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn idx_files_made_to_do_harm_end_with_an_error_or_with_samples(
        changes in vec((0..16usize, any::<u8>()), 0..6), end in 0..9500usize, compress in any::<bool>()
    ) {
        let directory = copy("mnist");
        let path = directory.path().join("mnist").join(IMAGES);
        let mut bytes = unpacked(&path);
        changes.into_iter().for_each(|(place, byte)| bytes[place] = byte);
        bytes.truncate(end);
        fs::write(&path, if compress { packed(&bytes) } else { bytes }).unwrap();
        if let Ok((train, _)) = PublishedSet::Mnist.read(directory.path()) {
            prop_assert_eq!(train.len(), 12);
        }
    }
}

const IMPATIENT: Patience =
    Patience { stall: Duration::from_millis(300), attempts: 3, pause: Duration::from_millis(1) };

fn fetch(
    set: PublishedSet,
    source: FetchSource,
    checksum: Checksum,
    to: &Path,
) -> Result<Fetched, DataError> {
    Fetch { set, source, checksum, patience: IMPATIENT }.run(to, &NoProgress)
}

#[test]
fn the_files_of_mnist_are_fetched_from_a_folder() {
    let directory = TempDir::new().unwrap();
    let from = || FetchSource::File(golden().join("mnist"));
    let error = fetch(PublishedSet::Mnist, from(), Checksum::Official, directory.path()).unwrap_err();
    let error = error.to_string();
    assert!(
        error.contains("is not the official file: it has") && error.contains("must have 9912422"),
        "{error}"
    );
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    let fetched = fetch(PublishedSet::Mnist, from(), Checksum::Unverified, directory.path()).unwrap();
    assert_eq!(fetched, Fetched { already: false, n_train: 12, n_test: 5 });
    let wanted = PublishedSet::Mnist.read(&golden()).unwrap();
    assert_eq!(PublishedSet::Mnist.read(directory.path()).unwrap(), wanted);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    assert!(fetch(PublishedSet::Mnist, from(), Checksum::Official, directory.path()).unwrap().already);
}

#[test]
fn the_files_of_fashion_mnist_are_downloaded_one_after_another() {
    let folder = golden().join("mnist");
    let files = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"];
    let files = files.map(|name| format!("/{name}-ubyte.gz"));
    let contents = files.iter().map(|name| (name.clone(), fs::read(folder.join(&name[1..])).unwrap()));
    let contents: Vec<(String, Vec<u8>)> = contents.collect();
    // The first connection is cut off; its file is resumed.
    let server = Server::start(contents.clone(), &[Answer::CutOff(700), Answer::Whole]);
    let directory = TempDir::new().unwrap();
    let url = || FetchSource::Url(format!("{}/", server.url));
    let fetched = fetch(PublishedSet::FashionMnist, url(), Checksum::Unverified, directory.path()).unwrap();
    assert_eq!((fetched.n_train, fetched.n_test), (12, 5));
    assert_eq!(server.ranges.lock().unwrap().len(), 5);
    let names: Vec<_> =
        fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["fashion-mnist"]);

    // A damaged file is deleted, and the others are kept for the next call.
    let mut damaged = contents;
    damaged[1].1.truncate(20);
    let bad = Server::start(damaged, &[Answer::Whole]);
    let directory = TempDir::new().unwrap();
    let from_bad = FetchSource::Url(bad.url.clone());
    let error = fetch(PublishedSet::FashionMnist, from_bad, Checksum::Unverified, directory.path());
    let error = error.unwrap_err().to_string();
    assert!(error.contains("train-labels") && error.ends_with("; it was deleted"), "{error}");
    assert!(!directory.path().join("fashion-mnist").exists());
    let before = server.ranges.lock().unwrap().len();
    fetch(PublishedSet::FashionMnist, url(), Checksum::Unverified, directory.path()).unwrap();
    assert_eq!(server.ranges.lock().unwrap().len(), before + 1);
}

#[test]
fn other_files_in_the_archive_of_cifar100_are_left_out() {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    builder.append_dir_all("cifar-100-binary", golden().join("cifar-100-binary")).unwrap();
    let mut header = tar::Header::new_gnu();
    header.set_size(4);
    header.set_mode(0o644);
    builder.append_data(&mut header, "cifar-100-binary/file.txt~", &b"text"[..]).unwrap();
    let archive = builder.into_inner().unwrap().finish().unwrap();
    let folder = TempDir::new().unwrap();
    unpack_entries(&FINE.archive().unwrap(), Path::new("archive"), &archive[..], folder.path()).unwrap();
    assert_eq!(FINE.read(folder.path()).unwrap(), FINE.read(&golden()).unwrap());
    assert_eq!(fs::read_dir(folder.path().join("cifar-100-binary")).unwrap().count(), 4);
}

//! Reading the official binary layout, on little sets made here.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use emberlab_data::cifar10::{Cifar10, FOLDER, RECORD_SIZE};
use emberlab_data::{DataError, Features, PublishedSet, RandomState, Splits, Subsample};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// A set whose records are `labels`, each image filled with its label but for one pixel.
fn set(train: &[&[u8]], test: &[u8]) -> TempDir {
    let directory = TempDir::new().unwrap();
    let folder = directory.path().join(FOLDER);
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("batches.meta.txt"), "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n").unwrap();
    for (number, labels) in (1..).zip(train) {
        fs::write(folder.join(format!("data_batch_{number}.bin")), records(labels)).unwrap();
    }
    fs::write(folder.join("test_batch.bin"), records(test)).unwrap();
    directory
}

fn records(labels: &[u8]) -> Vec<u8> {
    labels.iter().flat_map(|&label| record(label)).collect()
}

/// The red plane holds the label; green 50 and blue 200, but for blue 7 in row 3, column 30.
fn record(label: u8) -> Vec<u8> {
    let mut bytes = vec![label; 1 + 1024];
    bytes.extend([50; 1024]);
    bytes.extend([200; 1024]);
    bytes[1 + 2 * 1024 + 3 * 32 + 30] = 7;
    bytes
}

fn overwrite(directory: &TempDir, name: &str, bytes: &[u8]) {
    fs::write(directory.path().join(FOLDER).join(name), bytes).unwrap();
}

fn draw(directory: &Path, subsample: Subsample, seed: u32) -> Result<Splits, DataError> {
    PublishedSet::Cifar10.draw(directory, &subsample, &mut RandomState::new(seed))
}

fn load(directory: &Path) -> Result<Splits, DataError> {
    draw(directory, Subsample::default(), 0)
}

#[test]
fn batches_are_read_one_after_another_with_names_and_planes_in_place() {
    let directory = set(&[&[3, 1], &[9, 0, 4]], &[2]);
    let splits = load(directory.path()).unwrap();
    assert_eq!(splits.train.samples.labels, [3, 1, 9, 0, 4]);
    assert_eq!(splits.train.rows, [0, 1, 2, 3, 4]);
    assert_eq!(splits.test.samples.labels, [2]);
    assert_eq!(splits.train.samples.class_names[..3], ["a", "b", "c"]);
    let Features::Images { pixels, shape } = splits.train.samples.features else { panic!("not images") };
    assert_eq!((shape.channels, shape.height, shape.width), (3, 32, 32));
    let third = &pixels[2 * 3072..3 * 3072];
    assert_eq!((third[0], third[1024], third[2048]), (9, 50, 200));
    let off_diagonal = third.iter().position(|&byte| byte == 7).unwrap();
    assert_eq!(off_diagonal, 2 * 1024 + 3 * 32 + 30, "channel 2, row 3, column 30");
}

#[test]
fn a_subsample_takes_the_rows_that_numpy_draws() {
    // >>> rs = numpy.random.RandomState(5)
    // >>> rs.choice(6, 3, replace=False), rs.choice(4, 2, replace=False)
    // (array([5, 2, 4]), array([0, 1]))
    let directory = set(&[&[0, 1, 2], &[3, 4, 5]], &[6, 7, 8, 9]);
    let subsample = Subsample { train_samples: Some(3), test_samples: Some(2) };
    let splits = draw(directory.path(), subsample, 5).unwrap();
    assert_eq!(splits.train.rows, [5, 2, 4]);
    assert_eq!(splits.train.samples.labels, [5, 2, 4]);
    assert_eq!(splits.test.rows, [0, 1]);
    assert_eq!(splits.test.samples.labels, [6, 7]);
    let whole = Cifar10::open(directory.path()).unwrap();
    assert_eq!(splits.train.samples, whole.train().unwrap().select(&[5, 2, 4]).unwrap());
    assert_eq!(splits.test.samples, whole.test().unwrap().select(&[0, 1]).unwrap());
}

#[test]
fn images_that_are_not_drawn_are_checked_too() {
    let directory = set(&[&[0, 1, 2], &[3, 10, 5]], &[6]);
    let subsample = Subsample { train_samples: Some(1), test_samples: None };
    let path = directory.path().join(FOLDER).join("data_batch_2.bin");
    let problem = "has label 10 in record 1, must be 0 to 9; get the file again";
    let error = draw(directory.path(), subsample, 5).unwrap_err();
    assert_eq!(error.to_string(), format!("`{}` {problem}", path.display()));
}

#[test]
fn more_images_than_there_are_is_an_error_that_says_how_many_there_are() {
    let directory = set(&[&[0, 1, 2]], &[6]);
    for (subsample, message) in [
        (
            Subsample { train_samples: Some(4), test_samples: None },
            "`train_samples` is 4, must be from 1 to 3, the number of images there are",
        ),
        (
            Subsample { train_samples: None, test_samples: Some(0) },
            "`test_samples` is 0, must be from 1 to 1, the number of images there are",
        ),
    ] {
        assert_eq!(draw(directory.path(), subsample, 0).unwrap_err().to_string(), message);
    }
}

#[test]
fn damaged_files_are_named_with_what_is_wrong() {
    let bytes = records(&[1, 2, 3]);
    let mut bad_label = bytes.clone();
    bad_label[RECORD_SIZE] = 10;
    for (name, content, problem) in [
        (
            "data_batch_1.bin",
            &bytes[..7000],
            "is truncated: 7000 bytes are 2 records of 3073 bytes and 854 bytes over; get the file again",
        ),
        ("test_batch.bin", &bad_label[..], "has label 10 in record 1, must be 0 to 9; get the file again"),
        ("test_batch.bin", &[][..], "is empty, must hold at least one record"),
        ("batches.meta.txt", &b"cat\ndog\n"[..], "lists 2 class names, must be 10"),
        ("batches.meta.txt", &[255; 70_000][..], "is larger than 65536 bytes"),
    ] {
        let directory = set(&[&[1]], &[1]);
        overwrite(&directory, name, content);
        let path = directory.path().join(FOLDER).join(name);
        let error = load(directory.path()).unwrap_err();
        assert_eq!(error.to_string(), format!("`{}` {problem}", path.display()));
    }
}

#[test]
fn a_missing_file_is_named() {
    let directory = TempDir::new().unwrap();
    assert!(matches!(load(directory.path()), Err(DataError::Missing { .. })));
    let directory = set(&[&[1]], &[1]);
    let path = directory.path().join(FOLDER).join("test_batch.bin");
    fs::remove_file(&path).unwrap();
    assert_eq!(
        load(directory.path()).unwrap_err().to_string(),
        format!("`{}` does not exist", path.display())
    );
}

#[test]
fn a_batch_that_is_missing_between_others_is_named() {
    for (missing, next) in [(2, 3), (3, 4)] {
        let directory = set(&[&[1], &[2], &[3], &[4]], &[1]);
        let path = directory.path().join(FOLDER).join(format!("data_batch_{missing}.bin"));
        fs::remove_file(&path).unwrap();
        let problem = format!("is missing, though `data_batch_{next}.bin` is there; get the set again");
        let error = load(directory.path()).unwrap_err();
        assert_eq!(error.to_string(), format!("`{}` {problem}", path.display()));
    }
    // Names that are not those of batches do not matter.
    let directory = set(&[&[1], &[2]], &[1]);
    for name in ["data_batch_07.bin", "data_batch_x.bin", "data_batch_0.bin", "data_batch_9.bin.bak"] {
        overwrite(&directory, name, b"");
    }
    assert_eq!(load(directory.path()).unwrap().train.samples.labels, [1, 2]);
}

#[test]
fn records_in_a_pipe_are_refused_at_once() {
    for name in ["data_batch_1.bin", "data_batch_2.bin", "test_batch.bin", "batches.meta.txt"] {
        let directory = set(&[&[1]], &[1]);
        let path = directory.path().join(FOLDER).join(name);
        let _ = fs::remove_file(&path);
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        match load(directory.path()).unwrap_err() {
            DataError::Read { source, .. } => {
                assert_eq!(source.to_string(), "is a named pipe, must be a regular file");
            }
            error => panic!("{error}"),
        }
    }
}

//! Arrays made to do harm: readers return, with a sentence.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use emberlab_data::{ArrayNames, NoProgress, NumpyArrays, read_numpy_inputs};
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// An array of version 1 with any text as its header.
fn npy(header: &[u8], data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(header.len()).unwrap().to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], header, data].concat()
}

fn described(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    npy(format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n").as_bytes(), data)
}

fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn replace(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    for at in 0..=bytes.len() - from.len() {
        if bytes[at..].starts_with(from) {
            bytes[at..at + to.len()].copy_from_slice(to);
        }
    }
}

fn read_inputs(content: &[u8]) -> String {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("array.npy");
    fs::write(&path, content).unwrap();
    read_numpy_inputs(&path, None, None, 1, &NoProgress).unwrap_err().without_path()
}

fn read_set(path: &Path) -> String {
    let arrays = NumpyArrays { path: path.to_owned(), names: ArrayNames::default(), image: None };
    let read = arrays.find().and_then(|names| arrays.read(&names, &NoProgress));
    read.unwrap_err().without_path()
}

fn read_archive(content: &[u8]) -> String {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("arrays.npz");
    fs::write(&path, content).unwrap();
    read_set(&path)
}

#[track_caller]
fn assert_says(said: &str, wanted: &str) {
    assert!(said.contains(wanted), "`{said}` does not contain `{wanted}`");
}

#[test]
fn each_bad_array_is_an_error_that_says_why() {
    let nested = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {}", "(".repeat(60_000));
    let one = 1.0_f64.to_le_bytes();
    let infinite = [one, f64::INFINITY.to_le_bytes()].concat();
    let dimensions = format!("({})", "1, ".repeat(33));
    let huge = u64::MAX;
    for (content, wanted) in [
        (b"PK\x03\x04".to_vec(), "is no array"),
        (b"\x93NUMPY\x09\x00\x00\x00".to_vec(), "has version 9.0 of the format"),
        (b"\x93NUMPY\x02\x00\xff\xff\xff\xff{".to_vec(), "has a header of 4294967295 bytes"),
        (b"\x93NUMPY\x01\x00\xff\xff{".to_vec(), "has a header that is no dictionary"),
        (npy(b"{'descr': '\xff\xfe'}", &[]), "has a header that is no dictionary"),
        (npy(nested.as_bytes(), &[]), "has a header that is no dictionary"),
        (npy(b"{'descr': __import__('os')}", &[]), "has a header that is no dictionary"),
        (described("'<f8'", "(-1,)", &one), "has a header that is no dictionary"),
        (described("'<f8'", &format!("({huge}, {huge})"), &one), "is larger than 4294967296 bytes"),
        (described("'<f8'", "(500000000,)", &one), "is truncated: 8 of 4000000000 bytes"),
        (described("'<f8'", &dimensions, &one), "has 33 dimensions, must have at most 32"),
        (described("'<f8'", "(1,)", &infinite), "has more than the 8 bytes"),
        (described("'<f8'", "(2,)", &infinite), "is inf at [1], must be a finite number"),
        (described("'<f8'", "(0, 3)", &[]), "has the shape (0, 3)"),
        (described("'<f8'", "()", &one), "has the shape ()"),
        (described("'<f8'", "(1, 1, 1)", &one), "for images set `data.image_shape = [1, 1]`"),
        (described("'|O'", "(1,)", b"\x80\x04K\x01."), "holds Python objects, which are never read"),
        (described("[('a', '<f8')]", "(1,)", &one), "holds records of several fields"),
        (described("'<c8'", "(1,)", &one), "has the type `<c8`"),
        (described("'é8'", "(1,)", &one), "has the type `é8`"),
        (described("'<U99999999999999999999'", "(1,)", &one), "has the type `<U99999999999999999999`"),
        (described("'<U2'", "(1,)", &one), "holds text, must hold numbers"),
    ] {
        assert_says(&read_inputs(&content), wanted);
    }
}

#[test]
fn each_bad_archive_is_an_error_that_says_why() {
    let numbers: Vec<u8> = (0..4).flat_map(|number| f64::from(number).to_le_bytes()).collect();
    let x = described("'<f8'", "(4,)", &numbers);
    let y = described("'|u1'", "(4,)", &[0, 1, 0, 1]);
    let pair = |name: &str| archive(&[(name, &x), ("y.npy", &y)]);
    assert_says(&read_archive(&pair("../x.npy")), "holds an entry with the name \"../x.npy\"");
    assert_says(&read_archive(&pair("a/../../x.npy")), "holds an entry with the name");
    assert_says(&read_archive(&pair("/x.npy")), "holds an entry with the name \"/x.npy\"");
    assert_says(&read_archive(&pair("C:\\x.npy")), "holds an entry with the name");
    assert_says(&read_archive(&pair("z.npy")), "has no inputs and labels under usual names");
    assert_says(&read_archive(b"x_train"), "is neither a `.npz` file nor a folder");
    assert_says(&read_archive(&x), "is a single array");

    let mut twice = archive(&[("x.npy", &x), ("z.npy", &x), ("y.npy", &y)]);
    replace(&mut twice, b"z.npy", b"x.npy");
    assert_says(&read_archive(&twice), "holds two entries of the same name");
    // The flag of encryption, in an entry and in the list of entries.
    let mut encrypted = pair("x.npy");
    for at in 0..encrypted.len() - 10 {
        match encrypted[at..at + 4] {
            [b'P', b'K', 3, 4] => encrypted[at + 6] |= 1,
            [b'P', b'K', 1, 2] => encrypted[at + 8] |= 1,
            _ => {}
        }
    }
    assert_says(&read_archive(&encrypted), "has the array `x`, which is encrypted");
    let mut packed = pair("x.npy");
    for at in 0..packed.len() - 12 {
        match packed[at..at + 4] {
            [b'P', b'K', 3, 4] => packed[at + 8] = 12,
            [b'P', b'K', 1, 2] => packed[at + 10] = 12,
            _ => {}
        }
    }
    assert_says(&read_archive(&packed), "must be stored or deflated");

    // Little that unpacks to much: no more is read than the header announces.
    let bomb = [&x[..], &vec![0; 200 << 20]].concat();
    let bomb = archive(&[("x.npy", &bomb), ("y.npy", &y)]);
    assert!(bomb.len() < 1 << 20);
    assert_says(&read_archive(&bomb), "has the array `x`, which has more than the 32 bytes");
    let mut damaged = pair("x.npy");
    let at = damaged.windows(8).position(|window| window.starts_with(b"x.npy")).unwrap();
    damaged[at + 20] ^= 0x55;
    assert_says(&read_archive(&damaged), "has the array `x`, which");
}

#[test]
fn labels_that_do_not_fit_are_an_error() {
    let x = described("'|u1'", "(4,)", &[7; 4]);
    let with = |descr: &str, shape: &str, data: &[u8]| {
        read_archive(&archive(&[("x.npy", &x), ("y.npy", &described(descr, shape, data))]))
    };
    assert_says(
        &with("'|u1'", "(3,)", &[0, 1, 2]),
        "has the array `y`, which has the shape (3,), must be (4,)",
    );
    assert_says(&with("'|u1'", "(4,)", &[5; 4]), "has 1 different labels, must have from 2");
    assert_says(&with("'|u1'", "(4, 2)", &[0, 1, 1, 1, 1, 0, 0, 1]), "is 1 once more in column 1 in row 1");
    assert_says(&with("'|u1'", "(4, 2)", &[0, 1, 0, 2, 1, 0, 0, 1]), "is 2 in row 1");
    let half: Vec<u8> = [0.0, 1.0, 0.5, 1.0_f32].iter().flat_map(|value| value.to_le_bytes()).collect();
    assert_says(&with("'<f4'", "(4,)", &half), "is 0.5 at [2], must be a whole number or text");
    assert_says(&with("'<U1'", "(4,)", &[0xff; 16]), "has text that is not valid Unicode at [0]");
    let y = described("'|u1'", "(4,)", &[0, 1, 0, 1]);
    let other = described("'|u1'", "(2,)", &[0, 9]);
    let wide = described("'|u1'", "(2, 2)", &[0; 4]);
    let set = |x_test: &[u8], y_test: &[u8]| {
        read_archive(&archive(&[
            ("x_train.npy", &x),
            ("y_train.npy", &y),
            ("x_test.npy", x_test),
            ("y_test.npy", y_test),
        ]))
    };
    let two = described("'|u1'", "(2,)", &[0, 1]);
    assert_says(&set(&two, &other), "has the label \"9\" at [1], which the training part does not have");
    assert_says(&set(&wide, &two), "has the array `x_test`, which has 2 features, must have 1");
    // Columns of labels stand for the numbers 0, 1 and so on, and are as many as there are classes.
    let columns = described("'|u1'", "(2, 3)", &[0, 1, 0, 1, 0, 0]);
    let wanted = "has the array `y_test`, which has 3 columns of labels, the training part 1";
    assert_says(&set(&two, &columns), wanted);
    let one_hot = described("'|u1'", "(4, 2)", &[0, 1, 1, 0, 0, 1, 1, 0]);
    let other_columns = archive(&[
        ("x_train.npy", &x),
        ("y_train.npy", &one_hot),
        ("x_test.npy", &two),
        ("y_test.npy", &columns),
    ]);
    assert_says(
        &read_archive(&other_columns),
        "has 3 columns of labels, the training part 2: columns must stand for",
    );
}

//! Files made to do harm: whatever is in them, readers return, with an error or with samples that hold
//! together.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use emberlab_data::cifar10::{Cifar10, FOLDER, RECORD_SIZE};
use emberlab_data::published::unpack_entries;
use emberlab_data::{ImageShape, PublishedSet, ResizeFilter, TableFile, read_image};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::collection::vec;
use proptest::prelude::*;
use std::fs;
use std::path::Path;
use tar::{Builder, Header};
use tempfile::TempDir;

/// A good file with some of its bytes changed, and its end cut off or moved.
fn damaged(good: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let n = good.len();
    let changes = vec((0..n, any::<u8>()), 0..8);
    (changes, 0..=n, vec(any::<u8>(), 0..64)).prop_map(move |(changes, end, tail)| {
        let mut bytes = good.clone();
        changes.into_iter().for_each(|(place, byte)| bytes[place] = byte);
        bytes.truncate(end);
        bytes.extend(tail);
        bytes
    })
}

fn archive() -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for name in ["data_batch_1.bin", "test_batch.bin", "batches.meta.txt"] {
        let mut header = Header::new_gnu();
        header.set_size(600);
        builder.append_data(&mut header, format!("{FOLDER}/{name}"), &[7; 600][..]).unwrap();
    }
    builder.into_inner().unwrap()
}

fn compressed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    std::io::Write::write_all(&mut encoder, bytes).unwrap();
    encoder.finish().unwrap()
}

/// Unpacks, and checks that nothing lies outside of the folder.
fn unpack(content: &[u8]) {
    let parent = TempDir::new().unwrap();
    // Either way it returns.
    let _ = unpack_entries(
        &PublishedSet::Cifar10.archive().unwrap(),
        Path::new("archive"),
        content,
        &parent.path().join("inside"),
    );
    assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 1);
}

fn read_csv(content: &[u8]) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("table.csv");
    fs::write(&path, content).unwrap();
    let table = TableFile::new(path).read();
    if let Err(error) = &table {
        assert!(!error.to_string().contains("cannot be read as CSV"), "{error}");
    }
    if let Ok(table) = table {
        let (splits, encoding) = table.clone().with_test(table);
        let data = encoding.encode(splits).unwrap().splits.train.samples;
        assert!(data.labels.iter().all(|&label| (label as usize) < data.n_classes()));
        assert_eq!(data.select(&[0]).unwrap().len(), 1);
    }
}

fn read_records(records: &[u8], names: &[u8]) {
    let directory = TempDir::new().unwrap();
    let folder = directory.path().join(FOLDER);
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("batches.meta.txt"), names).unwrap();
    fs::write(folder.join("data_batch_1.bin"), records).unwrap();
    fs::write(folder.join("test_batch.bin"), records).unwrap();
    let Ok(set) = Cifar10::open(directory.path()) else { return };
    if let Ok(train) = set.train() {
        assert_eq!(train.len() * RECORD_SIZE, records.len());
        assert!(train.labels.iter().all(|&label| label < 10));
    }
}

fn read_picture(content: &[u8]) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("image");
    fs::write(&path, content).unwrap();
    let shape = ImageShape { channels: 3, height: 4, width: 5 };
    if let Ok(pixels) = read_image(&path, shape, ResizeFilter::Triangle) {
        assert_eq!(pixels.len(), shape.size());
    }
}

fn png() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(9, 7, image::Rgb([1, 2, 3]))
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

const NAMES: &[u8] = b"a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n";

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn archives_of_any_bytes(content in vec(any::<u8>(), 0..2000)) {
        unpack(&content);
        unpack(&compressed(&content));
    }

    #[test]
    fn archives_that_were_good(content in damaged(archive())) {
        unpack(&compressed(&content));
    }

    #[test]
    fn compressed_archives_that_were_good(content in damaged(compressed(&archive()))) {
        unpack(&content);
    }

    #[test]
    fn tables_of_any_bytes(content in vec(any::<u8>(), 0..500)) {
        read_csv(&content);
    }

    #[test]
    fn tables_of_the_letters_that_matter(content in "[0-9a,.\"\r\n e+-]{0,200}") {
        read_csv(format!("a,label\n{content}").as_bytes());
    }

    #[test]
    fn records_of_any_length(records in damaged(vec![3; 2 * RECORD_SIZE]), names in damaged(NAMES.to_vec())) {
        read_records(&records, &names);
        read_records(&records, NAMES);
    }

    #[test]
    fn images_that_were_good(content in damaged(png())) {
        read_picture(&content);
    }
}

//! `emberlab data fetch`, from an archive on disk; downloads are tested in `crates/data`.

use crate::support::Lab;
use emberlab_data::cifar10::FOLDER;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs;

const CONFIG: &str = r#"
name = "images"
[data]
source = "cifar10"
directory = "fetched"
[model]
kind = "linear"
[training]
epochs = 1
[training.optimizer]
learning_rate = 0.1
"#;

/// A lab with `archive.tar.gz`, a set of 300 and 25 images of random bytes.
fn lab() -> Lab {
    let lab = Lab::new();
    lab.write("images.toml", CONFIG).write_pixel_set();
    let folder = lab.path("data").join(FOLDER);
    for number in 2..=5 {
        fs::copy(folder.join("data_batch_1.bin"), folder.join(format!("data_batch_{number}.bin"))).unwrap();
    }
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    builder.append_dir_all(FOLDER, folder).unwrap();
    lab.write("archive.tar.gz", builder.into_inner().unwrap().finish().unwrap());
    lab
}

#[test]
fn an_archive_is_unpacked_once_and_trained_on() {
    let lab = lab();
    let fetch = "data fetch images.toml --from archive.tar.gz --no-verify";
    let said = lab.emberlab(fetch).succeeds();
    assert_eq!(said.stdout, "fetched/cifar-10-batches-bin is there: 300 training and 25 test images\n");
    let said = lab.emberlab(fetch).succeeds();
    assert_eq!(
        said.stdout,
        "fetched/cifar-10-batches-bin is there already: 300 training and 25 test images\n"
    );
    lab.emberlab("train images.toml --dashboard none").succeeds();
}

#[test]
fn an_archive_that_is_not_the_official_one_is_refused_without_a_word_for_it() {
    let lab = lab();
    let size = lab.bytes("archive.tar.gz").len();
    let official = format!(
        "error: `archive.tar.gz` is not the official archive: it has {size} bytes, must have 170052171; for another \
         one give its checksum with `--sha256`, or waive it with `--no-verify`"
    );
    lab.emberlab("data fetch images.toml --from archive.tar.gz").fails(3, &official);
    let wrong = "0".repeat(64);
    let said = lab.emberlab(&format!("data fetch images.toml --from archive.tar.gz --sha256 {wrong}"));
    assert_eq!(said.code, 3);
    assert!(said.stderr.trim_end().ends_with(&format!("must be {wrong}")), "{}", said.stderr);
    assert!(!lab.exists("fetched/cifar-10-batches-bin"));
}

#[test]
fn arguments_that_cannot_work_are_errors() {
    let lab = lab();
    let said = lab.emberlab("data fetch images.toml --from none.tar.gz");
    let wanted = "error: `none.tar.gz` does not exist; a relative path starts from the current folder, `";
    assert!(said.code == 3 && said.stderr.starts_with(wanted), "{}", said.stderr);
    assert_eq!(lab.emberlab("data fetch images.toml --from archive.tar.gz --sha256 12").code, 2);
    assert_eq!(lab.emberlab("data fetch images.toml --from a --url b").code, 2);
    assert_eq!(lab.emberlab("data fetch images.toml --from a --stall 5").code, 2);
    let table = CONFIG.replace("\"cifar10\"\ndirectory = \"fetched\"", "\"synthetic\"");
    lab.write("table.toml", table);
    let wanted = "error: `data.source` is none of \"cifar10\", \"cifar100\", \"mnist\" and \"fashion-mnist\", which are fetched";
    lab.emberlab("data fetch table.toml").fails(2, wanted);
}

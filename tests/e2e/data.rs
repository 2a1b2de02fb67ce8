//! Missing and damaged data, and its export.

use crate::support::Lab;
use emberlab_data::{MakeClassification, RandomState, TestSize, TrainTestSplit};
use std::fs;

const CONFIG: &str = r#"
name = "images"
[data]
source = "cifar10"
train_samples = 30
test_samples = 10
[model]
kind = "linear"
[training]
epochs = 1
[training.optimizer]
learning_rate = 0.1
"#;

const FOLDER: &str = "data/cifar-10-batches-bin";

fn lab() -> Lab {
    let lab = Lab::new();
    lab.write("images.toml", CONFIG).write_pixel_set();
    lab
}

#[track_caller]
fn train_fails(lab: &Lab, code: i32, message: &str) {
    lab.emberlab("train images.toml").fails(code, message);
    assert!(!lab.exists("artifacts"));
}

#[test]
fn a_missing_folder_is_an_error_that_says_how_to_get_the_data() {
    let lab = lab();
    fs::remove_dir_all(lab.path("data")).unwrap();
    let said = lab.emberlab("train images.toml");
    assert_eq!(said.code, 3);
    assert!(said.stderr.starts_with(&format!(
        "error: `{FOLDER}/batches.meta.txt` does not exist; a relative path starts from "
    )));
    assert!(said.stderr.contains("run `emberlab data fetch CONFIG`"));
    assert!(!lab.exists("artifacts"));
}

#[test]
fn a_truncated_file_and_a_label_that_is_none_are_errors_before_training() {
    let lab = lab();
    let name = format!("{FOLDER}/data_batch_1.bin");
    let bytes = lab.bytes(&name);
    lab.write(&name, &bytes[..5000]);
    train_fails(
        &lab,
        3,
        "error: `data/cifar-10-batches-bin/data_batch_1.bin` is truncated: 5000 bytes are 1 records of 3073 bytes and 1927 bytes over; get the file again",
    );
    let mut bad = bytes.clone();
    bad[3073 * 7] = 10;
    lab.write(&name, &bad);
    train_fails(
        &lab,
        3,
        "error: `data/cifar-10-batches-bin/data_batch_1.bin` has label 10 in record 7, must be 0 to 9; get the file again",
    );
}

#[test]
fn more_samples_than_there_are_is_an_error_at_the_line_that_asks() {
    let lab = lab();
    lab.write("images.toml", CONFIG.replace("train_samples = 30", "train_samples = 61"));
    train_fails(
        &lab,
        2,
        "error: images.toml:5:17: `data.train_samples` is 61, must be from 1 to 60, the number of images there are",
    );
}

/// The classes of CIFAR-10.
const CLASSES: [&str; 10] =
    ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

#[test]
fn exported_images_are_their_rows_and_labels_in_drawn_order() {
    let lab = lab();
    let said = lab.emberlab("data export images.toml --out out").succeeds();
    assert_eq!(said.stdout, "out/train.csv: 30 samples\nout/test.csv: 10 samples\n");
    let mut random = RandomState::new(42);
    for (name, file, n, samples) in [("train", "data_batch_1", 60, 30), ("test", "test_batch", 25, 10)] {
        let records = lab.bytes(&format!("{FOLDER}/{file}.bin"));
        let rows = random.choice(n, samples, false).unwrap();
        let lines = rows.iter().map(|row| format!("{row},{}\n", CLASSES[usize::from(records[3073 * row])]));
        assert_eq!(
            lab.read(&format!("out/{name}.csv")),
            format!("index,label\n{}", lines.collect::<String>())
        );
    }
}

#[test]
fn an_export_does_not_write_over_the_table_that_it_reads() {
    let lab = Lab::new();
    let table = "x,label\n1,a\n2,b\n3,a\n4,b\n";
    let config = CONFIG
        .replace("\"cifar10\"", "\"csv\"\nfile = \"set/train.csv\"\ntest_file = \"test.csv\"")
        .replace("train_samples = 30\ntest_samples = 10\n", "");
    lab.write("set/train.csv", table).write("test.csv", table).write("table.toml", config);
    for (out, file) in [("set", "set/train.csv"), (".", "./test.csv")] {
        lab.run(&["data", "export", "table.toml", "--out", out]).fails(
            2,
            &format!(
                "error: `{file}` is the configuration or a file that the samples are read from; choose another `--out`"
            ),
        );
    }
    for out in ["table.toml", "set/train.csv", "./test.csv"] {
        let refused = format!(
            "error: `{out}` is the configuration or a file that the samples are read from; choose another `--out`"
        );
        lab.run(&["data", "preview", "table.toml", "--out", out]).fails(2, &refused);
    }
    assert_eq!((lab.read("set/train.csv"), lab.read("test.csv")), (table.to_owned(), table.to_owned()));
    lab.emberlab("data export table.toml --out out").succeeds();
    lab.emberlab("data preview table.toml --out missing/picture.png")
        .fails(4, "error: cannot write `missing/picture.png`: No such file or directory (os error 2)");
    // A part of an earlier export is not one of this.
    lab.write("out/validation.csv", table);
    let said = lab.emberlab("data export table.toml --out out");
    assert_eq!(said.code, 0, "{}", said.stderr);
    let wanted = "warning: `out/validation.csv` is not of this configuration, which has no validation part";
    assert!(said.stderr.contains(wanted), "{}", said.stderr);
}

#[test]
fn an_exported_table_reads_back_equal() {
    let lab = Lab::new();
    let config = CONFIG
        .replace("\"cifar10\"", "\"synthetic\"\nseed = 3\nn_samples = 50\ntest_size = 0.4")
        .replace("train_samples = 30\ntest_samples = 10\n", "");
    lab.write("table.toml", config);
    lab.emberlab("data export table.toml --out out").succeeds();
    let parameters = MakeClassification { n_samples: 50, ..MakeClassification::default() };
    let data = parameters.generate(&mut RandomState::new(3)).unwrap();
    let split = TrainTestSplit { test_size: TestSize::Share(0.4), stratify: false };
    let (train, test) = split.rows(&data.labels, &mut RandomState::new(42)).unwrap();
    for (name, rows) in [("train", train), ("test", test)] {
        let emberlab_data::Features::Table { values, .. } = data.select(&rows).unwrap().features else {
            panic!("not a table")
        };
        let csv = lab.read(&format!("out/{name}.csv"));
        let mut lines = csv.lines();
        assert!(lines.next().unwrap().starts_with("f0,f1,") && csv.contains("f19,label\n"));
        let read: Vec<f64> = lines
            .flat_map(|line| line.rsplit_once(',').unwrap().0.split(','))
            .map(|field| field.parse().unwrap())
            .collect();
        assert_eq!(read, values);
    }
}

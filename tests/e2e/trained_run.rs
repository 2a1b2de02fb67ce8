//! Commands on a trained run: evaluate, predict, export, start another run from its weights, check its
//! gradients.

use crate::support::{Lab, json};
use safetensors::SafeTensors;
use std::collections::BTreeMap;

const IMAGES: &str = r#"
name = "images"
[data]
source = "cifar10"
train_samples = 40
test_samples = 20
[model]
kind = "cnn"
channels = [4]
hidden = [6]
batch_norm = true
gradient = "manual"
init = { scheme = "kaiming-uniform" }
[training]
epochs = 2
batch_size = 10
[training.optimizer]
kind = "adam"
learning_rate = 0.01
"#;

const TABLE: &str = r#"
name = "table"
[data]
source = "synthetic"
n_samples = 80
n_features = 4
[model]
kind = "linear"
output = "sigmoid"
[training]
epochs = 20
[training.optimizer]
learning_rate = 0.5
"#;

fn images() -> Lab {
    let lab = Lab::new();
    lab.write("images.toml", IMAGES).write_pixel_set();
    lab.emberlab("train images.toml --dashboard none").succeeds();
    lab
}

fn table() -> Lab {
    let lab = Lab::new();
    lab.write("table.toml", TABLE);
    lab.emberlab("train table.toml --dashboard none").succeeds();
    lab
}

#[test]
fn evaluation_finds_the_loss_and_the_accuracy_of_the_end_of_training() {
    for (lab, run) in [(images(), "images"), (table(), "table")] {
        let evaluation = json(&lab.emberlab(&format!("evaluate {run} --json")).succeeds().stdout);
        let record = json(&lab.read(&format!("artifacts/{run}/run.json")));
        assert_eq!(evaluation["loss"], record["metrics"]["test"]["loss"]);
        assert_eq!(evaluation["accuracy"], record["metrics"]["test"]["accuracy"]);
        assert_eq!(evaluation["samples"], record["data"]["n_test"]);
        let by_path = lab.emberlab(&format!("evaluate artifacts/{run} --split train")).succeeds();
        assert!(by_path.stdout.contains("class (row) by prediction (column)"), "{}", by_path.stdout);
    }
}

#[test]
fn every_score_and_prediction_is_averaged_over_the_views_of_the_run() {
    let lab = Lab::new();
    let config = IMAGES.replace("[model]", "validation_fraction = 0.25\n[model]");
    lab.write("plain.toml", &config).write_pixel_set();
    lab.write("images.toml", config + "[evaluation]\nviews = \"mirror+translate\"\n");
    lab.emberlab("train plain.toml --dashboard none --name plain").succeeds();
    lab.emberlab("train images.toml --dashboard none").succeeds();
    // Training is the same, and each score on other samples is another one.
    assert_eq!(lab.metric("plain", "train", "loss"), lab.metric("images", "train", "loss"));
    for (part, split) in [("validation", "valid"), ("test", "test")] {
        assert!(lab.metric("plain", split, "loss") != lab.metric("images", split, "loss"));
        let evaluation =
            json(&lab.emberlab(&format!("evaluate images --split {part} --json")).succeeds().stdout);
        let record = json(&lab.read("artifacts/images/run.json"));
        assert_eq!(evaluation["loss"], record["metrics"][part]["loss"]);
        assert_eq!(evaluation["accuracy"], record["metrics"][part]["accuracy"]);
    }
    for line in lab.read("artifacts/images/predictions.csv").lines().skip(1).take(3) {
        let row: Vec<&str> = line.split(',').collect();
        let input = format!("data/cifar-10-batches-bin/test_batch.bin:{}", row[0]);
        let predictions = json(&lab.emberlab(&format!("predict images {input} --json")).succeeds().stdout);
        let largest = row[3..].iter().map(|share| share.parse::<f64>().unwrap()).fold(0.0, f64::max);
        assert!((largest - predictions[0]["probability"].as_f64().unwrap()).abs() < 1e-6);
    }
}

#[test]
fn predictions_of_the_test_rows_are_as_right_as_the_evaluation_says() {
    let lab = table();
    lab.emberlab("data export table.toml --out out").succeeds();
    let said = lab.emberlab("predict table out/test.csv --csv").succeeds();
    let predicted = said.stdout.lines().skip(1).map(|line| line.split(',').nth(1).unwrap().to_owned());
    let csv = lab.read("out/test.csv");
    let labels = csv.lines().skip(1).map(|line| line.rsplit_once(',').unwrap().1.to_owned());
    let right = predicted.zip(labels).filter(|(prediction, label)| prediction == label).count();
    let evaluation = json(&lab.emberlab("evaluate table --json").succeeds().stdout);
    assert_eq!(right as f64 / 20.0, evaluation["accuracy"].as_f64().unwrap());
}

#[test]
fn a_record_and_the_same_image_in_a_lossless_format_get_the_same_prediction() {
    let lab = images();
    let records = lab.bytes("data/cifar-10-batches-bin/test_batch.bin");
    let pixels = &records[3 * 3073 + 1..4 * 3073];
    let mut ppm = b"P6\n32 32\n255\n".to_vec();
    ppm.extend((0..1024).flat_map(|pixel| [0, 1, 2].map(|channel| pixels[channel * 1024 + pixel])));
    lab.write("image.ppm", ppm);
    let said =
        lab.emberlab("predict images data/cifar-10-batches-bin/test_batch.bin:3 image.ppm --json").succeeds();
    let predictions = json(&said.stdout);
    assert_eq!(predictions[0]["most_probable"], predictions[1]["most_probable"]);
    let probable = predictions[0]["most_probable"].as_array().unwrap();
    assert_eq!(probable.len(), 5);
    assert_eq!(probable[0]["class"], predictions[0]["class"]);
}

#[test]
fn the_images_of_a_folder_are_predicted_one_by_one() {
    let lab = images();
    let ppm = |grey: u8| [b"P6\n32 32\n255\n".as_slice(), &[grey; 3072]].concat();
    lab.write("pictures/b.ppm", ppm(10))
        .write("pictures/deep/a.ppm", ppm(200))
        .write("pictures/notes.txt", "none");
    lab.write("pictures/cut.png", b"\x89PNG\r\n\x1a\n").write("empty/notes.txt", "none");
    let said = lab.emberlab("predict images pictures --json");
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(
        said.stderr.starts_with("warning: `pictures/cut.png` ") && said.stderr.lines().count() == 1,
        "{}",
        said.stderr
    );
    let predictions = json(&said.stdout);
    let inputs: Vec<&str> = predictions
        .as_array()
        .unwrap()
        .iter()
        .map(|prediction| prediction["input"].as_str().unwrap())
        .collect();
    assert_eq!(inputs, ["pictures/b.ppm", "pictures/deep/a.ppm"]);
    let alone = json(&lab.emberlab("predict images pictures/deep/a.ppm --json").succeeds().stdout);
    assert_eq!(predictions[1]["class"], alone[0]["class"]);
    lab.emberlab("predict images empty").fails(3, "error: `empty` holds no images");
    lab.write("damaged/cut.png", b"\x89PNG\r\n\x1a\n");
    let said = lab.emberlab("predict images damaged --json");
    assert_eq!((said.code, said.stdout.as_str()), (3, ""), "{}", said.stderr);
    assert!(said.stderr.ends_with("error: `damaged` holds no image that can be read\n"), "{}", said.stderr);
}

#[cfg(target_os = "linux")]
#[test]
fn an_input_whose_name_is_not_utf_8_is_predicted() {
    use crate::process::Process;
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let lab = table();
    let name = OsStr::from_bytes(b"caf\xe9.csv");
    std::fs::write(lab.path("").join(name), "f0,f1,f2,f3\n1,2,3,4\n").unwrap();
    let said = Process::start(lab.command(&["predict", "table"]).arg(name)).ends().succeeds();
    assert!(said.stdout.starts_with("caf\u{fffd}.csv:2  "), "{}", said.stdout);
}

#[test]
fn inputs_that_cannot_be_predicted_are_errors_that_say_why() {
    let lab = images();
    lab.write("text.png", "no image");
    for (input, reason) in [
        ("none.png", "`none.png` does not exist"),
        ("text.png", "`text.png` is no image: "),
        (
            "data/cifar-10-batches-bin/test_batch.bin:25",
            "`data/cifar-10-batches-bin/test_batch.bin:25` has no record 25, its last is 24",
        ),
        ("-", "`standard input` is read as a table, but the run classifies images; give an image's path"),
        ("a.bin:x", "`a.bin:x` must end in a record's index, a whole number from 0"),
    ] {
        let said = lab.emberlab(&format!("predict images {input}"));
        assert_eq!(said.code, 3);
        assert!(said.stderr.starts_with(&format!("error: {reason}")), "{}", said.stderr);
    }
    let lab = table();
    lab.write("short.csv", "1,2,3\n").write("word.csv", "f0,f1,f2,f3\n1,2,3,four\n");
    for (input, reason) in [
        ("short.csv", "`short.csv` has 3 columns, must have 4 or 5, as the run's data"),
        ("word.csv", "`word.csv` has \"four\" in line 2, column `f3`, must be a finite number"),
    ] {
        lab.emberlab(&format!("predict table {input}")).fails(3, &format!("error: {reason}"));
    }
    lab.emberlab("evaluate nothing")
        .fails(2, "error: `nothing` is no run: neither it nor `artifacts/nothing` has a `run.json`");
}

/// The tensors of a safetensors file, without running means and variances.
fn parameters(bytes: &[u8]) -> BTreeMap<String, Vec<f32>> {
    let file = SafeTensors::deserialize(bytes).unwrap();
    let values = |bytes: &[u8]| -> Vec<f32> {
        bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
    };
    let parameters = file.iter().filter(|(name, _)| !name.contains("running_"));
    parameters.map(|(name, tensor)| (name.to_owned(), values(tensor.data()))).collect()
}

#[test]
fn exported_weights_are_those_of_the_run_and_start_another() {
    let lab = images();
    lab.emberlab("export images --format safetensors --out weights.safetensors").succeeds();
    lab.emberlab("export images --format mpk").succeeds();
    assert!(lab.bytes("weights.safetensors") == lab.bytes("artifacts/images/model.safetensors"));
    assert!(!lab.bytes("images.mpk").is_empty());

    let from_weights = IMAGES
        .replace("init = { scheme = \"kaiming-uniform\" }", "init = { from = \"weights.safetensors\" }")
        .replace("\"images\"", "\"second\"")
        .replace("learning_rate = 0.01", "learning_rate = 1e-12");
    lab.write("second.toml", from_weights);
    lab.emberlab("train second.toml --dashboard none").succeeds();
    // Training moves the running means, and hardly anything else.
    let [first, second] = ["weights.safetensors", "artifacts/second/model.safetensors"]
        .map(|file| parameters(&lab.bytes(file)));
    assert_eq!(first.keys().collect::<Vec<_>>(), second.keys().collect::<Vec<_>>());
    for (name, values) in first {
        let difference = values.iter().zip(&second[&name]).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(difference < 1e-9 && values.len() == second[&name].len(), "{name}: {difference}");
    }
}

#[test]
fn weights_that_do_not_fit_are_errors_before_training() {
    let lab = images();
    for (from, to, reason) in [
        (
            "channels = [4]",
            "channels = [5]",
            "does not fit the model: `convolutions.0.weight` has shape [4, 3, 3, 3], must have [5, 3, 3, 3]",
        ),
        (
            "hidden = [6]",
            "hidden = [6, 7]",
            "does not fit the model: `layers.1.weight` has shape [10, 6], must have [7, 6]",
        ),
        (
            "batch_norm = true",
            "batch_norm = false",
            "does not fit the model: no layer takes `norms.0.bias`, `norms.0.running_mean`, `norms.0.running_var`, `norms.0.weight`, `norms.1.bias`, `norms.1.running_mean`, `norms.1.running_var`, `norms.1.weight`",
        ),
    ] {
        let config = IMAGES
            .replace(
                "init = { scheme = \"kaiming-uniform\" }",
                "init = { from = \"artifacts/images/model.safetensors\" }",
            )
            .replace("\"images\"", "\"other\"")
            .replace(from, to);
        lab.write("other.toml", config);
        let said = lab.emberlab("train other.toml");
        assert_eq!(said.code, 3);
        let wanted = format!("error: `artifacts/images/model.safetensors` {reason}");
        assert!(said.stderr.starts_with(&wanted), "{}", said.stderr);
        // Where names are missing or too many, both sides are listed.
        let names = said.stderr.contains(
            "; the file has `convolutions.0.bias`, `convolutions.0.weight`, `layers.0.bias`, `layers.0.weight`, \
             `layers.1.bias`, `layers.1.weight`, `norms.0.bias`, `norms.0.running_mean`, `norms.0.running_var`, \
             `norms.0.weight` and 4 more; the model takes `convolutions.0.bias`, ",
        );
        assert_eq!(names, !from.starts_with("channels"), "{}", said.stderr);
    }
    let config = IMAGES.replace("init = { scheme = \"kaiming-uniform\" }", "init = { from = \"bad\" }");
    lab.write("other.toml", config).write("bad", "not weights");
    let said = lab.emberlab("train other.toml --name other");
    assert_eq!(said.code, 3);
    assert!(said.stderr.starts_with("error: `bad` is no safetensors file: "), "{}", said.stderr);
    assert!(!lab.exists("artifacts/other"));
}

#[test]
fn gradients_of_a_configuration_are_checked() {
    let lab = Lab::new();
    lab.write("images.toml", IMAGES).write("table.toml", TABLE).write_pixel_set();
    let said = lab.emberlab("gradcheck images.toml --samples 4 --entries 3").succeeds();
    assert!(said.stdout.ends_with("passed\n"), "{}", said.stdout);
    let report = json(&lab.emberlab("gradcheck table.toml --json").succeeds().stdout);
    assert_eq!(report["passed"], true);
    assert_eq!(report["parameters"][0]["name"], "layers.0.weight");
    assert_eq!(report["parameters"][0]["difference"]["entries"], 4);
}

#[test]
fn a_cnn_learns_the_same_by_hand_and_by_autodiff() {
    let lab = images();
    lab.emberlab("train images.toml --name autodiff --set model.gradient=autodiff").succeeds();
    let losses = |run: &str| lab.metric(run, "train", "loss");
    assert_eq!(losses("images").len(), 8);
    for (manual, autodiff) in losses("images").iter().zip(losses("autodiff")) {
        assert!((manual - autodiff).abs() < 1e-3, "{manual} for {autodiff}");
    }
}

/// Sums over images are added in the same order whatever the threads.
#[test]
fn a_cnn_gives_the_same_bytes_with_any_number_of_threads_and_the_losses_of_autodiff() {
    let lab = images();
    let train = |run: &str, more: &str| {
        lab.emberlab(&format!(
            "train images.toml --dashboard none --name {run} --set training.batch_size=40 {more}"
        ))
        .succeeds();
    };
    train("autodiff", "--set training.epochs=8 --set model.gradient=autodiff");
    train("first", "--set training.epochs=8");
    for threads in [1, 2, 3] {
        train("again", &format!("--overwrite --set training.epochs=8 --set device.threads={threads}"));
        for file in ["metrics.csv", "model.safetensors"] {
            let [first, again] = ["first", "again"].map(|run| lab.bytes(&format!("artifacts/{run}/{file}")));
            assert!(first == again, "{threads} threads, {file}");
        }
    }
    let [by_hand, autodiff] = ["first", "autodiff"].map(|run| lab.metric(run, "train", "loss"));
    assert_eq!(by_hand.len(), 8);
    for (by_hand, autodiff) in by_hand.iter().zip(&autodiff) {
        assert!((by_hand - autodiff).abs() < 1e-3, "{by_hand} for {autodiff}");
    }
}

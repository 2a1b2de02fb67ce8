//! MNIST and CIFAR-100, from `data fetch` to `predict`, with small sets in their layouts.

use crate::support::{Lab, json, root};
use std::fs;

const MNIST: &str = r#"
name = "digits"
[data]
source = "mnist"
normalize = "standard"
augment = { translate = 2 }
[model]
kind = "cnn"
channels = [4]
gradient = "manual"
init = { scheme = "kaiming-uniform" }
[training]
epochs = 2
batch_size = 4
[training.optimizer]
kind = "adam"
learning_rate = 0.01
"#;

/// A lab with the files that `tests/golden/image_sets.py` wrote in `published/`.
fn lab() -> Lab {
    let lab = Lab::new();
    for folder in ["mnist", "cifar-100-binary"] {
        for entry in fs::read_dir(root().join("tests/golden/image_sets").join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            lab.write(&format!("published/{folder}/{name}"), fs::read(&path).unwrap());
        }
    }
    lab
}

#[test]
fn digits_are_fetched_trained_on_reported_and_predicted() {
    let lab = lab();
    lab.write("digits.toml", MNIST);
    let fetch = "data fetch digits.toml --from published/mnist";
    lab.emberlab(&format!("{fetch} --sha256 {}", "0".repeat(64))).fails(
        2,
        "error: `--sha256` is the checksum of one archive; MNIST has 4 files, whose checksums `--no-verify` waives",
    );
    let said = lab.emberlab(fetch);
    let size = lab.bytes("published/mnist/train-images-idx3-ubyte.gz").len();
    said.fails(
        3,
        &format!(
            "error: `published/mnist/train-images-idx3-ubyte.gz` is not the official file: it has {size} bytes, must have \
             9912422; for another one waive its checksum with `--no-verify`"
        ),
    );
    let said = lab.emberlab(&format!("{fetch} --no-verify")).succeeds();
    assert_eq!(said.stdout, "data/mnist is there: 12 training and 5 test images\n");
    let info = json(&lab.emberlab("data info digits.toml --json").succeeds().stdout);
    assert_eq!(info["shape"], serde_json::json!([28, 28, 1]));
    lab.emberlab("data preview digits.toml").succeeds();
    lab.emberlab("train digits.toml --dashboard none").succeeds();
    lab.emberlab("evaluate digits").succeeds();
    lab.emberlab("report digits").succeeds();
    lab.emberlab("gradcheck digits.toml --samples 4").succeeds();
    lab.emberlab("export digits --format onnx").succeeds();
    // An image of a file, and the same image as a PNG in colour.
    let packed = fs::File::open(lab.path("data/mnist/t10k-images-idx3-ubyte.gz")).unwrap();
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(packed), &mut bytes).unwrap();
    let pixels = bytes[16 + 784 * 3..16 + 784 * 4].iter().flat_map(|&pixel| [pixel; 3]).collect();
    image::RgbImage::from_raw(28, 28, pixels).unwrap().save(lab.path("three.png")).unwrap();
    let said =
        lab.emberlab("predict digits data/mnist/t10k-images-idx3-ubyte.gz:3 three.png --json").succeeds();
    let predictions = json(&said.stdout);
    assert_eq!(predictions[0]["logits"], predictions[1]["logits"]);
    let said = lab.emberlab("predict digits data/mnist/t10k-images-idx3-ubyte.gz:5");
    assert!(said.code == 3 && said.stderr.contains("has no image 5, its last is 4"), "{}", said.stderr);
}

#[test]
fn networks_of_linear_layers_take_digits_too() {
    let lab = lab();
    let linear = MNIST
        .replace("kind = \"cnn\"\nchannels = [4]", "kind = \"mlp\"\nhidden = [8]")
        .replace("source = \"mnist\"", "source = \"fashion-mnist\"\ndirectory = \"clothes\"");
    lab.write("clothes.toml", linear);
    let said = lab.emberlab("train clothes.toml");
    let wanted = "error: `clothes/fashion-mnist/train-images-idx3-ubyte.gz` does not exist";
    assert!(said.code == 3 && said.stderr.starts_with(wanted), "{}", said.stderr);
    assert!(
        said.stderr.contains("to get Fashion-MNIST, run `emberlab data fetch CONFIG`"),
        "{}",
        said.stderr
    );
    lab.emberlab("data fetch clothes.toml --from published/mnist --no-verify").succeeds();
    lab.emberlab("train clothes.toml --dashboard none").succeeds();
    lab.emberlab("report digits").succeeds();
}

#[test]
fn both_kinds_of_classes_of_cifar100_are_trained_on() {
    let lab = lab();
    let source = "source = \"cifar100\"\ndirectory = \"published\"";
    lab.write("photographs.toml", MNIST.replace("source = \"mnist\"", source));
    for (labels, n_classes) in [("fine", 100), ("coarse", 20)] {
        let set = format!("data.labels={labels}");
        let said = lab.run(&["data", "info", "photographs.toml", "--json", "--set", &set]).succeeds();
        let classes = json(&said.stdout)["classes"].as_array().unwrap().clone();
        assert_eq!(classes.len(), n_classes);
        assert_eq!(classes[1]["name"], format!("{labels}_1"));
        let train = ["train", "photographs.toml", "--dashboard", "none", "--name", labels, "--set", &set];
        lab.run(&train).succeeds();
        lab.run(&["predict", labels, "published/cifar-100-binary/test.bin:2"]).succeeds();
    }
}

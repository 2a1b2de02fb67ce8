//! Image folders and tables, from `data preview` to `predict`.

use crate::support::{Lab, json, root};
use image::{Rgb, RgbImage};
use std::fs;

/// Red and blue squares in folders, each slightly different, in two sizes and formats.
fn squares(config: &str) -> Lab {
    let lab = Lab::new();
    for (part, n) in [("train", 12), ("test", 4)] {
        for (class, channel) in [("red", 0), ("blue", 2)] {
            let folder = lab.path(&format!("squares/{part}/{class}"));
            fs::create_dir_all(&folder).unwrap();
            for number in 0..n {
                let mut colour = [30 + number, 40, 30];
                colour[channel] = 200 + number;
                let (side, format) = if number % 2 == 0 { (8, "png") } else { (11, "bmp") };
                let square = RgbImage::from_pixel(side, side, Rgb(colour));
                square.save(folder.join(format!("{number:02}.{format}"))).unwrap();
            }
        }
    }
    lab.write("squares.toml", config);
    lab
}

const SQUARES: &str = r#"
name = "squares"
[data]
source = "image-folder"
directory = "squares"
image_size = [8, 8]
normalize = "standard"
augment = { mirror = "random", translate = 1 }
"#;

/// A classifier of small images, after either table of `[data]`.
const SMALL_CNN: &str = r#"[model]
kind = "cnn"
channels = [4]
gradient = "manual"
init = { scheme = "kaiming-uniform" }
[training]
epochs = 6
batch_size = 6
shuffle = true
[training.optimizer]
kind = "adam"
learning_rate = 0.01
"#;

fn squares_config() -> String {
    format!("{SQUARES}{SMALL_CNN}")
}

#[test]
fn an_image_folder_is_looked_at_trained_on_and_predicted() {
    let lab = squares(&squares_config());
    let info = json(&lab.emberlab("data info squares.toml --json").succeeds().stdout);
    assert_eq!(info["shape"], serde_json::json!([8, 8, 3]));
    assert_eq!(info["classes"][0], serde_json::json!({ "name": "blue", "samples": [12, 4] }));
    lab.emberlab("train squares.toml --dashboard none").succeeds();
    let evaluation = json(&lab.emberlab("evaluate squares --json").succeeds().stdout);
    assert_eq!(evaluation["accuracy"], 1.0);
    RgbImage::from_pixel(50, 20, Rgb([210, 40, 35])).save(lab.path("red.webp")).unwrap();
    let predictions = json(&lab.emberlab("predict squares red.webp --json").succeeds().stdout);
    assert_eq!(predictions[0]["class"], "red");
    let said = lab.emberlab("data preview squares.toml --columns a b");
    said.fails(2, "error: images have no columns; leave `--columns` out");
    let said = lab.emberlab("data preview squares.toml").succeeds();
    assert_eq!(said.stdout, "squares-preview.png\n");
    let picture = image::open(lab.path("squares-preview.png")).unwrap().into_rgb8();
    let has = |wanted: [u8; 3]| picture.pixels().any(|pixel| pixel.0 == wanted);
    assert!(has([200, 40, 30]) && has([30, 40, 200]) && has([255, 255, 255]));
}

#[test]
fn an_augmented_run_repeats_itself_and_another_seed_does_not() {
    let lab = squares(&squares_config());
    let losses = |name: &str, seed: &str| {
        let set = format!("data.augment.seed={seed}");
        lab.run(&["train", "squares.toml", "--dashboard", "none", "--name", name, "--set", &set]).succeeds();
        (lab.metric(name, "train", "loss"), lab.bytes(&format!("artifacts/{name}/model.safetensors")))
    };
    let first = losses("first", "1");
    assert!(first == losses("again", "1"));
    for (number, (first, other)) in first.0.iter().zip(losses("other", "2").0).enumerate() {
        assert!((first - other).abs() > 1e-6, "loss {number}: {first} and {other}");
    }
}

#[test]
fn a_model_that_does_not_fit_the_classes_is_an_error_at_its_line() {
    let lab = squares(&squares_config().replace("epochs = 6", "epochs = 6\nclass_weights = [1, 2, 3]"));
    let wanted =
        "error: squares.toml:16:17: `training.class_weights` has 3 weights, must have 2, one for each class";
    lab.emberlab("train squares.toml").fails(2, wanted);
    let lab = squares(&squares_config().replace("channels = [4]", "channels = [4, 4, 4, 4]"));
    let wanted = "error: squares.toml:11:12: `model.channels` has 4 blocks, must have at most 3: each halves the images, \
                  of 8 × 8 pixels";
    lab.emberlab("gradcheck squares.toml").fails(2, wanted);
    assert!(!lab.exists("artifacts"));
}

#[test]
fn a_broken_image_is_named_before_training() {
    let lab = squares(&squares_config());
    lab.write("squares/train/red/zz.png", "no image");
    let said = lab.emberlab("train squares.toml");
    assert_eq!(said.code, 3);
    assert!(said.stderr.starts_with("error: `squares/train/red/zz.png` is no image: "), "{}", said.stderr);
    assert!(!lab.exists("artifacts"));
}

/// The irises that ship with the configurations.
fn irises() -> Lab {
    let lab = Lab::new();
    for name in ["configs/iris.toml", "configs/iris.csv"] {
        lab.write(name, fs::read(root().join(name)).unwrap());
    }
    lab
}

#[test]
fn the_irises_are_learnt() {
    let lab = irises();
    lab.emberlab("train configs/iris.toml --dashboard none").succeeds();
    let evaluation = json(&lab.emberlab("evaluate iris --json").succeeds().stdout);
    assert!(evaluation["accuracy"].as_f64().unwrap() > 0.9, "{evaluation}");
    assert_eq!(evaluation["classes"][2]["name"], "virginica");
    assert_eq!(evaluation["samples"], 30);
    // Columns are found by their names, in any order.
    lab.write("new.csv", "petal_width,species,sepal_length,sepal_width,petal_length\n0.2,?,5.1,3.5,1.4\n");
    let predictions = json(&lab.emberlab("predict iris new.csv --json").succeeds().stdout);
    assert_eq!(predictions[0]["class"], "setosa");
    lab.emberlab("data preview configs/iris.toml --columns petal_length petal_width --out iris.png")
        .succeeds();
    let picture = image::open(lab.path("iris.png")).unwrap().into_rgb8();
    // The points let the white behind them through.
    for colour in [[0u8, 114, 178], [213, 94, 0], [0, 158, 115]] {
        let is_near = |pixel: &Rgb<u8>| (0..3).all(|channel| pixel.0[channel].abs_diff(colour[channel]) < 45);
        assert!(picture.pixels().any(is_near), "the samples of a class are not there");
    }
    let wanted = "error: `petal` is not a column, must be one of `sepal_length`, `sepal_width`, `petal_length`, `petal_width`";
    lab.emberlab("data preview configs/iris.toml --columns petal petal_width").fails(2, wanted);
}

#[test]
fn a_table_with_a_test_file_is_exported_as_it_is() {
    let lab = Lab::new();
    let config = squares_config()
        .split_once("[data]")
        .map(|(head, _)| {
            format!("{head}[data]\nsource = \"csv\"\nfile = \"train.csv\"\ntest_file = \"test.csv\"\n")
        })
        .unwrap();
    let rest =
        "[model]\nkind = \"linear\"\n[training]\nepochs = 1\n[training.optimizer]\nlearning_rate = 0.1\n";
    lab.write("table.toml", config + rest);
    lab.write("train.csv", "x,label\n1,b\n2,a\n").write("test.csv", "label,x\na,0.5\n");
    lab.emberlab("data export table.toml --out out").succeeds();
    assert_eq!(lab.read("out/train.csv"), "x,label\n1,b\n2,a\n");
    assert_eq!(lab.read("out/test.csv"), "x,label\n0.5,a\n");
    lab.write("test.csv", "label,x\na,0.5\na,\n");
    let wanted = "error: `test.csv` has no value in line 3, column `x`; set `missing` to \"drop\", \"mean\" or \"median\" \
                  (missing values: 1 in column `x`)";
    lab.emberlab("train table.toml").fails(3, wanted);
}

const ARRAYS: &str = r#"
name = "arrays"
[data]
source = "numpy"
file = "squares.npz"
image_shape = [8, 8, 3]
validation_fraction = 0.25
stratify = true
augment = { mirror = "random", translate = 1 }
"#;

#[test]
fn arrays_are_trained_on_resumed_evaluated_and_predicted() {
    let lab = Lab::new();
    for name in ["squares.npz", "new-squares.npy", "new-squares.npz"] {
        lab.write(name, fs::read(root().join("tests/golden/numpy_arrays").join(name)).unwrap());
    }
    lab.write("arrays.toml", format!("{ARRAYS}{SMALL_CNN}"));
    lab.emberlab("config check arrays.toml").succeeds();
    let info = json(&lab.emberlab("data info arrays.toml --json").succeeds().stdout);
    assert_eq!(info["shape"], serde_json::json!([8, 8, 3]));
    assert_eq!(info["classes"][0], serde_json::json!({ "name": "blue", "samples": [9, 3, 4] }));
    lab.emberlab("data preview arrays.toml").succeeds();
    lab.emberlab("train arrays.toml --dashboard none --name whole").succeeds();
    lab.emberlab("train arrays.toml --dashboard none --set training.epochs=3").succeeds();
    lab.emberlab("train arrays.toml --dashboard none --resume").succeeds();
    let weights = |run: &str| lab.bytes(&format!("artifacts/{run}/model.safetensors"));
    assert!(weights("arrays") == weights("whole"));
    let evaluation = json(&lab.emberlab("evaluate arrays --json").succeeds().stdout);
    assert_eq!((&evaluation["accuracy"], &evaluation["samples"]), (&1.0.into(), &8.into()));
    let predictions =
        |input: &str| json(&lab.emberlab(&format!("predict arrays {input} --json")).succeeds().stdout);
    let divided = predictions("new-squares.npy");
    assert_eq!((&divided[0]["class"], &divided[1]["class"]), (&"red".into(), &"blue".into()));
    assert_eq!(divided[1]["input"], "new-squares.npy:1");
    assert_eq!(divided[1]["logits"], predictions("new-squares.npz:both")[1]["logits"]);
    let wanted = "error: `new-squares.npz` has `both`, `first`; name one, as `FILE.npz:NAME`";
    lab.emberlab("predict arrays new-squares.npz").fails(3, wanted);
    let said = lab.emberlab("data info arrays.toml --set data.image_shape=[4,4,3]");
    let wanted = "error: `squares.npz` has the array `x_train`, which has the shape (24, 8, 8, 3), must be (n, 4, 4, 3)";
    said.fails(3, wanted);
    lab.write("train.csv", lab.bytes("squares.npz"));
    let said = lab.emberlab("data export arrays.toml --out . --set data.file=train.csv");
    assert_ne!(said.code, 0);
    assert!(lab.bytes("train.csv") == lab.bytes("squares.npz"));
}

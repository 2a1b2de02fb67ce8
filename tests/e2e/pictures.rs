//! Image folders with the irregularities of real data.

use crate::support::{Lab, json};
use image::{ImageFormat, Rgb, RgbImage};
use std::fs;

const CONFIG: &str = r#"
name = "pictures"
[data]
source = "image-folder"
directory = "set"
image_size = 4
[model]
kind = "linear"
[training]
epochs = 2
[training.optimizer]
learning_rate = 0.01
"#;

/// A lab with `n` images of each of two classes in each of these folders of `set`.
fn lab(folders: &[&str], n: u8) -> Lab {
    let lab = Lab::new();
    lab.write("pictures.toml", CONFIG);
    for folder in folders {
        for (class, colour) in [("red", [200, 20, 30]), ("blue", [30, 20, 200])] {
            for number in 0..n {
                let path = lab.path(&format!("set/{folder}/{class}/{number}.png"));
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                RgbImage::from_pixel(6, 5, Rgb(colour.map(|value| value + number))).save(path).unwrap();
            }
        }
    }
    lab
}

/// The samples of each part, and the printed notes.
#[track_caller]
fn info(lab: &Lab, set: &str) -> (Vec<(String, u64)>, Vec<String>) {
    let arguments = ["data", "info", "pictures.toml", "--json", "--set", set];
    let said = lab.run(&arguments);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let report = json(&said.stdout);
    let parts = report["parts"].as_array().unwrap().iter();
    let parts =
        parts.map(|part| (part["name"].as_str().unwrap().to_owned(), part["samples"].as_u64().unwrap()));
    let trained = lab.run(&["train", "pictures.toml", "--dashboard", "none", "--overwrite", "--set", set]);
    assert_eq!((trained.code, &trained.stderr), (0, &said.stderr), "train and data info tell the same");
    (parts.collect(), said.stderr.lines().map(str::to_owned).collect())
}

fn parts(counts: &[(&str, u64)]) -> Vec<(String, u64)> {
    counts.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect()
}

#[test]
fn a_folder_of_classes_alone_is_divided() {
    let lab = lab(&["."], 6);
    let (found, told) = info(&lab, "data.test_size=0.25");
    assert_eq!((found, told), (parts(&[("train", 9), ("test", 3)]), vec![]));
    let (found, told) = info(&lab, "data.seed=1");
    assert_eq!(found, parts(&[("train", 9), ("test", 3)]));
    assert_eq!(
        told,
        [
            "warning: `set` has no folder `train`: its folders are the classes, and 25 % of the images of `set` are the test \
          part; choose with `data.test_size`"
        ]
    );
    // Rows are those of all images, and none is in both parts.
    let some = ["--set", "data.test_size=3", "--set", "data.train_samples=4"];
    lab.run(&[&["data", "export", "pictures.toml", "--out", "out"][..], &some].concat()).succeeds();
    let rows = |name: &str| {
        let csv = lab.read(&format!("out/{name}.csv"));
        csv.lines().skip(1).map(|line| line.split(',').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let all: std::collections::BTreeSet<String> = rows("train").into_iter().chain(rows("test")).collect();
    assert_eq!((rows("train").len(), rows("test").len(), all.len()), (4, 3, 7));
    let stratified = "[data]\nstratify = true\ntest_size = 4\nvalidation_fraction = 0.25\n";
    lab.write("pictures.toml", CONFIG.replace("[data]\n", stratified));
    let info = json(&lab.emberlab("data info pictures.toml --json").succeeds().stdout);
    assert_eq!(info["classes"][0]["samples"], serde_json::json!([3, 1, 2]));
    // The run's own configuration gives the same run.
    lab.emberlab("train pictures.toml --dashboard none --overwrite").succeeds();
    let weights = lab.bytes("artifacts/pictures/model.safetensors");
    lab.emberlab("train artifacts/pictures/config.toml --name again --dashboard none").succeeds();
    assert!(weights == lab.bytes("artifacts/again/model.safetensors"));
}

#[test]
fn a_class_whose_images_are_all_drawn_for_the_test_part_is_an_error() {
    let lab = lab(&["."], 6);
    for number in 1..6 {
        fs::remove_file(lab.path(&format!("set/red/{number}.png"))).unwrap();
    }
    // The one image that is left is in either part.
    let codes = [0, 1, 2, 3].map(|seed| {
        let said = lab.emberlab(&format!("data info pictures.toml --set data.test_size=3 --set seed={seed}"));
        if said.code != 0 {
            let wanted =
                "error: `set/red` has no image in the training part: all of its images are drawn for ";
            assert!(said.stderr.starts_with(wanted), "{}", said.stderr);
        }
        said.code
    });
    assert!(codes.contains(&0) && codes.contains(&3), "{codes:?}");
}

#[test]
fn a_validation_folder_is_the_validation_part() {
    let lab = lab(&["train", "val"], 4);
    let (found, told) = info(&lab, "data.test_size=2");
    assert_eq!(found, parts(&[("train", 6), ("validation", 8), ("test", 2)]));
    assert_eq!(told, ["warning: `set/val` is the validation part"]);
    let (found, told) = info(&lab, "data.seed=1");
    assert_eq!(found, parts(&[("train", 6), ("validation", 8), ("test", 2)]));
    assert_eq!(
        told[1],
        "warning: `set` has no folder of the test part, and 25 % of the images of `set/train` are the test part; choose \
         with `data.test_size`"
    );
    // What needs a validation part has one, and the run's own configuration says so again.
    let early =
        CONFIG.replace("epochs = 2", "epochs = 2\nselect = \"accuracy\"\nearly_stopping = { patience = 1 }");
    lab.write("pictures.toml", early.replace("image_size", "test_size = 2\nimage_size"));
    let train = |config: &str, name: &str| {
        let said = lab.run(&["train", config, "--dashboard", "none", "--name", name]);
        assert_eq!((said.code, said.stderr.as_str()), (0, "warning: `set/val` is the validation part\n"));
        lab.bytes(&format!("artifacts/{name}/model.safetensors"))
    };
    assert!(train("pictures.toml", "one") == train("artifacts/one/config.toml", "two"));
    fs::remove_dir_all(lab.path("set/val")).unwrap();
    let said = lab.emberlab("train pictures.toml --name other");
    assert_eq!(said.code, 2);
    assert!(
        said.stderr.contains("`training.select` has no meaning without a validation part"),
        "{}",
        said.stderr
    );
}

#[test]
fn folders_and_keys_that_contradict_each_other_are_errors() {
    let lab = lab(&["train", "val", "test"], 2);
    for (set, wanted) in [
        (
            "data.validation_fraction=0.5",
            "`data.validation_fraction` is 0.5, must be left out, because `set/val` is the validation part",
        ),
        ("data.test_size=3", "`data.test_size` is 3, must be left out, because `set/test` is the test part"),
        (
            "data.stratify=true",
            "`data.stratify` is true, must be false or left out, because no part is divided",
        ),
    ] {
        let said = lab.run(&["train", "pictures.toml", "--set", set]);
        assert_eq!(said.code, 2);
        assert!(said.stderr.contains(wanted), "{}", said.stderr);
    }
    // A folder that is named is not the validation part as well.
    let (found, told) = info(&lab, "data.test_folder='val'");
    assert_eq!(found, parts(&[("train", 4), ("test", 4)]));
    assert_eq!(
        told,
        [
            "warning: 1 folder beside those of the parts is left out: `set/test`; name a part with `train_folder`, \
          `validation_folder` or `test_folder`"
        ]
    );
    let same = [
        "train",
        "pictures.toml",
        "--set",
        "data.test_folder='val'",
        "--set",
        "data.validation_folder='val'",
    ];
    let said = lab.run(&same);
    assert_eq!(said.code, 2);
    assert!(
        said.stderr
            .contains("`data.test_folder` is the same folder as `validation_folder`, must be another one")
    );
}

#[test]
fn a_class_without_images_is_an_error_and_other_endings_are_read() {
    let lab = lab(&["train", "test"], 3);
    let red = lab.path("set/train/red");
    for number in 0..3 {
        let old = red.join(format!("{number}.png"));
        let picture = image::open(&old).unwrap();
        fs::remove_file(old).unwrap();
        picture.save_with_format(red.join(format!("{number}.jfif")), ImageFormat::Jpeg).unwrap();
    }
    let (found, told) = info(&lab, "data.seed=1");
    assert_eq!((found, told), (parts(&[("train", 6), ("test", 6)]), vec![]));
    for number in 0..3 {
        fs::write(red.join(format!("{number}.jfif")), "no image").unwrap();
        fs::rename(red.join(format!("{number}.jfif")), red.join(format!("{number}.txt"))).unwrap();
    }
    let said = lab.emberlab("train pictures.toml --name other");
    assert_eq!(said.code, 3);
    assert!(
        said.stderr.starts_with("error: `set/train/red` holds no images; its 3 files"),
        "{}",
        said.stderr
    );
    assert!(!lab.exists("artifacts/other"));
}

#[test]
fn bad_images_are_named_or_skipped_and_counted() {
    let lab = lab(&["train", "test"], 3);
    let cut = lab.path("set/train/red/cut.jpg");
    RgbImage::from_fn(40, 40, |x, y| Rgb([(x * 5) as u8, (y * 5) as u8, 9])).save(&cut).unwrap();
    let bytes = fs::read(&cut).unwrap();
    fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    lab.write("set/test/blue/empty.gif", "");
    lab.write("set/train/blue/Thumbs.db", "thumbs");
    lab.emberlab("train pictures.toml").fails(
        3,
        "error: `set/train/red/cut.jpg` is cut off: its JPEG data ends before the end-of-image marker\n\
         error: `set/test/blue/empty.gif` is no image: the file is empty\n\
         error: 2 images cannot be read; mend or delete them, or leave out what cannot be read with \
         `data.on_bad_image = \"skip\"`",
    );
    let (found, told) = info(&lab, "data.on_bad_image='skip'");
    assert_eq!(found, parts(&[("train", 6), ("test", 6)]));
    assert_eq!(
        told,
        [
            "warning: 1 file is no image of a class and is left out: `set/train/blue/Thumbs.db`",
            "warning: 2 images cannot be read and are left out: `set/train/red/cut.jpg` is cut off: its JPEG data ends \
             before the end-of-image marker, `set/test/blue/empty.gif` is no image: the file is empty",
        ]
    );
}

#[test]
fn a_photograph_is_predicted_as_it_was_meant_to_be_seen() {
    let lab = lab(&["train", "test"], 3);
    lab.emberlab("train pictures.toml --dashboard none").succeeds();
    let golden = crate::support::root().join("tests/golden/images");
    let logits = |name: &str| {
        let said =
            lab.run(&["predict", "pictures", golden.join(name).to_str().unwrap(), "--json"]).succeeds();
        let logits = json(&said.stdout)[0]["logits"].as_array().unwrap().clone();
        logits.iter().map(|logit| logit.as_f64().unwrap()).collect::<Vec<_>>()
    };
    // Image 1 is stored upright, image 3 upside down.
    fs::copy(golden.join("orientation-1.png"), lab.path("upright.png")).unwrap();
    image::open(lab.path("upright.png")).unwrap().rotate180().save(lab.path("turned.png")).unwrap();
    let turned = lab.run(&["predict", "pictures", "turned.png", "--json"]).succeeds();
    let turned = json(&turned.stdout)[0]["logits"].clone();
    assert_eq!(serde_json::json!(logits("orientation-3.png")), turned);
    assert_ne!(logits("orientation-1.png"), logits("orientation-3.png"));
}

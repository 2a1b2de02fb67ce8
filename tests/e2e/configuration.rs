//! What the program says of configurations, good and bad.

use crate::support::{Lab, root};
use std::fs;
use std::path::Path;

/// A configuration that works; each test changes one line.
const GOOD: &str = r#"name = "good"
seed = 1
[data]
source = "synthetic"
n_samples = 40
n_features = 4
[model]
kind = "mlp"
hidden = [3]
[training]
epochs = 2
batch_size = 8
[training.optimizer]
learning_rate = 0.1
"#;

/// Checks `GOOD` with `from` replaced by `to`.
#[track_caller]
fn check(from: &str, to: &str, message: &str) {
    assert!(GOOD.contains(from), "{from}");
    let lab = Lab::new();
    lab.write("bad.toml", GOOD.replacen(from, to, 1));
    lab.emberlab("config check bad.toml").fails(2, &format!("error: {message}"));
    lab.emberlab("train bad.toml").fails(2, &format!("error: {message}"));
    assert!(!lab.exists("artifacts"));
}

#[test]
fn each_mistake_is_named_with_its_line_and_what_is_allowed() {
    for (from, to, message) in [
        ("seed = 1", "sead = 1", "bad.toml:2: unknown key `sead`, did you mean `seed`?"),
        (
            "[model]\n",
            "[model]\nwidth = 3\n",
            "bad.toml:8: unknown key `model.width`, known here: `kind`, `channels`, `kernel_size`, `hidden`, `activation`, `batch_norm`, `dropout`, `dropout_seed`, `output`, `gradient`, `init`",
        ),
        (
            "epochs = 2",
            "epoch = 2\nepochs = 2",
            "bad.toml:11: unknown key `training.epoch`, did you mean `epochs`?",
        ),
        ("epochs = 2", "", "bad.toml:10: `training.epochs` is missing, must be a whole number from 1"),
        (
            "learning_rate = 0.1",
            "",
            "bad.toml:13: `training.optimizer.learning_rate` is missing, must be a number above 0",
        ),
        (
            "seed = 1",
            "seed = \"one\"",
            "bad.toml:2: `seed` is \"one\", must be a whole number from 0 to 4294967295",
        ),
        (
            "seed = 1",
            "seed = 4294967296",
            "bad.toml:2: `seed` is 4294967296, must be a whole number from 0 to 4294967295",
        ),
        (
            "epochs = 2",
            "epochs = 2.5",
            "bad.toml:11: `training.epochs` is 2.5, must be a whole number from 1",
        ),
        (
            "batch_size = 8",
            "batch_size = 0",
            "bad.toml:12: `training.batch_size` is 0, must be \"full\" or a whole number from 1",
        ),
        (
            "learning_rate = 0.1",
            "learning_rate = -0.1",
            "bad.toml:14: `training.optimizer.learning_rate` is -0.1, must be a number above 0",
        ),
        (
            "learning_rate = 0.1",
            "learning_rate = nan",
            "bad.toml:14: `training.optimizer.learning_rate` is NaN, must be a number above 0",
        ),
        (
            "kind = \"mlp\"",
            "kind = \"mpl\"",
            "bad.toml:8: `model.kind` is \"mpl\", must be \"linear\", \"mlp\" or \"cnn\"; did you mean \"mlp\"?",
        ),
        (
            "kind = \"mlp\"",
            "kind = \"linear\"",
            "bad.toml:9: `model.hidden` has no meaning for `kind` = \"linear\", which has no hidden layer",
        ),
        (
            "hidden = [3]",
            "hidden = [3, 0]",
            "bad.toml:9: `model.hidden` is [3, 0], must be a list, each item a whole number from 1",
        ),
        (
            "hidden = [3]",
            "hidden = [9000000000000000]",
            "bad.toml:9: `model.hidden` makes a network of 63000000000000002 weights, must make at most 268435456",
        ),
        (
            "n_features = 4",
            "n_features = 3",
            "bad.toml:6: `data.n_features` is 3, must be at least 4, the sum of `n_informative` = 2, `n_redundant` = 2 and `n_repeated` = 0",
        ),
        (
            "n_samples = 40",
            "n_samples = 40\ntest_size = 40",
            "bad.toml:6: `data.test_size` is 40, must be a share above 0 and below 1, or a number from 1, that leaves some of the 40 samples to train on",
        ),
        (
            "hidden = [3]",
            "hidden = [3]\noutput = \"sigmoid\"\n[data.x]",
            "bad.toml:11: unknown key `data.x`, known here: `source`, `seed`, `split_seed`, `normalize`, `stratify`, `validation_fraction`, `n_samples`, `n_features`, `n_informative`, `n_redundant`, `n_repeated`, `n_classes`, `n_clusters_per_class`, `weights`, `flip_y`, `class_sep`, `hypercube`, `shift`, `scale`, `shuffle`, `test_size`",
        ),
        (
            "batch_size = 8",
            "batch_size = 8\niterations_per_epoch = 2",
            "bad.toml:13: `training.iterations_per_epoch` has no meaning for a `batch_size` other than \"full\", which repeats the whole set",
        ),
        (
            "learning_rate = 0.1",
            "learning_rate = 0.1\nnesterov = true",
            "bad.toml:15: `training.optimizer.nesterov` is true, must be false without `momentum`, which it is a form of",
        ),
        (
            "[model]",
            "model = 3\n[modle]",
            "bad.toml: `model.kind` is missing, must be \"linear\", \"mlp\" or \"cnn\"\nerror: bad.toml:7: unknown key `data.model`, known here: `source`, `seed`, `split_seed`, `normalize`, `stratify`, `validation_fraction`, `n_samples`, `n_features`, `n_informative`, `n_redundant`, `n_repeated`, `n_classes`, `n_clusters_per_class`, `weights`, `flip_y`, `class_sep`, `hypercube`, `shift`, `scale`, `shuffle`, `test_size`\nerror: bad.toml:8: unknown key `modle`, did you mean `model`?",
        ),
        (
            "name = \"good\"",
            "name = \"../good\"",
            "bad.toml:1: `name` is \"../good\", must be a plain file name: at most 100 letters, digits, `-`, `_`, `.` and spaces, starting with a letter or digit",
        ),
        (
            "n_samples = 40",
            "n_samples = 40\nvalidation_fraction = 1",
            "bad.toml:6: `data.validation_fraction` is 1, must be a share above 0 and below 1",
        ),
        (
            "n_samples = 40",
            "n_samples = 40\nnormalize = \"unit\"",
            "bad.toml:6: `data.normalize` is \"unit\", must be \"standard\" or \"none\"",
        ),
        (
            "epochs = 2",
            "epochs = 2\nearly_stopping = { patience = 0 }",
            "bad.toml:12: `training.early_stopping.patience` is 0, must be a whole number from 1\nerror: bad.toml:12: `training.early_stopping` has no meaning without `data.validation_fraction`",
        ),
        (
            "epochs = 2",
            "epochs = 2\ncheckpoint = { every_minutes = 0, every = 2 }",
            "bad.toml:12: `training.checkpoint.every_minutes` is 0, must be a number above 0\nerror: bad.toml:12: unknown key `training.checkpoint.every`, known here: `every_minutes`, `every_epochs`, `keep`",
        ),
        (
            "epochs = 2",
            "epochs = 2\nselect = \"accuracy\"",
            "bad.toml:12: `training.select` has no meaning without `data.validation_fraction`",
        ),
        (
            "batch_size = 8",
            "drop_last = true",
            "bad.toml:12: `training.drop_last` has no meaning for `batch_size` = \"full\", which leaves nothing over",
        ),
        (
            "learning_rate = 0.1",
            "kind = \"lion\"\nlearning_rate = 0.1",
            "bad.toml:14: `training.optimizer.kind` is \"lion\", must be \"sgd\", \"adam\", \"adamw\", \"rmsprop\", \"adagrad\" or \"muon\"",
        ),
        ("seed = 1", "seed = 1\nseed = 2", "bad.toml:3: is not TOML: duplicate key"),
    ] {
        check(from, to, message);
    }
}

/// A configuration of images; each test changes one line.
const IMAGES: &str = r#"name = "images"
[data]
source = "cifar10"
[model]
kind = "linear"
[training]
epochs = 2
[training.optimizer]
learning_rate = 0.1
"#;

#[test]
fn mistakes_about_sources_are_named_with_their_lines() {
    let cifar10 = "source = \"cifar10\"";
    for (to, message) in [
        (
            "",
            "bad.toml:2: `data.source` is missing, must be \"synthetic\", \"cifar10\", \"image-folder\" or \"csv\"",
        ),
        (
            "source = \"cvs\"",
            "bad.toml:3: `data.source` is \"cvs\", must be \"synthetic\", \"cifar10\", \"image-folder\" or \"csv\"; did you mean \"csv\"?",
        ),
        (
            "source = \"cifar10\"\nstratify = true",
            "bad.toml:4: `data.stratify` has no meaning without `validation_fraction`, for no part is divided",
        ),
        (
            "source = \"cifar10\"\naugment = { random_crop = 32 }",
            "bad.toml:4: `data.augment.random_crop` is 32, must be less than 32, the images' shorter side",
        ),
        (
            "source = \"cifar10\"\naugment = { flip = true }",
            "bad.toml:4: unknown key `data.augment.flip`, known here: `horizontal_flip`, `random_crop`, `seed`",
        ),
        (
            "source = \"image-folder\"\nimage_size = [32]\ndirectory = \"images\"",
            "bad.toml:4: `data.image_size` has 1 items, must have 2, height and width",
        ),
        (
            "source = \"image-folder\"\nimage_size = [32, 2000]\ndirectory = \"images\"",
            "bad.toml:4: `data.image_size` is [32, 2000], must be a list, each item a whole number from 1 to 1024",
        ),
        ("source = \"image-folder\"", "bad.toml:2: `data.directory` is missing, must be a folder's path"),
        (
            "source = \"image-folder\"\ndirectory = \"images\"\nfilter = \"lanczos\"",
            "bad.toml:5: `data.filter` is \"lanczos\", must be \"nearest\", \"triangle\", \"catmull-rom\", \"gaussian\" or \"lanczos3\"; did you mean \"lanczos3\"?",
        ),
        ("source = \"csv\"", "bad.toml:2: `data.file` is missing, must be a file's path"),
        (
            "source = \"csv\"\nfile = \"a.csv\"\nlabel = \"y\"\nignore = [\"y\"]",
            "bad.toml:6: `data.ignore` has \"y\" in it, which is the column of labels",
        ),
        (
            "source = \"csv\"\nfile = \"a.csv\"\ntest_file = \"b.csv\"\ntest_size = 0.5",
            "bad.toml:6: `data.test_size` has no meaning beside `test_file`, which is the test part",
        ),
        (
            "source = \"csv\"\nfile = \"a.csv\"\naugment = { horizontal_flip = true }",
            "bad.toml:5: unknown key `data.augment`, known here: `source`, `seed`, `split_seed`, `normalize`, `stratify`, `validation_fraction`, `file`, `label`, `ignore`, `test_file`, `test_size`",
        ),
    ] {
        let lab = Lab::new();
        lab.write("bad.toml", IMAGES.replacen(cifar10, to, 1));
        lab.emberlab("config check bad.toml").fails(2, &format!("error: {message}"));
    }
}

#[test]
fn sigmoid_needs_two_classes() {
    let lab = Lab::new();
    lab.write(
        "bad.toml",
        GOOD.replace("n_features = 4", "n_features = 4\nn_classes = 3\nn_clusters_per_class = 1")
            .replace("hidden = [3]", "output = \"sigmoid\""),
    );
    lab.emberlab("config check bad.toml").fails(
        2,
        "error: bad.toml:11: `model.output` is \"sigmoid\", must be \"softmax\": the data has 3 classes, not two",
    );
}

#[test]
fn all_problems_are_told_at_once_in_the_order_of_the_file() {
    let lab = Lab::new();
    let bad = GOOD.replace("seed = 1", "seed = -1").replace("epochs = 2", "epochs = 0").replace("0.1", "0");
    lab.write("bad.toml", bad);
    let said = lab.emberlab("config check bad.toml");
    let lines: Vec<&str> = said.stderr.lines().map(|line| line.split(' ').nth(1).unwrap()).collect();
    assert_eq!(lines, ["bad.toml:2:", "bad.toml:11:", "bad.toml:14:"]);
}

#[test]
fn set_changes_a_key_and_its_mistakes_point_at_the_argument() {
    let lab = Lab::new();
    lab.write("good.toml", GOOD);
    let said = lab
        .emberlab("config show good.toml --set training.epochs=7 --set model.hidden=[4,5] --set model.init.scheme=xavier-uniform")
        .succeeds();
    for line in ["epochs = 7\n", "hidden = [4, 5]\n", "scheme = \"xavier-uniform\"\n"] {
        assert!(said.stdout.contains(line), "{}", said.stdout);
    }
    for (argument, message) in [
        ("training.epochs=none", "`training.epochs` is \"none\", must be a whole number from 1"),
        ("training.epoch=3", "unknown key `training.epoch`, did you mean `epochs`?"),
        ("training.epochs", "must be `key.path=value`"),
        ("=3", "`` is no key, must be like `training.epochs`"),
        ("seed.x=3", "`seed` is a value, not a table"),
    ] {
        lab.run(&["config", "check", "good.toml", "--set", argument])
            .fails(2, &format!("error: --set {argument}: {message}"));
    }
}

#[test]
fn show_prints_a_file_that_shows_itself() {
    let lab = Lab::new();
    lab.write("good.toml", GOOD);
    let shown = lab.emberlab("config show good.toml").succeeds().stdout;
    lab.write("shown.toml", &shown);
    assert_eq!(lab.emberlab("config show shown.toml").succeeds().stdout, shown);
    assert!(shown.contains("\nlearning_rate = 0.1\n"));
}

#[test]
fn files_that_are_no_configuration_are_errors() {
    let lab = Lab::new();
    lab.emberlab("config check none.toml").fails(2, "error: none.toml: does not exist");
    lab.write("bytes.toml", [0xff, 0xfe]);
    lab.emberlab("config check bytes.toml").fails(2, "error: bytes.toml: is not UTF-8 text");
    lab.write("big.toml", vec![b'#'; (1 << 20) + 1]);
    lab.emberlab("config check big.toml")
        .fails(2, "error: big.toml: is larger than 1048576 bytes, which no configuration is");
    lab.write("deep.toml", format!("x = {}1{}", "[".repeat(100_000), "]".repeat(100_000)));
    assert_eq!(lab.emberlab("config check deep.toml").code, 2);
    lab.write("empty.toml", "");
    assert_eq!(lab.emberlab("config check empty.toml").stderr.lines().count(), 5);
}

/// Every `.toml` under `folder`.
fn configs(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(configs(&path));
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            found.push(path.to_str().unwrap().to_owned());
        }
    }
    found
}

#[test]
fn every_shipped_configuration_is_good_explained_named_after_its_file_and_shows_itself() {
    let found = configs(&root().join("configs"));
    assert!(found.len() >= 8);
    for path in found {
        let said = Lab::new().run(&["config", "check", &path]).succeeds();
        let stem = Path::new(&path).file_stem().unwrap().to_str().unwrap();
        assert_eq!(said.stdout, format!("{path}: ok, run `{stem}`\n"));
        let shown = Lab::new().run(&["config", "show", &path]).succeeds().stdout;
        let lab = Lab::new();
        lab.write("shown.toml", &shown);
        assert_eq!(lab.emberlab("config show shown.toml").succeeds().stdout, shown);
        for line in fs::read_to_string(&path).unwrap().lines() {
            let explained = line.is_empty() || line.starts_with('[') || line.contains('#');
            let names_itself = ["source = \"cifar10\"", "n_classes = 3", "epochs = ", "learning_rate = "];
            let told = names_itself.iter().any(|key| line.starts_with(key));
            assert!(explained || told, "{path}: {line}");
        }
    }
}

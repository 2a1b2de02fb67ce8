//! Messages about valid and invalid configurations.

use crate::support::{Lab, root};
use std::fs;
use std::path::Path;

/// A valid configuration; each test changes one line.
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

/// Compares the message for each file of `bad_configs`. A person judged each message when it was added: would a newcomer
/// know what to do?
#[test]
fn every_mistake_is_told_with_its_place_and_what_is_allowed() {
    let folder = root().join("tests/e2e/bad_configs");
    let mut names: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".toml"))
        .collect();
    names.sort();
    assert!(names.len() >= 60);
    let lab = Lab::new();
    for name in names {
        lab.write(&name, fs::read(folder.join(&name)).unwrap());
        let wanted = fs::read_to_string(folder.join(&name).with_extension("stderr")).unwrap();
        lab.emberlab(&format!("config check {name}")).fails(2, &wanted);
        lab.emberlab(&format!("train {name}")).fails(2, &wanted);
    }
    assert!(!lab.exists("artifacts"));
}

#[test]
fn a_file_that_extends_another_takes_what_it_does_not_set() {
    let lab = Lab::new();
    lab.write("base/good.toml", GOOD);
    lab.write("middle.toml", "extends = \"base/good.toml\"\n[training]\nepochs = 5\n");
    lab.write("top.toml", "extends = \"middle.toml\"\nname = \"top\"\n[model]\nhidden = [7]\n");
    let shown = lab.emberlab("config show top.toml --set seed=3").succeeds().stdout;
    for line in
        ["name = \"top\"", "seed = 3", "epochs = 5", "hidden = [7]", "batch_size = 8", "shuffle = false"]
    {
        assert!(
            shown.contains(&format!("\n{line} ")) || shown.starts_with(&format!("{line} ")),
            "{line}: {shown}"
        );
    }
    for (line, origin) in [
        ("name = ", "top.toml:2"),
        ("seed = 3", "--set seed=3"),
        ("epochs = ", "middle.toml:3"),
        ("batch_size = ", "base/good.toml:12"),
        ("shuffle = ", "default"),
    ] {
        let shown = shown.lines().find(|shown| shown.starts_with(line)).unwrap();
        assert!(shown.ends_with(&format!("  # {origin}")), "{shown}");
    }
    // A mistake is told where it stands.
    lab.write("base/good.toml", GOOD.replace("epochs = 2", "epochs = 2\nshufle = true"));
    lab.emberlab("config check top.toml")
        .fails(2, "error: base/good.toml:12:1: unknown key `training.shufle`, did you mean `shuffle`?");
    lab.write("base/good.toml", "extends = \"../top.toml\"\n");
    let said = lab.emberlab("config check top.toml");
    assert!(said.code == 2 && said.stderr.contains("one of them probably extends itself"), "{}", said.stderr);
}

#[test]
fn the_schema_that_editors_use_is_that_of_the_program() {
    let said = Lab::new().emberlab("config schema").succeeds();
    assert!(
        fs::read_to_string(root().join("configs/schema.json")).unwrap() == said.stdout,
        "`just schema` writes it again"
    );
}

#[test]
fn the_page_of_all_keys_is_that_of_the_program() {
    let said = Lab::new().emberlab("config docs").succeeds();
    assert!(
        fs::read_to_string(root().join("docs/configuration.md")).unwrap() == said.stdout,
        "`just schema` writes it again"
    );
}

#[test]
fn a_schedule_longer_than_the_run_is_an_error() {
    let lab = Lab::new();
    lab.write("long.toml", format!("{GOOD}[training.schedule]\nlinear = {{ updates = 9 }}\n"));
    let wanted = "error: long.toml:16:22: `training.schedule.linear.updates` is 9, must be at most 8, the updates of the \
                  run, or left out";
    lab.emberlab("train long.toml").fails(2, wanted);
    lab.emberlab("train long.toml --set training.epochs=3").succeeds();
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
        "error: bad.toml:11:10: `model.output` is \"sigmoid\", must be \"softmax\": the data has 3 classes, not two",
    );
}

#[test]
fn all_problems_are_told_at_once_in_the_order_of_the_file() {
    let lab = Lab::new();
    let bad = GOOD.replace("seed = 1", "seed = -1").replace("epochs = 2", "epochs = 0").replace("0.1", "0");
    lab.write("bad.toml", bad);
    let said = lab.emberlab("config check bad.toml");
    let lines: Vec<&str> = said.stderr.lines().map(|line| line.split(' ').nth(1).unwrap()).collect();
    assert_eq!(lines, ["bad.toml:2:8:", "bad.toml:11:10:", "bad.toml:14:17:"]);
}

#[test]
fn set_changes_a_key_and_its_mistakes_point_at_the_argument() {
    let lab = Lab::new();
    lab.write("good.toml", GOOD);
    let said = lab
        .emberlab("config show good.toml --set training.epochs=7 --set model.hidden=[4,5] --set model.init.scheme=xavier-uniform")
        .succeeds();
    for line in ["epochs = 7 ", "hidden = [4, 5] ", "scheme = \"xavier-uniform\" "] {
        assert!(said.stdout.contains(line), "{}", said.stdout);
    }
    for (argument, message) in [
        ("training.epochs=none", "`training.epochs` is \"none\", must be a whole number from 1"),
        ("training.epoch=3", "unknown key `training.epoch`, did you mean `epochs`?"),
        ("training.epochs", "must be `key.path=value`"),
        ("=3", "`` is not a valid key; expected something like `training.epochs`"),
        ("seed.x=3", "`seed` is a value, not a table"),
        ("extends=base.toml", "`extends` is read with a file, and must be written there"),
        ("training.epochs=1\nbatch_size=3", "`1\\nbatch_size=3` is more than one value"),
    ] {
        lab.run(&["config", "check", "good.toml", "--set", argument])
            .fails(2, &format!("error: --set {}: {message}", argument.replace('\n', "\\n")));
    }
}

#[test]
fn a_misspelt_key_is_named_where_a_required_one_is_missing() {
    let lab = Lab::new();
    let rest =
        "[model]\nkind = \"linear\"\n[training]\nepochs = 1\n[training.optimizer]\nlearning_rate = 0.1\n";
    for (data, missing, misspelt) in [
        ("source = \"csv\"\nfil = \"a.csv\"", "data.file", "unknown key `data.fil`, did you mean `file`?"),
        ("sorce = \"csv\"", "data.source", "unknown key `data.sorce`, did you mean `source`?"),
        (
            "source = \"image-folder\"\ndirctory = \"a\"\nimage_siz = 8",
            "data.directory",
            "unknown key `data.image_siz`, did you mean `image_size`?",
        ),
    ] {
        lab.write("data.toml", format!("name = \"x\"\n[data]\n{data}\n{rest}"));
        let said = lab.emberlab("config check data.toml");
        assert_eq!(said.code, 2);
        assert!(said.stderr.contains(&format!("`{missing}` is missing")), "{}", said.stderr);
        assert!(said.stderr.contains(misspelt), "{}", said.stderr);
    }
}

fn values(toml: &str) -> toml::Table {
    toml.parse().unwrap()
}

#[test]
fn show_prints_a_file_that_shows_itself() {
    let lab = Lab::new();
    lab.write("good.toml", GOOD);
    let shown = lab.emberlab("config show good.toml").succeeds().stdout;
    lab.write("shown.toml", &shown);
    assert_eq!(values(&lab.emberlab("config show shown.toml").succeeds().stdout), values(&shown));
    assert!(shown.contains("\nlearning_rate = 0.1 "));
}

#[test]
fn files_that_are_no_configuration_are_errors() {
    let lab = Lab::new();
    lab.emberlab("config check none.toml").fails(2, "error: none.toml: does not exist");
    lab.write("bytes.toml", [0xff, 0xfe]);
    lab.emberlab("config check bytes.toml").fails(2, "error: bytes.toml: is not UTF-8 text");
    lab.write("big.toml", vec![b'#'; (1 << 20) + 1]);
    lab.emberlab("config check big.toml")
        .fails(2, "error: big.toml: is larger than 1048576 bytes, the limit for a configuration");
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
        let said = Lab::new().run(&["config", "check", &path]);
        assert_eq!(said.code, 0, "{}", said.stderr);
        let stem = Path::new(&path).file_stem().unwrap().to_str().unwrap();
        assert_eq!(said.stdout, format!("{path}: ok, run `{stem}`\n"));
        let shown = Lab::new().run(&["config", "show", &path]).succeeds().stdout;
        let lab = Lab::new();
        lab.write("shown.toml", &shown);
        assert_eq!(values(&lab.emberlab("config show shown.toml").succeeds().stdout), values(&shown));
        let schema = fs::read_to_string(&path).unwrap().lines().next().unwrap().to_owned();
        let schema = schema.strip_prefix("#:schema ").unwrap_or_else(|| panic!("{path}: {schema}"));
        assert!(Path::new(&path).parent().unwrap().join(schema).is_file(), "{path}");
        for line in fs::read_to_string(&path).unwrap().lines() {
            let explained = line.is_empty() || line.starts_with('[') || line.contains('#');
            let names_itself = ["source = \"cifar10\"", "n_classes = 3", "epochs = ", "learning_rate = "];
            let told = names_itself.iter().any(|key| line.starts_with(key))
                // The layers in a list are explained by the comments between them.
                || line.starts_with("  ")
                || line == "]";
            assert!(explained || told, "{path}: {line}");
        }
    }
}

/// A file in which much depends on a few keys.
const DEPENDENT: &str = r#"name = "dependent"
[data]
source = "synthetic"
n_samples = 40
n_features = 4
validation_fraction = 0.25
[model]
kind = "mlp"
hidden = [3]
batch_norm = true
init = { scheme = "normal", std = 0.1 }
[training]
epochs = 2
batch_size = "full"
iterations_per_epoch = 3
early_stopping = { patience = 3 }
[training.optimizer]
kind = "sgd"
learning_rate = 0.1
momentum = 0.9
nesterov = true
[training.schedule]
linear = { end = 0.5 }
"#;

#[test]
fn keys_that_a_change_takes_the_meaning_from_are_left_out_and_told() {
    let lab = Lab::new();
    lab.write("dependent.toml", DEPENDENT);
    let no_meaning = |key: &str| format!("warning: `{key}` has no meaning ");
    for (change, left_out) in [
        (
            "--set training.batch_size=1 --set model.batch_norm=false",
            vec![no_meaning("training.iterations_per_epoch")],
        ),
        ("--set model.kind=linear", vec![no_meaning("model.batch_norm"), no_meaning("model.hidden")]),
        ("--set model.init.scheme=kaiming-uniform", vec![no_meaning("model.init.std")]),
        ("--set model.init.std=0", vec![]),
        (
            "--set training.optimizer.kind=adam",
            ["momentum", "nesterov"]
                .map(|key| {
                    format!("warning: `training.optimizer.{key}` belongs to another kind; it is left out")
                })
                .to_vec(),
        ),
        (
            "--set training.optimizer.momentum=0",
            vec!["warning: `training.optimizer.nesterov` is true, must be".to_owned()],
        ),
        ("--unset data.validation_fraction", vec![no_meaning("training.early_stopping")]),
        ("--set training.schedule.kind=constant", vec![no_meaning("training.schedule.linear")]),
        ("--set training.schedule.kind=cosine", vec![no_meaning("training.schedule.linear")]),
        ("--set training.schedule={kind=\"product\",linear={},step={every=2}}", vec![]),
        ("--unset training.optimizer.nesterov --unset model.init", vec![]),
    ] {
        let said = lab.emberlab(&format!("config check dependent.toml {change}"));
        assert_eq!(said.code, 0, "{change}: {}", said.stderr);
        let mut told: Vec<&str> = said.stderr.lines().collect();
        told.sort_unstable();
        assert_eq!(told.len(), left_out.len(), "{change}: {told:?}");
        for (told, wanted) in told.iter().zip(&left_out) {
            assert!(
                told.starts_with(wanted.as_str()) && told.ends_with("; it is left out"),
                "{change}: {told}"
            );
        }
        // What is trained can be trained again.
        lab.write(
            "shown.toml",
            lab.emberlab(&format!("config show dependent.toml {change}")).succeeds().stdout,
        );
        lab.emberlab("config check shown.toml").succeeds();
    }
    let said = lab.emberlab("config check dependent.toml --set training.schedule.exponential.factor=0.9");
    assert!(said.code == 0 && said.stderr.contains("multiplies several schedules"), "{}", said.stderr);
    let cosine =
        lab.emberlab("config show dependent.toml --set training.schedule.kind=cosine").succeeds().stdout;
    assert!(cosine.contains("\ncosine = {") && !cosine.contains("\nlinear = "), "{cosine}");
    lab.emberlab("config check dependent.toml --unset training.momentum")
        .fails(2, "error: dependent.toml: `--unset training.momentum`: the file does not set it");
    // What the command line itself asks for is never left out, nor what the file had wrong before.
    assert_eq!(lab.emberlab("config check dependent.toml --set training.drop_last=true").code, 2);
    lab.write("wrong.toml", DEPENDENT.replace("\"full\"", "4"));
    assert_eq!(lab.emberlab("config check wrong.toml --set training.epochs=3").code, 2);
}

#[test]
fn keys_are_explained_as_on_the_page_of_all_keys() {
    let lab = Lab::new();
    let page = fs::read_to_string(root().join("docs/configuration.md")).unwrap();
    let said = lab.emberlab("config explain training.epochs").succeeds().stdout;
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[0], "training.epochs");
    for (line, name) in lines[1..].iter().zip(["meaning", "default", "allowed"]) {
        let text = line.strip_prefix(&format!("  {name}  ")).unwrap();
        assert!(page.replace('`', "").contains(text), "{line}");
    }
    // A table, a key of a list, and a name alone.
    assert!(lab.emberlab("config explain training.schedule").succeeds().stdout.lines().count() > 40);
    assert!(
        lab.emberlab("config explain model.layers.3.stride")
            .succeeds()
            .stdout
            .starts_with("model.layers.*.stride\n")
    );
    assert!(lab.emberlab("config explain hidden").succeeds().stdout.starts_with("model.hidden\n"));
    lab.emberlab("config explain model.hiden")
        .fails(2, "error: `model.hiden` is not a key of configurations, did you mean `model.hidden`?");
    lab.emberlab("config explain xyzzy").fails(2, "error: `xyzzy` is not a key of configurations");
}

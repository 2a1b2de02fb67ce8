//! Runs whose files are damaged, huge, or from another machine.

#[cfg(unix)]
use crate::support::make_pipe;
use crate::support::{Lab, json};
use sha2::{Digest, Sha256};
use std::fs;
use std::time::{Duration, Instant};

const CONFIG: &str = r#"
name = "run"
[data]
source = "csv"
file = "table.csv"
validation_fraction = 0.2
[model]
kind = "mlp"
hidden = [5]
dropout = 0.2
[training]
epochs = 6
batch_size = 10
shuffle = true
checkpoint = { every_epochs = 1, keep = 3 }
[training.optimizer]
kind = "adam"
learning_rate = 0.01
"#;

const TRAIN: &str = "train run.toml --dashboard none --resume";
const ENDS: [&str; 4] = ["metrics.csv", "histograms.csv", "model.safetensors", "predictions.csv"];

fn trained() -> (Lab, Vec<Vec<u8>>) {
    let lab = Lab::new();
    let rows = (0..90).map(|row| format!("{},{},{}\n", row % 13, (row * 7) % 11, ["a", "b", "c"][row % 3]));
    lab.write("table.csv", format!("x,y,label\n{}", rows.collect::<String>())).write("run.toml", CONFIG);
    lab.emberlab("train run.toml --dashboard none").succeeds();
    let ends = ends(&lab);
    (lab, ends)
}

fn ends(lab: &Lab) -> Vec<Vec<u8>> {
    ENDS.iter().map(|name| lab.bytes(&format!("artifacts/run/{name}"))).collect()
}

fn checkpoints(lab: &Lab) -> Vec<String> {
    let entries = fs::read_dir(lab.path("artifacts/run/checkpoints")).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names.into_iter().filter(|name| name.ends_with(".ckpt")).collect()
}

/// A checkpoint with other bytes and a checksum that fits them.
fn signed(whole: &[u8], change: impl Fn(&mut Vec<u8>)) -> Vec<u8> {
    let header = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let mut payload = whole[header..].to_vec();
    change(&mut payload);
    let checksum: String = Sha256::digest(&payload).iter().map(|byte| format!("{byte:02x}")).collect();
    [format!("emberlab checkpoint 6 {checksum}\n").as_bytes(), &payload].concat()
}

fn replace(bytes: &mut Vec<u8>, from: &[u8], to: &[u8]) {
    let at = bytes.windows(from.len()).position(|window| window == from).unwrap();
    bytes.splice(at..at + from.len(), to.iter().copied());
}

#[test]
fn a_flipped_bit_below_a_checkpoint_is_found_and_said() {
    let (lab, expected) = trained();
    for name in ["metrics.csv", "histograms.csv"] {
        let whole = lab.bytes(&format!("artifacts/run/{name}"));
        // Early enough for every checkpoint, and late enough for the newest only.
        for (at, lines) in [(60, 3), (whole.len() * 9 / 10, 1)] {
            let mut flipped = whole.clone();
            flipped[at] ^= 1;
            lab.write(&format!("artifacts/run/{name}"), flipped);
            let said = lab.emberlab(TRAIN);
            assert_eq!(said.code, 0, "{}", said.stderr);
            assert!(said.stderr.contains(&format!("does not fit `{name}`, whose first ")), "{}", said.stderr);
            assert!(said.stderr.lines().count() <= lines, "{}", said.stderr);
            let end = if lines == 3 { "so the run begins again at update 0" } else { "is taken" };
            assert!(said.stderr.trim_end().ends_with(end), "{}", said.stderr);
            assert!(ends(&lab) == expected, "{name}");
        }
    }
}

#[test]
fn a_run_goes_on_without_its_record_and_its_configuration() {
    let (lab, expected) = trained();
    let record = lab.read("artifacts/run/run.json");
    for damage in [None, Some(""), Some("{}"), Some(&record[..200])] {
        for name in ["run.json", "config.toml"] {
            let path = lab.path(&format!("artifacts/run/{name}"));
            match damage {
                Some(text) => fs::write(&path, text).unwrap(),
                None => fs::remove_file(&path).unwrap(),
            }
            let said = lab.emberlab(&format!("{TRAIN} --set training.epochs=6"));
            assert_eq!(said.code, 0, "{}", said.stderr);
            assert!(!said.stderr.contains("update 0"), "{}", said.stderr);
            // An empty configuration is TOML, and says nothing of the run.
            if name == "run.json" || damage.is_none() {
                assert!(
                    said.stderr.contains("; it is written again\n"),
                    "{name} {damage:?}: {}",
                    said.stderr
                );
            }
            assert!(ends(&lab) == expected, "{name}");
            assert_eq!(json(&lab.read("artifacts/run/run.json"))["outcome"], "finished");
        }
    }
    // A configuration that is lost or cut off lets no other one in: the checkpoint has it too.
    let config = lab.read("artifacts/run/config.toml");
    for damage in [None, Some(&config[..200])] {
        let path = lab.path("artifacts/run/config.toml");
        match damage {
            Some(text) => fs::write(path, text).unwrap(),
            None => fs::remove_file(path).unwrap(),
        }
        let said = lab.emberlab(&format!("{TRAIN} --set training.optimizer.learning_rate=0.7"));
        assert_eq!(said.code, 2, "{}", said.stderr);
        assert!(said.stderr.contains("`training.optimizer.learning_rate` was 0."), "{}", said.stderr);
    }
    assert_eq!(lab.emberlab(TRAIN).code, 0);
    // Without checkpoints the run begins again, and says so.
    fs::remove_dir_all(lab.path("artifacts/run/checkpoints")).unwrap();
    lab.write("artifacts/run/run.json", "{");
    let said = lab.emberlab(TRAIN);
    assert!(
        said.stderr.contains("there is no checkpoint: the run begins again at update 0"),
        "{}",
        said.stderr
    );
    assert!(ends(&lab) == expected);
    // Other data is refused by the checkpoint alone.
    fs::remove_file(lab.path("artifacts/run/run.json")).unwrap();
    let table = lab.read("table.csv").replacen("0,0,a", "0,1,a", 1);
    lab.write("table.csv", table);
    let said = lab.emberlab(TRAIN);
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains("its data has changed"), "{}", said.stderr);
}

#[test]
fn a_checkpoint_that_does_not_decode_is_one_line_and_the_one_before_it_is_taken() {
    let (lab, expected) = trained();
    let newest = format!("artifacts/run/checkpoints/{}", checkpoints(&lab).last().unwrap());
    let whole = lab.bytes(&newest);
    let reason = "holds weights or moments that do not decode, or of another model";
    // Named fields of Burn's records under other names, a shape of other sides, and a field of the state.
    let changes: [(&[u8], &[u8], &str); 4] = [
        (b"bytes", b"bytez", reason),
        (b"shape\x92\x05\x02", b"shape\x92\x02\x05", reason),
        (b"moment_1", b"moment_9", reason),
        (b"\xa7metrics", b"\xa7metrixs", "holds other fields than a checkpoint of this version"),
    ];
    let mut tried = 0;
    for (from, to, reason) in changes {
        if !whole.windows(from.len()).any(|window| window == from) {
            continue;
        }
        tried += 1;
        lab.write(&newest, signed(&whole, |payload| replace(payload, from, to)));
        let said = lab.emberlab(TRAIN);
        let wanted = format!("warning: `{newest}` {reason}; the one before it is taken\n");
        assert_eq!((said.code, said.stderr), (0, wanted));
        assert!(ends(&lab) == expected);
    }
    assert!(tried >= 3, "{tried}");
    // What an older version wrote.
    let old = [b"emberlab checkpoint 4 ", &whole[b"emberlab checkpoint 6 ".len()..]].concat();
    lab.write(&newest, old);
    let said = lab.emberlab(TRAIN);
    let reason = "has format 4 of another version of emberlab; this one reads format 6";
    assert_eq!(said.stderr, format!("warning: `{newest}` {reason}; the one before it is taken\n"));
    // Where there is no other, the run does not begin again.
    for name in checkpoints(&lab) {
        let path = format!("artifacts/run/checkpoints/{name}");
        let bytes = lab.bytes(&path);
        lab.write(&path, [b"emberlab checkpoint 4 ", &bytes[b"emberlab checkpoint 4 ".len()..]].concat());
    }
    let said = lab.emberlab(TRAIN);
    assert_eq!(said.code, 3);
    assert!(said.stderr.contains("or begin again with `--overwrite`"), "{}", said.stderr);
}

/// What a checkpoint holds that is passed over does not reach the run, its running means included.
#[test]
fn a_run_without_a_checkpoint_that_decodes_begins_again_and_ends_alike() {
    let (lab, _) = trained();
    let settings = "--overwrite --set model.batch_norm=true --set training.checkpoint.keep=1";
    lab.emberlab(&format!("train run.toml --dashboard none {settings}")).succeeds();
    let expected = ends(&lab);
    let newest = format!("artifacts/run/checkpoints/{}", checkpoints(&lab).last().unwrap());
    let whole = lab.bytes(&newest);
    lab.write(&newest, signed(&whole, |payload| replace(payload, b"moment_1", b"moment_9")));
    let said = lab.emberlab(&format!("{TRAIN} {}", settings.trim_start_matches("--overwrite ")));
    assert!(said.stderr.contains("so the run begins again at update 0"), "{}", said.stderr);
    assert_eq!(said.code, 0);
    assert!(ends(&lab) == expected);
}

#[test]
fn a_run_whose_checkpoints_the_system_does_not_read_does_not_begin_again() {
    let (lab, expected) = trained();
    let names = checkpoints(&lab);
    let path = |name: &str| lab.path(&format!("artifacts/run/checkpoints/{name}"));
    for name in &names {
        fs::rename(path(name), path(&format!("{name}-aside"))).unwrap();
        fs::create_dir(path(name)).unwrap();
    }
    let said = lab.emberlab(TRAIN);
    assert_eq!((said.code, said.stderr.lines().count()), (3, 1), "{}", said.stderr);
    assert!(said.stderr.contains(" cannot be read: "), "{}", said.stderr);
    assert!(
        said.stderr.ends_with("; make it readable, or begin again with `--overwrite`\n"),
        "{}",
        said.stderr
    );
    for name in &names {
        fs::remove_dir(path(name)).unwrap();
        fs::rename(path(&format!("{name}-aside")), path(name)).unwrap();
    }
    lab.emberlab(TRAIN).succeeds();
    assert!(ends(&lab) == expected);
}

#[test]
fn new_checkpoints_stay_and_unfit_ones_go() {
    let (lab, _) = trained();
    lab.emberlab("train run.toml --dashboard none --overwrite --set training.checkpoint.keep=1").succeeds();
    let newest = checkpoints(&lab);
    assert_eq!(newest.len(), 1);
    let path = format!("artifacts/run/checkpoints/{}", newest[0]);
    let mut damaged = lab.bytes(&path);
    *damaged.last_mut().unwrap() ^= 1;
    lab.write(&path, damaged);
    // A run that is killed after its first epochs keeps what it wrote.
    let long = "--set training.epochs=100000 --set training.checkpoint.keep=1";
    let mut child = lab.start(&format!("{TRAIN} {long}"));
    child.wait_until("no new checkpoint", || checkpoints(&lab) != newest);
    child.kill();
    let kept = checkpoints(&lab);
    assert!((1..=2).contains(&kept.len()) && kept[0] != newest[0], "{kept:?}");
    let said = lab.emberlab(&format!("{TRAIN} --dashboard plain {long} --set training.epochs=4"));
    assert!(!said.stderr.contains("begins again"), "{}", said.stderr);
}

#[test]
fn a_network_larger_than_its_weights_or_the_limit_is_refused_before_it_takes_memory() {
    let (lab, _) = trained();
    let config = lab.read("artifacts/run/config.toml");
    for (units, code, wanted) in [
        ("2147483647", 2, "makes a network of 12884901885 weights, must make at most 268435456"),
        ("20000000", 3, "do not hold its 120000003 weights"),
    ] {
        lab.write(
            "artifacts/run/config.toml",
            config.replace("hidden = [5]", &format!("hidden = [{units}]")),
        );
        for command in ["evaluate run", "report run", "export run --format mpk", "predict run table.csv"] {
            let said = lab.emberlab(command);
            assert_eq!(said.code, code, "{command}: {}", said.stderr);
            assert!(said.stderr.contains(wanted), "{command}: {}", said.stderr);
            assert_eq!(said.stderr.lines().count(), 1);
        }
    }
}

#[test]
fn a_run_that_was_killed_before_it_saved_weights_says_how_to_get_them() {
    let (lab, _) = trained();
    fs::remove_file(lab.path("artifacts/run/model.safetensors")).unwrap();
    for command in ["evaluate run", "export run --format mpk", "predict run table.csv"] {
        let said = lab.emberlab(command);
        let wanted = "error: `artifacts/run/model.safetensors` is missing: a run saves its weights when it ends; \
                      go on with `emberlab train … --resume`\n";
        assert_eq!((said.code, said.stderr.as_str()), (3, wanted), "{command}");
    }
    lab.emberlab(TRAIN).succeeds();
    lab.emberlab("evaluate run").succeeds();
}

#[test]
fn a_run_of_another_machine_is_looked_at_on_this_one() {
    let (lab, _) = trained();
    let config = lab.read("artifacts/run/config.toml");
    let there = "index = 3\nprecision = \"bf16\"\ncount = 2\nthreads = 999";
    lab.write("artifacts/run/config.toml", config.replace("index = 0", there));
    lab.emberlab("evaluate run").succeeds();
    lab.emberlab("report run").succeeds();
    lab.emberlab("export run --format mpk").succeeds();
}

#[test]
fn one_record_with_an_endless_name_does_not_hide_the_others() {
    let (lab, _) = trained();
    let record = lab.read("artifacts/run/run.json");
    let long = record.replacen("\"run\"", &format!("\"{}\"", "n".repeat(70_000)), 1);
    lab.write("artifacts/long/run.json", long);
    let said = lab.emberlab("runs");
    assert_eq!(said.code, 0);
    assert!(said.stdout.lines().any(|line| line.starts_with("run  finished") || line.starts_with("run ")));
    assert_eq!(said.stderr.lines().count(), 1, "{}", said.stderr);
    assert!(said.stderr.starts_with("warning: `artifacts/long/run.json` is damaged: `name` is \"nnn"));
    assert!(said.stderr.contains("… (70000 characters)") && said.stderr.len() < 500, "{}", said.stderr);
}

#[test]
fn nothing_of_a_record_is_obeyed_by_a_terminal() {
    let (lab, _) = trained();
    let record = lab.read("artifacts/run/run.json");
    let evil = record.replacen("2 → 5 → 3", "\\u001b]0;gone\\u0007\\u009b31m\\u202e", 1);
    assert_ne!(evil, record);
    lab.write("artifacts/run/run.json", evil);
    for command in ["runs", "runs --json", "compare run run", "compare run run --json"] {
        let said = lab.emberlab(command).succeeds().stdout;
        assert!(!said.contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}']), "{said}");
        assert!(said.contains("u001b") || said.contains("\\u{1b}]0;gone"), "{said}");
    }
    assert_eq!(json(&lab.emberlab("runs --json").stdout)[0]["model"], "\u{1b}]0;gone\u{7}\u{9b}31m\u{202e}");
}

#[cfg(unix)]
#[test]
fn named_pipes_in_a_run_are_refused_at_once() {
    for name in
        ["run.json", "config.toml", "metrics.csv", "histograms.csv", "predictions.csv", "model.safetensors"]
    {
        let (lab, _) = trained();
        let path = lab.path(&format!("artifacts/run/{name}"));
        fs::remove_file(&path).unwrap();
        make_pipe(&path);
        for command in ["report run", "evaluate run", "compare run run --html c.html", TRAIN] {
            let start = Instant::now();
            let said = lab.emberlab(command);
            assert!(start.elapsed() < Duration::from_secs(20), "{command}");
            assert!([0, 2, 3, 4].contains(&said.code), "{command}: {}", said.stderr);
        }
    }
}

#[test]
fn any_finite_loss_is_drawn_or_left_out_at_once() {
    let (lab, _) = trained();
    let metrics = lab.read("artifacts/run/metrics.csv");
    let line = metrics.lines().find(|line| line.starts_with("train,1,2,loss,")).unwrap().to_owned();
    for value in
        ["1e308", "-1e308", "1e300", "3.4e38", "1e38", "1e-309", "5e-324", "-0.0", "1.0000000000000002"]
    {
        lab.write("artifacts/run/metrics.csv", metrics.replace(&line, &format!("train,1,2,loss,{value}")));
        let start = Instant::now();
        lab.emberlab("report run").succeeds();
        lab.emberlab("compare run run --html c.html --plot c.png").succeeds();
        assert!(start.elapsed() < Duration::from_secs(20), "{value}: {:?}", start.elapsed());
    }
}

#[test]
fn a_last_line_that_a_full_disk_cut_off_is_in_nobodys_way() {
    let (lab, _) = trained();
    for name in ["metrics.csv", "histograms.csv"] {
        let path = format!("artifacts/run/{name}");
        let whole = lab.bytes(&path);
        for missing in [2, 9, 20] {
            lab.write(&path, &whole[..whole.len() - missing]);
            lab.emberlab("report run").succeeds();
            lab.emberlab("compare run run --plot c.png").succeeds();
        }
        lab.write(&path, whole);
    }
}

#[test]
fn many_classes_samples_and_updates_make_a_small_page() {
    let lab = Lab::new();
    let n = 400;
    let rows = (0..8 * n).map(|row| format!("{},{},class{:03}\n", row % n, (row * 7) % 29, row % n));
    lab.write("table.csv", format!("x,y,label\n{}", rows.collect::<String>()));
    let linear = CONFIG.replace("kind = \"mlp\"\nhidden = [5]\ndropout = 0.2", "kind = \"linear\"");
    lab.write(
        "run.toml",
        linear.replace("epochs = 6", "epochs = 1").replace("batch_size = 10", "batch_size = 100"),
    );
    // Of some classes the training part has no sample, which is a warning.
    assert_eq!(lab.emberlab("train run.toml --dashboard none").code, 0);
    let updates: String = (1..=150_000)
        .map(|update| {
            format!("train,{0},{update},loss,{1}\nvalid,{0},{update},loss,{1}\n", update / 3, update % 97)
        })
        .collect();
    lab.write("artifacts/run/metrics.csv", format!("split,epoch,iteration,metric,value\n{updates}"));
    lab.emberlab("report run").succeeds();
    lab.emberlab("compare run run run --html c.html").succeeds();
    let page = lab.read("artifacts/run/report.html");
    assert!(page.len() < 5_000_000 && lab.bytes("c.html").len() < 5_000_000, "{}", page.len());
    assert!(page.contains("the 30 most confused of 400 classes"));
    // The table stays whole.
    assert_eq!(
        (0..n).filter(|class| page.contains(&format!("<th scope=\"row\">class{class:03}</th>"))).count(),
        n
    );
    assert!(lab.bytes("artifacts/run/plots/confusion-matrix.png").len() < 2_000_000);
    let said = lab.emberlab("evaluate run").succeeds().stdout;
    assert!(said.contains("\nthe most frequent errors among 400 classes\nclass "), "{said}");
    let json = json(&lab.emberlab("evaluate run --json").succeeds().stdout);
    assert_eq!(json["confusion_matrix"].as_array().unwrap().len(), n);
}

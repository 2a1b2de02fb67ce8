//! The files of a run, which are the same each time.

use crate::process::Said;
use crate::support::Lab;
#[cfg(unix)]
use rustix::process::Signal;
use serde_json::Value;

const CONFIG: &str = r#"
name = "small"
[data]
source = "synthetic"
n_samples = 60
n_features = 4
[model]
kind = "mlp"
hidden = [5]
[training]
epochs = 3
batch_size = 16
shuffle = true
[training.optimizer]
kind = "adam"
learning_rate = 0.01
"#;

fn lab() -> Lab {
    let lab = Lab::new();
    lab.write("small.toml", CONFIG);
    lab
}

fn train(lab: &Lab, more: &str) -> Said {
    lab.emberlab(&format!("train small.toml {more}"))
}

fn files(lab: &Lab, run: &str) -> Vec<String> {
    let entries = std::fs::read_dir(lab.path(&format!("artifacts/{run}"))).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_run_leaves_its_configuration_record_metrics_weights_and_log() {
    let lab = lab();
    train(&lab, "").succeeds();
    assert_eq!(
        files(&lab, "small"),
        [
            ".lock",
            "checkpoints",
            "config.toml",
            "experiment.log",
            "histograms.csv",
            "metrics.csv",
            "model.mpk",
            "model.safetensors",
            "predictions.csv",
            "run.json",
        ]
    );
    let record: Value = serde_json::from_str(&lab.read("artifacts/small/run.json")).unwrap();
    assert_eq!(record["outcome"], "finished");
    assert_eq!(record["updates"], 9);
    assert_eq!(record["data"]["n_train"], 45);
    assert_eq!(record["seeds"]["shuffle"], 42);
    assert_eq!(record["data"]["sha256"].as_str().unwrap().len(), 64);
    let test_loss = lab.metric("small", "test", "loss");
    assert_eq!(record["metrics"]["test"]["loss"].as_f64().unwrap(), test_loss[0]);
    assert!(lab.read("artifacts/small/experiment.log").contains("run `small` ends: Finished"));
}

#[test]
fn every_update_has_its_epoch_and_number_and_the_test_part_comes_last() {
    let lab = lab();
    train(&lab, "").succeeds();
    let csv = lab.read("artifacts/small/metrics.csv");
    let places: Vec<String> =
        csv.lines().skip(1).map(|line| line.rsplit_once(',').unwrap().0.to_owned()).collect();
    let mut expected = Vec::new();
    for iteration in 1..=9 {
        for metric in ["loss", "accuracy"] {
            expected.push(format!("train,{},{iteration},{metric}", (iteration + 2) / 3));
        }
    }
    expected.extend(["test,3,9,loss".to_owned(), "test,3,9,accuracy".to_owned()]);
    assert_eq!(places, expected);
}

fn results(lab: &Lab, run: &str) -> (Vec<u8>, Vec<u8>) {
    let read = |name| lab.bytes(&format!("artifacts/{run}/{name}"));
    (read("metrics.csv"), read("model.safetensors"))
}

#[test]
fn the_same_configuration_gives_the_same_bytes_with_any_number_of_threads() {
    let lab = lab();
    train(&lab, "--name first").succeeds();
    for threads in [1, 2, 3] {
        train(&lab, &format!("--name second --overwrite --set device.threads={threads}")).succeeds();
        assert!(results(&lab, "first") == results(&lab, "second"), "{threads} threads");
    }
}

#[test]
fn another_seed_gives_other_losses() {
    let lab = lab();
    let losses = |name: &str, more: &str| {
        train(&lab, &format!("--name {name} --overwrite {more}")).succeeds();
        [lab.metric(name, "train", "loss"), lab.metric(name, "test", "loss")].concat()
    };
    let base = losses("base", "");
    assert_eq!(base.len(), 10);
    for seed in ["seed", "data.seed", "data.split_seed", "model.init.seed", "training.shuffle_seed"] {
        let other = losses("other", &format!("--set {seed}=7"));
        assert_eq!(other.len(), base.len(), "{seed}");
        for (number, (base, other)) in base.iter().zip(&other).enumerate() {
            assert!((base - other).abs() > 1e-6, "{seed}, loss {number}: {base} and {other}");
        }
    }
}

#[test]
fn the_resolved_configuration_gives_the_same_run_again() {
    let lab = lab();
    train(&lab, "--set training.optimizer.learning_rate=0.02 --set data.scale=random").succeeds();
    lab.emberlab("train artifacts/small/config.toml --name again").succeeds();
    assert!(results(&lab, "small") == results(&lab, "again"));
    let written = |run: &str| lab.read(&format!("artifacts/{run}/config.toml"));
    assert_eq!(written("again").replace("\"again\"", "\"small\""), written("small"));
}

#[test]
fn a_run_is_replaced_only_when_asked() {
    let lab = lab();
    train(&lab, "").succeeds();
    let before = results(&lab, "small");
    train(&lab, "--set seed=3").fails(
        2,
        "error: the run directory `artifacts/small` exists; choose another `--name`, go on with it with `--resume`, or replace it with `--overwrite`",
    );
    assert!(results(&lab, "small") == before);
    train(&lab, "--set seed=3 --overwrite").succeeds();
    assert!(results(&lab, "small") != before);
}

#[test]
fn a_folder_that_no_run_made_is_never_deleted() {
    let lab = lab();
    lab.write("artifacts/small/thesis.txt", "years of work");
    train(&lab, "--overwrite")
        .fails(2, "error: `artifacts/small` is no run directory and is left alone; choose another `--name`");
    assert_eq!(lab.read("artifacts/small/thesis.txt"), "years of work");
}

#[test]
fn what_is_left_of_a_run_that_was_being_deleted_is_replaced() {
    for gone in [&["run.json"][..], &["run.json", "config.toml"], &["config.toml", "checkpoints"]] {
        let lab = lab();
        train(&lab, "").succeeds();
        let expected = results(&lab, "small");
        for name in gone {
            let path = lab.path(&format!("artifacts/small/{name}"));
            if path.is_dir() {
                std::fs::remove_dir_all(path).unwrap()
            } else {
                std::fs::remove_file(path).unwrap()
            }
        }
        train(&lab, "--overwrite").succeeds();
        assert!(results(&lab, "small") == expected);
    }
}

#[test]
fn a_run_without_its_configuration_never_begins_again_without_a_word() {
    let lab = lab();
    train(&lab, "").succeeds();
    let expected = results(&lab, "small");
    std::fs::remove_file(lab.path("artifacts/small/config.toml")).unwrap();
    let said = train(&lab, "--resume");
    assert_eq!(said.code, 0);
    assert!(said.stderr.starts_with("warning: `artifacts/small/config.toml` "), "{}", said.stderr);
    assert!(results(&lab, "small") == expected);
    std::fs::remove_file(lab.path("artifacts/small/config.toml")).unwrap();
    std::fs::remove_dir_all(lab.path("artifacts/small/checkpoints")).unwrap();
    let said = train(&lab, "--resume");
    let warning =
        "warning: the run `artifacts/small` has no `config.toml` and no checkpoint; it begins again\n";
    assert_eq!((said.code, said.stderr.as_str()), (0, warning));
    assert!(results(&lab, "small") == expected);
}

#[test]
fn a_run_that_was_killed_before_it_began_is_in_nobodys_way() {
    for how in ["", "--resume", "--overwrite"] {
        let lab = lab();
        lab.write("artifacts/small/.lock", "").write("artifacts/small/.emberlab-half", "{");
        lab.write("artifacts/.emberlab-replaced-x/checkpoints/1.ckpt", "");
        train(&lab, how).succeeds();
        assert!(!files(&lab, "").iter().any(|name| name.starts_with('.')));
        assert!(!files(&lab, "small").contains(&".emberlab-half".to_owned()));
    }
}

#[test]
fn a_run_that_cannot_begin_leaves_nothing() {
    let lab = lab();
    lab.write(
        "other.toml",
        CONFIG
            .replace("synthetic", "csv")
            .replace("n_samples = 60\nn_features = 4", "file = \"missing.csv\"\nlabel = \"y\""),
    );
    assert_eq!(lab.emberlab("train other.toml").code, 3);
    assert!(!lab.exists("artifacts"));
}

/// Several processes that replace or resume one run.
#[test]
fn of_several_processes_on_one_run_one_works_and_the_others_say_so() {
    let lab = lab();
    train(&lab, "").succeeds();
    let expected = results(&lab, "small");
    for how in ["--overwrite", "--resume"] {
        let processes: Vec<_> = (0..6).map(|_| lab.start(&format!("train small.toml {how}"))).collect();
        let mut worked = 0;
        for process in processes {
            let said = process.ends();
            match said.code {
                0 => worked += 1,
                2 => {
                    let wanted = "error: another process works on the run ";
                    assert!(said.stderr.starts_with(wanted), "{}", said.stderr)
                }
                code => panic!("{code} {}", said.stderr),
            }
        }
        assert!(worked >= 1);
        assert!(results(&lab, "small") == expected, "{how}");
        assert_eq!(files(&lab, ""), ["small"]);
    }
}

#[test]
fn every_command_that_opens_a_run_clears_away_what_killed_commands_were_writing() {
    let lab = lab();
    train(&lab, "").succeeds();
    lab.write("rows.csv", "f0,f1,f2,f3\n0,0,0,0\n");
    for command in [
        "evaluate small",
        "predict small rows.csv",
        "export small --format mpk",
        "report small",
        "train small.toml --resume",
    ] {
        let folders = ["", "checkpoints/", "plots/"];
        for folder in folders {
            lab.write(&format!("artifacts/small/{folder}.emberlab-half"), "half");
        }
        lab.emberlab(command).succeeds();
        for folder in folders {
            assert!(!lab.exists(&format!("artifacts/small/{folder}.emberlab-half")), "{command}: {folder}");
        }
    }
    // So does what writes elsewhere.
    lab.write(".emberlab-half", "").write("out/.emberlab-half", "");
    lab.emberlab("export small --format mpk").succeeds();
    lab.emberlab("data export small.toml --out out").succeeds();
    assert!(!lab.exists(".emberlab-half") && !lab.exists("out/.emberlab-half"));
}

#[test]
fn a_folder_that_cannot_be_made_is_one_line() {
    let lab = lab();
    lab.write("file", "");
    let said = train(&lab, "--artifacts file/below");
    assert_eq!(said.code, 4);
    assert_eq!(said.stderr.lines().count(), 1, "{}", said.stderr);
    assert!(said.stderr.starts_with("error: cannot write `file/below`: "), "{}", said.stderr);
}

#[test]
fn a_loss_that_is_no_number_ends_the_run_and_says_so() {
    let lab = lab();
    let said = train(&lab, "--set training.optimizer.kind=sgd --set training.optimizer.learning_rate=1e30");
    assert_eq!(said.code, 4);
    let line = said.stderr.trim_end();
    assert!(line.starts_with("error: the loss is "), "{line}");
    let advice = "try a smaller `training.optimizer.learning_rate`, or limit the gradients with \
                  `training.optimizer.clip_norm`";
    assert!(line.ends_with(advice), "{line}");
    let record: Value = serde_json::from_str(&lab.read("artifacts/small/run.json")).unwrap();
    assert_eq!(record["outcome"], "failed");
    assert!(record["updates"].as_u64().unwrap() >= lab.metric("small", "train", "loss").len() as u64);
}

/// The decay multiplies the weights by -8 with each update, until they become NaN or infinite.
const DIVERGES: &str = "--set training.optimizer.kind=sgd --set training.optimizer.learning_rate=1 \
                        --set training.optimizer.weight_decay=9 --set training.epochs=40 \
                        --set training.checkpoint.every_epochs=1";

#[test]
fn a_run_that_diverges_keeps_its_last_good_checkpoint() {
    let lab = lab();
    let said = train(&lab, DIVERGES);
    assert_eq!(said.code, 4, "{}", said.stderr);
    let record: Value = serde_json::from_str(&lab.read("artifacts/small/run.json")).unwrap();
    assert_eq!(record["outcome"], "failed");
    assert!(!lab.exists("artifacts/small/model.safetensors"));
    let mut checkpoints = files(&lab, "small/checkpoints");
    checkpoints.sort();

    let said = train(&lab, &format!("{DIVERGES} --set training.on_divergence=restore --name restored"));
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(said.stderr.starts_with("warning: "), "{}", said.stderr);
    assert!(said.stderr.ends_with("; the weights are those from before it\n"), "{}", said.stderr);
    let record: Value = serde_json::from_str(&lab.read("artifacts/restored/run.json")).unwrap();
    assert_eq!(record["outcome"], "finished");
    assert!(record["diverged"].as_str().unwrap().contains(" at update "));
    let updates = record["updates"].as_u64().unwrap();
    assert_eq!(checkpoints.last().unwrap(), &format!("{updates:012}.ckpt"));
    assert!(record["metrics"]["test"]["loss"].as_f64().unwrap().is_finite());
    let said = lab.emberlab("evaluate restored --json").succeeds();
    let scored: Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(scored["loss"], record["metrics"]["test"]["loss"]);

    // A checkpoint that the run was not resumed from is not gone back to.
    let metrics = lab.read("artifacts/restored/metrics.csv").replacen("loss", "lost", 1);
    lab.write("artifacts/restored/metrics.csv", metrics);
    let again = DIVERGES.replace("every_epochs=1", "every_epochs=1000");
    let said = train(&lab, &format!("{again} --set training.on_divergence=restore --name restored --resume"));
    assert!(said.stderr.contains("so the run begins again at update 0"), "{}", said.stderr);
    assert_eq!(said.code, 4, "{}", said.stderr);

    // Without a checkpoint there is nothing to restore.
    let rate = "--set training.optimizer.kind=sgd --set training.optimizer.learning_rate=1e30";
    assert_eq!(train(&lab, &format!("{rate} --set training.on_divergence=restore --name none")).code, 4);
}

#[test]
fn a_run_that_diverges_in_its_last_update_fails_and_its_weights_are_not_the_best() {
    let lab = lab();
    let record = |name: &str| -> Value {
        serde_json::from_str(&lab.read(&format!("artifacts/{name}/run.json"))).unwrap()
    };
    let once = "--set training.optimizer.kind=sgd --set training.batch_size=full --set training.epochs=1";
    let said = train(&lab, &format!("{once} --set training.optimizer.learning_rate=1e30 --name test"));
    assert_eq!(said.code, 4, "{}", said.stderr);
    assert!(said.stderr.contains("the test loss is NaN at update 1"), "{}", said.stderr);
    assert_eq!(record("test")["outcome"], "failed");

    let validated = format!("{once} --set data.validation_fraction=0.3 --set training.on_divergence=restore");
    for rate in ["1e30", "1e39"] {
        let rate = format!("--set training.optimizer.learning_rate={rate} --name v{rate}");
        assert_eq!(train(&lab, &format!("{validated} {rate}")).code, 4);
    }
    // The weights before are kept, even where accuracy is compared, which is a number for logits that are none.
    let growth =
        "--set training.schedule.growth={start=1,end=1e32,updates=3} --set training.schedule.kind=growth";
    let said = train(
        &lab,
        &format!(
            "{validated} --set training.epochs=3 --set training.select=accuracy {growth} \
             --set training.optimizer.learning_rate=0.01 --name grows"
        ),
    );
    assert_eq!(said.code, 0, "{}", said.stderr);
    let grows = record("grows");
    assert!(grows["metrics"]["test"]["loss"].as_f64().unwrap().is_finite());
    assert!(grows["diverged"].as_str().unwrap().contains(" at update "), "{grows}");
}

#[test]
fn a_first_loss_that_is_not_finite_is_not_blamed_on_the_steps() {
    let lab = lab();
    let said = train(&lab, "--set data.scale=1e300 --name large");
    assert_eq!(said.code, 4);
    assert!(said.stderr.contains("before a step was made: the inputs"), "{}", said.stderr);
    assert_eq!(lab.emberlab("report large").code, 0);
    let page = lab.read("artifacts/large/report.html");
    assert!(page.contains("accuracy") && !lab.exists("artifacts/large/plots/loss.png"));
    let why = lab.emberlab("why large").succeeds().stdout;
    assert!(why.contains("No step was made before it") && !why.contains("clip_norm"), "{why}");
}

#[test]
fn without_a_terminal_there_is_one_readable_line_per_epoch() {
    let lab = lab();
    let said = train(&lab, "").succeeds();
    let mut lines: Vec<&str> = said.stdout.lines().collect();
    let epochs: Vec<&str> = lines.iter().copied().filter(|line| line.starts_with("epoch ")).collect();
    assert_eq!(epochs.len(), 3);
    assert!(epochs[1].starts_with("epoch 2/3  update 6/9  loss 0."), "{}", epochs[1]);
    assert!(epochs[1].ends_with(" %"));
    let summary = lines.split_off(3 + 3);
    assert_eq!(summary[..2], ["", "                       last      best  in epoch"]);
    let last = epochs[2].split_once("loss ").unwrap().1.split_once(' ').unwrap().0;
    assert!(summary[2].starts_with(&format!("training loss      {last}  0.")), "{}", summary[2]);
    assert!(summary[5].starts_with("test accuracy       "), "{}", summary[5]);
    let next = [
        "",
        "run    artifacts/small",
        "next   emberlab evaluate artifacts/small",
        "       emberlab report artifacts/small",
        "       emberlab train artifacts/small/config.toml --name again",
    ];
    assert_eq!(summary[6..], next);
}

#[test]
fn log_every_sets_the_updates_from_line_to_line() {
    let lab = lab();
    let said = train(&lab, "--set training.log_every=4").succeeds();
    let updates: Vec<&str> = said
        .stdout
        .lines()
        .filter(|line| line.starts_with("epoch "))
        .map(|line| line.split_whitespace().nth(3).unwrap())
        .collect();
    assert_eq!(updates, ["4/9", "8/9", "9/9"]);
}

#[test]
fn no_dashboard_says_only_what_came_of_it() {
    let lab = lab();
    let said = train(&lab, "--dashboard none").succeeds();
    assert!(said.stdout.starts_with("\n                       last "), "{}", said.stdout);
    train(&lab, "--dashboard tui --name other")
        .fails(2, "error: `--dashboard tui` needs a terminal; without one, take `--dashboard plain`");
    assert!(!lab.exists("artifacts/other"));
}

/// Starts a long run and stops it with a signal when it has begun to record.
#[cfg(unix)]
#[test]
fn a_signal_ends_the_run_at_the_next_update_with_weights_and_exit_code_130() {
    for signal in [Signal::INT, Signal::TERM] {
        let lab = lab();
        let mut child = lab.start("train small.toml --set training.epochs=1000000");
        child.wait_until("less than 1000 bytes of metrics", || {
            lab.exists("artifacts/small/metrics.csv") && lab.read("artifacts/small/metrics.csv").len() >= 1000
        });
        child.signal(signal);
        assert_eq!(child.ends().code, 130);
        let record: Value = serde_json::from_str(&lab.read("artifacts/small/run.json")).unwrap();
        assert_eq!(record["outcome"], "interrupted");
        let updates = lab.metric("small", "train", "loss").len();
        assert_eq!(record["updates"], updates);
        assert!(lab.exists("artifacts/small/model.safetensors"));
    }
}

/// With autodiff, Burn keeps a graph of the computation until the backward pass; by hand there is no graph.
#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_with_the_updates() {
    let lab = lab();
    let more =
        "--dashboard none --set training.epochs=1000000 --set training.batch_size=1 --set model.gradient=";
    for gradient in ["manual", "autodiff"] {
        let arguments = format!("train small.toml --name {gradient} {more}{gradient}");
        let mut child = lab.start(&arguments);
        let metrics = lab.path(&format!("artifacts/{gradient}/metrics.csv"));
        let size = || std::fs::metadata(&metrics).map_or(0, |metadata| metadata.len());
        let mut resident_when_written = |bytes| {
            child.wait_until("fewer metrics than wanted", || size() >= bytes);
            let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
            let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
            line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
        };
        let (early, late) = (resident_when_written(1_000_000), resident_when_written(4_000_000));
        child.kill();
        assert!(late - early < 16.0, "from {early} to {late} MB by {gradient}");
    }
}

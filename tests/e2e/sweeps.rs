//! Sweeps that draw settings, that halve them, and whose runs are trained elsewhere.

use crate::many_runs::CONFIG;
use crate::process::{Process, Said};
use crate::support::{Lab, json};
use serde_json::Value;
use std::process::Command;

fn lab() -> Lab {
    let lab = Lab::new();
    lab.write("table.toml", CONFIG.replace("epochs = 3", "epochs = 9"));
    lab
}

fn items(said: &Said) -> Vec<Value> {
    json(&said.stdout).as_array().unwrap().clone()
}

const GRID: &str = "sweep table.toml --grid training.optimizer.learning_rate=0.01,0.1 --grid model.hidden=[3],[4,2] --seeds 2";

#[test]
fn runs_of_a_list_that_others_train_are_collected_as_the_sweep_ranks_them() {
    let here = lab();
    let ranking = here.emberlab(&format!("{GRID} --json")).succeeds().stdout;
    let there = lab();
    let list = there.emberlab(&format!("{GRID} --list")).succeeds().stdout;
    assert_eq!(list.lines().count(), 8);
    assert!(!there.exists("artifacts"), "a list trains nothing");
    let said = there.emberlab(&format!("{GRID} --collect"));
    assert_eq!(said.code, 4);
    assert!(said.stderr.starts_with("error: run 0001: has not finished\n"), "{}", said.stderr);
    there.write("list.sh", &list);
    // GNU parallel's way, with a tool that every system has.
    let mut shell = Command::new("sh");
    shell.args(["-c", "tr '\\n' '\\0' < list.sh | xargs -0 -n 1 -P 2 sh -c"]).current_dir(there.path(""));
    Process::start(&mut shell).ends().succeeds();
    let collected = there.emberlab(&format!("{GRID} --collect --json")).succeeds().stdout;
    assert_eq!(collected, ranking);
    // The sweep itself has nothing left to do.
    let said = there.emberlab(GRID).succeeds().stdout;
    assert!(said.contains("8 runs, 8 of them done"), "{said}");
    assert!(
        said.ends_with("files  ranking.csv, ranking.svg, ranking.png in artifacts/table-sweep\n"),
        "{said}"
    );
    let table = there.read("artifacts/table-sweep/ranking.csv");
    let header = "rank,data,training.optimizer.learning_rate,model.hidden,by,value,deviation,loss,";
    assert!(table.starts_with(header) && table.lines().count() == 5, "{table}");
}

#[test]
fn ranges_are_drawn_and_drawn_alike_the_next_time() {
    let lab = lab();
    let sweep = "sweep table.toml --log-range training.optimizer.learning_rate=0.01..1 --range training.batch_size=5..20 \
                 --random 4 --json";
    let ranks = items(&lab.emberlab(sweep).succeeds());
    let value = |rank: &Value, key: &str| -> f64 {
        let settings = rank["settings"].as_array().unwrap();
        let setting = settings.iter().find(|setting| setting[0] == key).unwrap();
        setting[1].as_str().unwrap().parse().unwrap()
    };
    assert_eq!(ranks.len(), 4);
    for rank in &ranks {
        assert!((0.01..=1.0).contains(&value(rank, "training.optimizer.learning_rate")));
        let batch_size = value(rank, "training.batch_size");
        assert!((5.0..=20.0).contains(&batch_size) && batch_size.fract() == 0.0);
    }
    assert_eq!(items(&lab.emberlab(sweep).succeeds()), ranks);
    assert!(lab.read("artifacts/table-sweep/ranking.svg").contains("learning_rate"));
}

#[test]
fn halving_trains_the_best_for_longer() {
    let lab = lab();
    let sweep = "sweep table.toml --grid training.optimizer.learning_rate=1e-6,1e-5,1e-4,0.001,0.01,0.1,0.2,0.3,0.4 --halving 3";
    let rungs = items(&lab.emberlab(&format!("{sweep} --json")).succeeds());
    let shape = |rung: &Value| (rung["epochs"].as_u64().unwrap(), rung["settings"].as_array().unwrap().len());
    assert_eq!(rungs.iter().map(shape).collect::<Vec<_>>(), [(1, 9), (3, 3), (9, 1)]);
    for (rung, next) in rungs.iter().zip(&rungs[1..]) {
        let names = |rung: &Value, n: usize| {
            let settings = rung["settings"].as_array().unwrap();
            let mut names: Vec<String> =
                settings.iter().take(n).map(|one| one["settings"].to_string()).collect();
            names.sort();
            names
        };
        let n = shape(next).1;
        assert_eq!(names(next, n), names(rung, n), "the best of a rung go on");
    }
    // A run of the last rung is the run that its settings make anywhere.
    let best = rungs[2]["settings"][0]["settings"][0][1].as_str().unwrap().to_owned();
    let run = rungs[2]["settings"][0]["runs"][0].as_str().unwrap().to_owned();
    lab.emberlab(&format!("train table.toml --set training.optimizer.learning_rate={best}")).succeeds();
    let weights = |run: &str| lab.bytes(&format!("artifacts/{run}/model.safetensors"));
    assert!(weights("table") == weights(&format!("table-sweep/{run}")));
    let said = lab.emberlab(sweep).succeeds().stdout;
    assert!(said.contains("rung 3 of 3, settings: 1, epochs: 9\n"), "{said}");
    assert!(said.contains("9 runs, 9 of them done"), "{said}");
}

#[test]
fn a_halving_whose_settings_cannot_be_ranked_fails() {
    let lab = lab();
    let tried = "--grid training.label_smoothing=0,0.1,0.2,0.3 --halving 2 --unset data.validation_fraction";
    let said = lab.emberlab(&format!("sweep table.toml {tried}"));
    assert_eq!(said.code, 2, "{}", said.stdout);
    assert!(
        said.stderr.contains("error: the settings cannot be ranked, so that none is trained"),
        "{}",
        said.stderr
    );
    // Large whole bounds are no powers of ten.
    let said =
        lab.emberlab("sweep table.toml --range training.shuffle_seed=1000000..2000000 --random 2 --list");
    assert_eq!(said.code, 0, "{}", said.stderr);
}

#[test]
fn mistakes_in_ranges_are_found_before_the_first_run() {
    let lab = lab();
    for (arguments, wanted) in [
        ("--range seed=1..9", "error: a range has no end of values; say how many to draw with `--random N`"),
        (
            "--grid training.epochs=2,4 --halving 2",
            "error: `--halving` sets `training.epochs` itself; leave it out of the keys that are tried",
        ),
        ("--grid seed=1,2 --range seed=1..9 --random 2", "error: the key `seed` is given twice"),
        ("--grid name=a,b", "error: the sweep sets `name` itself; leave it out of the keys that are tried"),
        (
            "--grid seed=1,9 --seeds 2",
            "error: `--seeds` sets `seed` itself; leave it out of the keys that are tried",
        ),
    ] {
        lab.emberlab(&format!("sweep table.toml {arguments}")).fails(2, wanted);
    }
    for arguments in [
        "--range seed=9..1 --random 2",
        "--log-range seed=0..1 --random 2",
        "--grid seed=1,2 --halving 1",
        "--random 2",
    ] {
        assert_eq!(lab.emberlab(&format!("sweep table.toml {arguments}")).code, 2, "{arguments}");
    }
    assert!(!lab.exists("artifacts"));
}

//! Commands about several runs: `runs`, `compare` and `sweep`.

use crate::process::{Process, wait_until};
use crate::support::{Lab, json};
#[cfg(unix)]
use rustix::process::Signal;
use std::collections::BTreeMap;
use std::fs;
use std::thread::sleep;
use std::time::{Duration, SystemTime};

pub const CONFIG: &str = r#"
name = "table"
[data]
source = "synthetic"
n_samples = 120
n_features = 4
validation_fraction = 0.25
[model]
kind = "mlp"
hidden = [4]
init = { scheme = "xavier-uniform" }
[training]
epochs = 3
batch_size = 10
[training.optimizer]
learning_rate = 0.1
"#;

fn lab() -> Lab {
    let lab = Lab::new();
    lab.write("table.toml", CONFIG);
    lab
}

#[test]
fn runs_are_listed_with_what_came_of_them() {
    let lab = lab();
    assert_eq!(lab.emberlab("runs").succeeds().stdout, "no runs in artifacts\n");
    lab.emberlab("train table.toml").succeeds();
    lab.emberlab("train table.toml --name other --set training.epochs=2").succeeds();
    lab.emberlab("train table.toml --name worse --set training.optimizer.learning_rate=1e30");
    // A run that says it goes on, while nobody works on it.
    let record = lab.read("artifacts/other/run.json").replace("\"finished\"", "\"running\"");
    lab.write("artifacts/other/run.json", record);
    lab.write("artifacts/broken/run.json", "{").write("artifacts/notes.txt", "");
    let said = lab.emberlab("runs");
    assert_eq!(said.code, 0);
    assert!(said.stderr.starts_with("warning: `artifacts/broken/run.json` is damaged: "), "{}", said.stderr);
    assert_eq!(said.stderr.lines().count(), 1);
    let words: Vec<Vec<&str>> =
        said.stdout.lines().map(|line| line.split_whitespace().take(3).collect()).collect();
    assert_eq!(words[1], ["other", "killed", "14"]);
    assert_eq!(words[2], ["table", "finished", "21"]);
    assert_eq!(words[3][..2], ["worse", "failed"]);
    // A run that was moved aside to be deleted is none.
    lab.write("artifacts/.emberlab-replaced-x/run.json", lab.read("artifacts/table/run.json"));
    let listed = json(&lab.emberlab("runs --json").stdout);
    assert_eq!(listed.as_array().unwrap().len(), 3);
    assert_eq!(listed[0]["outcome"], "killed");
    let record = json(&lab.read("artifacts/table/run.json"));
    assert_eq!(listed[1]["metrics"], record["metrics"]);
}

#[test]
fn a_comparison_tells_the_settings_that_differ_and_draws_the_curves() {
    let lab = lab();
    lab.emberlab("train table.toml").succeeds();
    lab.emberlab("train table.toml --name other --set training.epochs=2 --set model.hidden=[5]").succeeds();
    let comparison = json(&lab.emberlab("compare table other --json").succeeds().stdout);
    let differences = serde_json::json!({ "model.hidden": ["[4]", "[5]"], "training.epochs": ["3", "2"] });
    assert_eq!(comparison["differences"], differences);
    assert_eq!(lab.emberlab("compare table artifacts/other --metric accuracy").code, 2);
    let said = lab.emberlab("compare table artifacts/other --plot curves.png --metric accuracy").succeeds();
    assert!(said.stdout.contains("\ntraining.epochs      3      2\n"), "{}", said.stdout);
    let picture = image::open(lab.path("curves.png")).unwrap().into_rgb8();
    for colour in [[0, 114, 178], [213, 94, 0]] {
        assert!(picture.pixels().any(|pixel| pixel.0 == colour), "the curve of a run is not there");
    }
    lab.write("artifacts/other/metrics.csv", "split,epoch\ntrain,x\n");
    assert_eq!(lab.emberlab("compare table other --plot curves.png").code, 3);
}

#[test]
fn shells_learn_to_complete_the_commands() {
    for shell in ["bash", "zsh", "fish"] {
        let said = Lab::new().emberlab(&format!("completions {shell}")).succeeds();
        assert!(said.stdout.contains("emberlab") && said.stdout.contains("gradcheck"));
    }
}

const SWEEP: &str = "sweep table.toml --grid training.optimizer.learning_rate=0.01,0.1,0.3 --grid model.hidden=[3],[6] --seeds 2";

fn run_names() -> Vec<String> {
    (1..=12).map(|number| format!("{number:04}")).collect()
}

#[test]
fn a_sweep_trains_every_combination_with_every_seed_and_ranks_them() {
    let lab = lab();
    let ranks = json(&lab.emberlab(&format!("{SWEEP} --json")).succeeds().stdout);
    let ranks = ranks.as_array().unwrap();
    assert_eq!(ranks.len(), 6);
    let mut losses = Vec::new();
    let mut seen = BTreeMap::new();
    for rank in ranks {
        let runs: Vec<&str> =
            rank["runs"].as_array().unwrap().iter().map(|run| run.as_str().unwrap()).collect();
        let values: Vec<f64> = runs
            .iter()
            .map(|run| {
                let record = json(&lab.read(&format!("artifacts/table-sweep/{run}/run.json")));
                record["metrics"]["validation"]["loss"].as_f64().unwrap()
            })
            .collect();
        let [a, b] = values[..] else { panic!("{runs:?}") };
        let (mean, deviation) = ((a + b) / 2.0, (a - b).abs() / 2f64.sqrt());
        assert!((rank["loss"]["mean"].as_f64().unwrap() - mean).abs() < 1e-6);
        assert!((rank["loss"]["deviation"].as_f64().unwrap() - deviation).abs() < 1e-6);
        losses.push(mean);
        seen.insert(rank["settings"].to_string(), runs.join(" "));
    }
    assert!(losses.is_sorted() && seen.len() == 6);
    // A run of the sweep is the run that its settings make anywhere.
    lab.emberlab(
        "train table.toml --set training.optimizer.learning_rate=0.1 --set model.hidden=[3] --set seed=43",
    )
    .succeeds();
    let weights = |run: &str| lab.bytes(&format!("artifacts/{run}/model.safetensors"));
    assert!(weights("table") == weights("table-sweep/0006"));
    let said = lab.emberlab(SWEEP).succeeds();
    assert!(
        said.stdout.starts_with("sweep  artifacts/table-sweep, 12 runs, 12 of them done, "),
        "{}",
        said.stdout
    );
}

fn finished(lab: &Lab) -> BTreeMap<String, SystemTime> {
    let done = run_names().into_iter().filter_map(|name| {
        let path = lab.path(&format!("artifacts/table-sweep/{name}/run.json"));
        let text = fs::read_to_string(&path).ok()?;
        text.contains("\"finished\"").then(|| (name, fs::metadata(&path).unwrap().modified().unwrap()))
    });
    done.collect()
}

#[test]
fn a_sweep_that_is_killed_goes_on_with_what_is_left() {
    let lab = lab();
    let long = format!("{SWEEP} --set training.epochs=400");
    let mut child = lab.start(&long);
    child.wait_until("fewer than 3 runs are done", || finished(&lab).len() >= 3);
    child.kill();
    let before = finished(&lab);
    lab.emberlab(&long).succeeds();
    let after = finished(&lab);
    assert_eq!(after.keys().cloned().collect::<Vec<_>>(), run_names());
    for (name, time) in before {
        assert_eq!(after[&name], time, "run {name} was done and was done again");
    }
}

#[cfg(unix)]
#[test]
fn a_sweep_that_is_stopped_says_how_to_go_on() {
    let lab = lab();
    let long = format!("{SWEEP} --set training.epochs=100000");
    let mut child = lab.start(&long);
    child.wait_until("no metrics", || lab.exists("artifacts/table-sweep/0001/metrics.csv"));
    sleep(Duration::from_millis(100));
    child.signal(Signal::TERM);
    assert_eq!(child.ends().code, 130);
    let record = json(&lab.read("artifacts/table-sweep/0001/run.json"));
    assert_eq!(record["outcome"], "interrupted");
}

/// The ranking of a sweep as JSON, without the durations.
fn ranking(said: &str) -> Vec<(String, String)> {
    let ranks = json(said);
    let ranks = ranks.as_array().unwrap().iter();
    ranks.map(|rank| (rank["settings"].to_string(), rank["loss"].to_string())).collect()
}

/// The outcome of each started run of the sweep. The second may start before the first.
fn outcomes(lab: &Lab) -> BTreeMap<String, String> {
    let records = run_names().into_iter().filter_map(|name| {
        let text = fs::read_to_string(lab.path(&format!("artifacts/table-sweep/{name}/run.json"))).ok()?;
        let outcome = json(&text)["outcome"].as_str().unwrap().to_owned();
        Some((name, outcome))
    });
    records.collect()
}

/// Whether a run has ended in one way.
fn has_outcome(outcomes: &BTreeMap<String, String>, wanted: &str) -> bool {
    outcomes.values().any(|outcome| outcome == wanted)
}

/// A sweep that takes some seconds.
const LONG: &str = "sweep table.toml --grid training.optimizer.learning_rate=0.01,0.1 --grid model.hidden=[3],[6] \
                    --jobs 2 --json --set training.epochs=1500";

/// Starts a sweep in a process group of its own, as a shell does, and waits until some of its runs train.
#[cfg(unix)]
fn start_group(lab: &Lab, arguments: &str) -> Process {
    use std::os::unix::process::CommandExt;
    let mut command = lab.command(&arguments.split_whitespace().collect::<Vec<_>>());
    let mut child = Process::start(command.process_group(0));
    child.wait_until("no run is at work", || has_outcome(&outcomes(lab), "running"));
    child
}

#[cfg(unix)]
#[test]
fn ctrl_c_on_a_terminal_stops_the_runs_of_a_sweep_with_their_checkpoints() {
    let undisturbed = lab();
    let expected = ranking(&undisturbed.emberlab(LONG).succeeds().stdout);
    let lab = lab();
    for pause in [0, 100, 300] {
        let child = start_group(&lab, LONG);
        sleep(Duration::from_millis(pause));
        // A terminal sends the signal to every process of the group.
        child.signal_group(Signal::INT);
        assert_eq!(child.ends().code, 130);
        let outcomes = outcomes(&lab);
        assert!(has_outcome(&outcomes, "interrupted"), "{outcomes:?}");
        assert!(
            outcomes.values().all(|outcome| ["interrupted", "finished"].contains(&outcome.as_str())),
            "{outcomes:?}"
        );
        for name in outcomes.keys() {
            let checkpoints = lab.path(&format!("artifacts/table-sweep/{name}/checkpoints"));
            assert!(fs::read_dir(checkpoints).unwrap().count() > 0, "run {name} has no checkpoint");
        }
    }
    assert_eq!(ranking(&lab.emberlab(LONG).succeeds().stdout), expected);
    let weights = |lab: &Lab, run| lab.bytes(&format!("artifacts/table-sweep/{run}/model.safetensors"));
    assert!(weights(&lab, "0001") == weights(&undisturbed, "0001"));
}

#[cfg(unix)]
#[test]
fn runs_end_with_a_checkpoint_when_their_sweep_is_killed_and_the_next_one_waits_for_them() {
    let lab = lab();
    let endless = LONG.replace("1500", "1000000");
    start_group(&lab, &endless).kill();
    wait_until(|| !has_outcome(&outcomes(&lab), "running"), || format!("{:?}", outcomes(&lab)));
    assert!(outcomes(&lab).values().all(|outcome| outcome == "interrupted"), "{:?}", outcomes(&lab));

    // Another one begins at once after it was killed, while the runs of the first still read their data.
    let lab = self::lab();
    let slow =
        format!("{LONG} --set data.n_samples=30000 --set training.epochs=1 --set training.batch_size=5000");
    let mut child = lab.start(&slow);
    child.wait_until("no run has begun", || lab.exists("artifacts/table-sweep/0001"));
    child.kill();
    let said = lab.emberlab(&slow);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert_eq!(ranking(&said.stdout).len(), 4);
}

#[test]
fn sweeps_of_one_folder_work_one_after_another_and_rank_alike() {
    let lab = lab();
    let quick = LONG.replace("1500", "30");
    let sweeps: Vec<_> = (0..6).map(|_| lab.start(&quick)).collect();
    let mut rankings = Vec::new();
    for sweep in sweeps {
        let said = sweep.ends();
        assert_eq!(said.code, 0, "{}", said.stderr);
        assert!(said.stderr.lines().count() <= 1, "{}", said.stderr);
        rankings.push(ranking(&said.stdout));
    }
    assert_eq!(rankings[0].len(), 4);
    assert!(rankings.iter().all(|ranking| *ranking == rankings[0]));

    let held = fs::File::create(lab.path("artifacts/table-sweep/.lock")).unwrap();
    held.lock().unwrap();
    let mut waiting = lab.start(&quick.replace("--json ", ""));
    waiting.wait_for("waiting for another sweep");
    assert!(waiting.is_running());
    held.unlock().unwrap();
    let said = waiting.ends().succeeds();
    let mut lines = said.stdout.lines();
    let wanted = "sweep  artifacts/table-sweep, waiting for another sweep that is at work there";
    assert_eq!(lines.next(), Some(wanted));
    let wanted = "sweep  artifacts/table-sweep, 4 runs, 4 of them done, 2 at a time";
    assert_eq!(lines.next(), Some(wanted));
}

#[cfg(unix)]
#[test]
fn a_run_of_a_sweep_that_is_killed_is_told_and_the_others_are_ranked() {
    let lab = lab();
    // The second run takes long enough to be found and killed.
    let sweep = "sweep table.toml --grid training.epochs=2,1000000 --jobs 2";
    let mut child = lab.start(sweep);
    child.wait_until("the first run is not done", || outcomes(&lab).values().eq(["finished", "running"]));
    let id = child.id().to_string();
    let of_sweep = || Process::start(std::process::Command::new("pgrep").args(["-P", &id])).ends().stdout;
    child.wait_until("more than one run is at work", || of_sweep().lines().count() == 1);
    let run = rustix::process::Pid::from_raw(of_sweep().trim().parse().unwrap()).unwrap();
    rustix::process::kill_process(run, Signal::KILL).unwrap();
    let said = child.ends();
    assert_eq!(said.code, 4);
    assert!(said.stderr.starts_with("error: run 0002: ended with signal: 9"), "{}", said.stderr);
    let ranks: Vec<Vec<&str>> = said
        .stdout
        .lines()
        .skip_while(|line| !line.starts_with("rank"))
        .skip(1)
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!((ranks[0][..2].to_vec(), ranks[1][..3].to_vec()), (vec!["1", "2"], vec!["-", "1000000", "-"]));
    assert_eq!(
        lab.emberlab("runs --artifacts artifacts/table-sweep").succeeds().stdout.matches("killed").count(),
        1
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_sweep_works_in_a_folder_whose_name_is_not_utf_8() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let lab = lab();
    let mut sweep = lab.command(&["sweep", "table.toml", "--grid", "model.hidden=[2],[3]", "--artifacts"]);
    Process::start(sweep.arg(OsStr::from_bytes(b"caf\xe9"))).ends().succeeds();
    let folder = lab.path("").join(OsStr::from_bytes(b"caf\xe9/table-sweep"));
    assert!(folder.join("0002/model.safetensors").is_file());
}

#[test]
fn mistakes_are_found_before_the_first_run() {
    let lab = lab();
    for (arguments, wanted) in [
        (
            "--grid model.hidden=[3],[0]",
            "error: --set model.hidden=[0]: `model.hidden` is [0], must be a list of one or more items, each a whole number from 1",
        ),
        (
            "--grid model.hiden=[3]",
            "error: --set model.hiden=[3]: unknown key `model.hiden`, did you mean `hidden`?",
        ),
        ("--grid seed=1 --grid seed=2", "error: the key `seed` is given twice"),
    ] {
        lab.emberlab(&format!("sweep table.toml {arguments}")).fails(2, wanted);
    }
    assert_eq!(lab.emberlab("sweep table.toml --grid seed").code, 2);
    assert!(!lab.exists("artifacts"));
    // What is tried may be required, and threads may be asked for.
    let rates = "--unset training.optimizer.learning_rate --grid training.optimizer.learning_rate=0.1,0.2";
    lab.emberlab(&format!("sweep table.toml {rates} --list")).succeeds();
    for threads in ["--grid device.threads=2,3", "--set device.threads=2 --grid seed=1,2"] {
        let listed = lab.emberlab(&format!("sweep table.toml {threads} --jobs 2 --list")).succeeds().stdout;
        assert!(!listed.contains("device.threads=1"), "{listed}");
    }
    let listed = lab.emberlab("sweep table.toml --grid seed=1,2 --jobs 2 --list").succeeds().stdout;
    assert_eq!(listed.matches("device.threads=1").count(), 2, "{listed}");
    lab.emberlab("sweep table.toml --grid seed=1,2").succeeds();
    let wanted =
        "error: `artifacts/table-sweep/0001` is of another sweep; choose another `name`, or move it away";
    lab.emberlab("sweep table.toml --grid seed=3,4").fails(3, wanted);
}

#[test]
fn runs_of_a_sweep_that_fail_are_told_and_the_others_are_ranked() {
    let lab = lab();
    let said = lab.emberlab("sweep table.toml --grid training.optimizer.learning_rate=0.1,1e30");
    assert_eq!(said.code, 4);
    assert!(said.stderr.starts_with("error: run 0002: the loss is "), "{}", said.stderr);
    let best = said.stdout.lines().find(|line| line.starts_with("1 ")).unwrap();
    assert_eq!(best.split_whitespace().nth(1), Some("0.1"));
}

#[test]
fn a_sweep_ranks_by_what_can_be_compared() {
    let lab = lab();
    // Smoothing makes the loss that is minimised larger, and the ranking does not care.
    let sweep = "sweep table.toml --grid training.label_smoothing=0,0.2 --grid training.epochs=3,9 --json";
    let ranks = json(&lab.emberlab(sweep).succeeds().stdout);
    let losses: Vec<f64> =
        ranks.as_array().unwrap().iter().map(|rank| rank["loss"]["mean"].as_f64().unwrap()).collect();
    assert!(losses.is_sorted() && losses.len() == 4);
    assert_eq!((&ranks[3]["rank"], &ranks[3]["by"]), (&4.into(), &"validation-loss".into()));

    // Without a validation part it can only be told apart where one loss is minimised.
    lab.write(
        "table.toml",
        CONFIG.replace("validation_fraction = 0.25\n", "").replace("\"table\"", "\"bare\""),
    );
    let said = lab.emberlab("sweep table.toml --grid training.label_smoothing=0,0.2").succeeds().stdout;
    assert!(said.contains("\n-  "), "{said}");
    assert!(said.contains("\nnot ranked, for the runs minimise different losses"), "{said}");
    lab.write("table.toml", lab.read("table.toml").replace("\"bare\"", "\"rates\""));
    let said =
        lab.emberlab("sweep table.toml --grid training.optimizer.learning_rate=0.1,0.2").succeeds().stdout;
    assert!(said.contains("train loss") && !said.contains("not ranked"), "{said}");

    // Runs on other data are ranked apart.
    lab.write("table.toml", CONFIG.replace("\"table\"", "\"sizes\""));
    let sweep = "sweep table.toml --grid data.n_samples=80,120 --grid training.epochs=2,4";
    let said = lab.emberlab(sweep).succeeds().stdout;
    assert_eq!(said.lines().filter(|line| line.starts_with("1 ")).count(), 2, "{said}");
    assert!(
        said.contains(
            "\nruns on different data are ranked apart: their scores are not of the same samples\n"
        ),
        "{said}"
    );
}

#[test]
fn a_comparison_says_what_cannot_be_compared() {
    let lab = lab();
    lab.emberlab("train table.toml").succeeds();
    lab.emberlab("train table.toml --name smoothed --set training.label_smoothing=0.1").succeeds();
    lab.emberlab("train table.toml --name smaller --set data.n_samples=100").succeeds();
    let losses =
        "The runs differ in `training.label_smoothing`, so their training losses are different quantities; ";
    let data = "The runs were trained on different data, so their scores are not of the same samples.";
    for (runs, with_losses, with_data) in
        [("table smoothed", true, false), ("table smaller", false, true), ("smaller smoothed", true, true)]
    {
        let said = lab.emberlab(&format!("compare {runs} --html page.html")).succeeds().stdout;
        for text in [said, lab.read("page.html").replace("&quot;", "\"")] {
            assert_eq!(
                (text.contains(losses), text.contains(data)),
                (with_losses, with_data),
                "{runs}: {text}"
            );
        }
    }
}

#[test]
fn runs_are_listed_with_the_minute_they_started() {
    let lab = lab();
    lab.emberlab("train table.toml").succeeds();
    let shape = |text: &str| text.replace(|character: char| character.is_ascii_digit(), "0");
    let started =
        json(&lab.emberlab("runs --json").succeeds().stdout)[0]["started"].as_str().unwrap().to_owned();
    assert!(shape(&started).starts_with("0000-00-00T00:00:00"), "{started}");
    let shown = started[..16].replace('T', " ");
    assert!(lab.emberlab("runs").succeeds().stdout.contains(&shown));
    // Runs of earlier versions have no date.
    let record = lab.read("artifacts/table/run.json").replace("\"started\"", "\"before\"");
    lab.write("artifacts/table/run.json", record);
    assert!(!lab.emberlab("runs").succeeds().stdout.contains(&shown));
}

#[test]
fn accuracies_that_differ_by_chance_are_a_tie() {
    let lab = lab();
    lab.emberlab("train table.toml").succeeds();
    lab.emberlab("train table.toml --name other --set training.epochs=4").succeeds();
    lab.emberlab("train table.toml --name smaller --set data.n_samples=100").succeeds();
    let said = lab.emberlab("compare table other --html page.html").succeeds().stdout;
    let tie = "A tie: ";
    assert!(said.contains(tie) && said.contains(" by no more than chance on 30 test samples"), "{said}");
    assert!(lab.read("page.html").contains(tie) && lab.read("page.html").contains(", a tie with others"));
    assert!(!lab.emberlab("compare table smaller").succeeds().stdout.contains(tie));
}

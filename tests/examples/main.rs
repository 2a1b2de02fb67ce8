//! The examples of the crates, as their pages say, and the project of `emberlab new`.
//!
//! Cargo builds examples for `cargo test` of a whole package or workspace, which is how these tests find them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The files that must be equal at the end of a run that was killed and one that was not.
const ENDS: [&str; 4] = ["metrics.csv", "histograms.csv", "model.safetensors", "predictions.csv"];
/// How long a run may take to write its first checkpoint.
const PATIENCE: Duration = Duration::from_secs(60);

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn emberlab() -> Command {
    Command::new(env!("CARGO_BIN_EXE_emberlab"))
}

/// The command of an example.
fn example(name: &str) -> Command {
    let folder = Path::new(env!("CARGO_BIN_EXE_emberlab")).parent().unwrap().join("examples");
    let path = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(path.is_file(), "{} is not built; run `cargo build --workspace --examples`", path.display());
    Command::new(path)
}

/// What a command printed, which must succeed.
fn printed(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(status.success(), "{command:?}: {status}\n{said}");
    said
}

fn module(folder: &Path) -> Command {
    let mut command = example("module");
    command.current_dir(folder).arg(root().join("crates/cli/examples/module.toml"));
    command.args(["--dashboard", "plain"]);
    command
}

#[test]
fn a_module_of_a_program_trains_and_has_a_report() {
    let folder = TempDir::new().unwrap();
    let said = printed(&mut module(folder.path()));
    assert!(said.contains("model  GatedOf { n_features: 12, units: 16, n_classes: 3 }"), "{said}");
    let record: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.path().join("artifacts/gated/run.json")).unwrap()).unwrap();
    // Layer norm 2 * 12, gate and value 12 * 16 + 16 each, output 16 * 3 + 3.
    assert_eq!(record["n_parameters"], 24 + 2 * 208 + 51);
    assert!(record["metrics"]["test"]["accuracy"].as_f64().unwrap() > 0.6, "{record:#}");
    let said = printed(emberlab().current_dir(folder.path()).args(["report", "gated"]));
    assert!(said.contains("the network of `gated` is built by a program"), "{said}");
    assert!(folder.path().join("artifacts/gated/report.html").is_file());
    // Only the program knows the network.
    let refused = emberlab().current_dir(folder.path()).args(["evaluate", "gated"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("`model.kind` is \"custom\": the network is built by a program"), "{said}");
}

#[test]
fn a_killed_run_of_a_module_ends_with_the_same_bytes() {
    let long = ["--set", "training.epochs=150", "--set", "training.checkpoint.every_minutes=0.0005"];
    let whole = TempDir::new().unwrap();
    printed(module(whole.path()).args(long));
    let killed = TempDir::new().unwrap();
    for kills in 1..=3 {
        let mut command = module(killed.path());
        command.args(long).arg("--resume").stdout(Stdio::null()).stderr(Stdio::null());
        let mut running = command.spawn().unwrap();
        let checkpoints = killed.path().join("artifacts/gated/checkpoints");
        let start = Instant::now();
        let newest =
            || fs::read_dir(&checkpoints).ok()?.filter_map(Result::ok).map(|entry| entry.path()).max();
        let before = newest();
        while newest() == before && running.try_wait().unwrap().is_none() {
            assert!(start.elapsed() < PATIENCE, "there is no new checkpoint");
            std::thread::sleep(Duration::from_millis(1));
        }
        let ended = running.try_wait().unwrap().is_some();
        running.kill().unwrap();
        running.wait().unwrap();
        assert!(!ended || kills > 1, "the run ended before it was killed");
    }
    printed(module(killed.path()).args(long).arg("--resume"));
    for name in ENDS {
        let [whole, killed] = [&whole, &killed]
            .map(|folder| fs::read(folder.path().join("artifacts/gated").join(name)).unwrap());
        assert!(whole == killed, "`{name}` is another one");
    }
}

#[test]
fn the_derivative_of_a_layer_passes_gradcheck() {
    let folder = TempDir::new().unwrap();
    let said = printed(example("layer").arg(folder.path()));
    assert!(said.starts_with("gradcheck: passed\n"), "{said}");
    assert!(folder.path().join("swish/model.safetensors").is_file());
}

#[test]
fn samples_of_a_program_are_learned_and_recognised() {
    let folder = TempDir::new().unwrap();
    let first = printed(example("samples").arg(folder.path()));
    let run: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.path().join("spirals/run.json")).unwrap()).unwrap();
    assert!(run["metrics"]["test"]["accuracy"].as_f64().unwrap() > 0.95, "{run:#}");
    // The same samples again: the run is over, and stays as it is.
    assert_eq!(printed(example("samples").arg(folder.path())), first);
}

#[test]
fn configurations_without_a_file_are_trained() {
    let folder = TempDir::new().unwrap();
    let said = printed(example("without_toml").arg(folder.path()));
    assert_eq!(said.lines().count(), 4, "{said}");
    assert!(folder.path().join("units-32/config.toml").is_file());
}

#[test]
fn new_refuses_names_and_folders() {
    let folder = TempDir::new().unwrap();
    let new = |arguments: &[&str]| {
        emberlab().current_dir(folder.path()).arg("new").args(arguments).output().unwrap()
    };
    for name in ["Big", "1st", "a b", "../up", "burn", "fn", "emberlab-data", "ä", ""] {
        let refused = new(&[name]);
        assert_eq!(refused.status.code(), Some(2), "{name}");
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(said.contains("is not the name of a project"), "{name}: {said}");
    }
    fs::write(folder.path().join("there"), "").unwrap();
    let said = new(&["there"]).stderr;
    assert_eq!(String::from_utf8_lossy(&said), "error: `there` exists; choose another name\n");
    let said = new(&["orchids", "--clone", "."]).stderr;
    assert!(String::from_utf8_lossy(&said).contains("`.` is not a clone of emberlab"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "something is left");

    assert!(new(&["orchids"]).status.success());
    let manifest = fs::read_to_string(folder.path().join("orchids/Cargo.toml")).unwrap();
    assert!(
        manifest.contains(&format!("emberlab = {{ version = \"{}\" }}", env!("CARGO_PKG_VERSION"))),
        "{manifest}"
    );
    assert_eq!(new(&["orchids"]).status.code(), Some(2));
}

#[test]
#[ignore = "compiles a project with all of its dependencies"]
fn a_new_project_compiles_and_trains() {
    let folder = TempDir::new().unwrap();
    let clone = root();
    printed(emberlab().current_dir(folder.path()).args(["new", "orchids", "--clone"]).arg(&clone));
    let project = folder.path().join("orchids");
    // The versions of this workspace, which are there without a network.
    fs::copy(clone.join("Cargo.lock"), project.join("Cargo.lock")).unwrap();
    let target = Path::new(env!("CARGO_BIN_EXE_emberlab")).ancestors().nth(2).unwrap().join("new");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["run", "--offline", "--quiet", "--target-dir"]).arg(target);
    cargo.args(["--", "config.toml", "--set", "training.epochs=2"]);
    let said = printed(cargo.current_dir(&project));
    assert!(said.contains("artifacts/orchids"), "{said}");
}

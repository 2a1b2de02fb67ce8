//! Runs that are stopped, killed or out of disk space, and continue with the same numbers.

use crate::process::{Process, wait_until};
use crate::support::Lab;
use emberlab_data::RandomState;
#[cfg(unix)]
use rustix::process::Signal;
use std::fs;
use std::process::Command;
use std::thread::sleep;
use std::time::Instant;

/// A configuration with everything that keeps state from update to update.
const CONFIG: &str = r#"
name = "run"
[data]
source = "cifar10"
validation_fraction = 0.2
normalize = "standard"
augment = { mirror = "random", translate = 2 }
[model]
kind = "cnn"
channels = [3]
hidden = [5]
batch_norm = true
dropout = 0.2
gradient = "manual"
init = { scheme = "kaiming-uniform" }
[training]
epochs = 12
batch_size = 7
shuffle = true
accumulate = 2
[training.checkpoint]
every_minutes = 0.0005
[training.optimizer]
kind = "adamw"
learning_rate = 0.01
[training.schedule]
cosine = {}
"#;

/// The files that must be equal at the end.
const ENDS: [&str; 4] = [
    "artifacts/run/metrics.csv",
    "artifacts/run/model.safetensors",
    "artifacts/run/predictions.csv",
    "artifacts/run/histograms.csv",
];

fn lab(config: &str) -> Lab {
    let lab = Lab::new();
    lab.write("run.toml", config).write_pixel_set();
    lab
}

fn train(lab: &Lab, more: &str) -> Vec<Vec<u8>> {
    lab.emberlab(&format!("train run.toml --dashboard none {more}")).succeeds();
    ends(lab)
}

fn ends(lab: &Lab) -> Vec<Vec<u8>> {
    ENDS.iter().map(|name| lab.bytes(name)).collect()
}

/// The names of whole checkpoints: not of one that is being written, which slow processors show for longer.
fn checkpoints(lab: &Lab) -> Vec<String> {
    let Ok(entries) = fs::read_dir(lab.path("artifacts/run/checkpoints")) else { return Vec::new() };
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".ckpt")).collect();
    names.sort();
    names
}

#[test]
fn a_run_that_is_killed_at_any_moment_ends_as_one_that_was_not() {
    let undisturbed = lab(CONFIG);
    let start = Instant::now();
    let expected = train(&undisturbed, "");
    let lasts = start.elapsed();
    let mut random = RandomState::new(9);
    let mut with_checkpoint = 0;
    for _ in 0..20 {
        let lab = lab(CONFIG);
        let child = lab.start("train run.toml --dashboard none");
        sleep(lasts.mul_f64(random.random_sample()));
        child.kill();
        with_checkpoint += usize::from(!checkpoints(&lab).is_empty());
        assert!(train(&lab, "--resume") == expected);
    }
    assert!(with_checkpoint >= 5, "{with_checkpoint} of 20 had come so far as to have a checkpoint");
}

#[test]
fn averages_cycles_and_groups_go_on_as_if_never_stopped() {
    const GROUPS: &str = r#"
[[training.optimizer.groups]]
layers = ["convolution"]
tensors = "weight"
kind = "muon"
normalize_weights = true
newton_schulz_steps = 3
[[training.optimizer.groups]]
names = ["norms.*.weight"]
frozen = true
[[training.optimizer.groups]]
names = ["norms.*"]
kind = "sgd"
momentum = 0.9
epochs = 5
[training.schedule]
one_cycle = {}
[training.ema]
decay = 0.9
every = 2
"#;
    let cycle = CONFIG.replace("[training.schedule]\ncosine = {}\n", GROUPS).replace(
        "learning_rate = 0.01",
        "learning_rate = 0.01\nweight_decay_on = \"weights\"\nclip_norm = 0.5",
    );
    // A ramp over the epochs of each group, which are whole batches alone.
    let ramp = cycle
        .replace("one_cycle = {}", "linear = { end = 0.0 }")
        .replace("shuffle", "drop_last = true\nshuffle");
    for config in [cycle, ramp] {
        let config = config.replace("0.0005", "0.00001");
        let expected = train(&lab(&config), "");
        let lab = lab(&config);
        let mut n_unfinished = 0;
        for _ in 0..4 {
            let before = checkpoints(&lab);
            let mut child = lab.start("train run.toml --dashboard none --resume");
            wait_until(|| checkpoints(&lab) != before || !child.is_running(), || "no new checkpoint".into());
            n_unfinished += usize::from(child.is_running());
            child.kill();
        }
        assert!(n_unfinished > 0, "every run ended before it was killed");
        let said = lab.emberlab("train run.toml --dashboard none --resume").succeeds();
        assert!(!said.stderr.contains("begins again"), "{}", said.stderr);
        assert!(ends(&lab) == expected);
    }
}

#[test]
fn a_run_that_is_killed_again_and_again_ends_as_one_that_was_not() {
    let expected = train(&lab(CONFIG), "");
    let lab = lab(CONFIG);
    for _ in 0..4 {
        let before = checkpoints(&lab);
        let mut child = lab.start("train run.toml --dashboard none --resume");
        // The last of them may find nothing left to do.
        wait_until(|| checkpoints(&lab) != before || !child.is_running(), || "no new checkpoint".into());
        child.kill();
    }
    assert!(train(&lab, "--resume") == expected);
}

#[test]
fn a_run_with_alternating_mirror_images_resumes_in_the_middle_of_an_epoch() {
    const AUGMENT: &str = "mirror = \"alternating\", translate = 2, border = \"reflect\", cutout = 9";
    // A checkpoint after each update.
    let config = CONFIG.replace("mirror = \"random\", translate = 2", AUGMENT).replace("0.0005", "0.00001");
    let config = config + "[evaluation]\nviews = \"mirror+translate\"\n";
    let plain = train(&lab(CONFIG), "");
    let expected = train(&lab(&config), "");
    assert!(plain[0] != expected[0]);
    // 48 training samples in batches of 7 are 7 batches and, as gradients of two are accumulated, 4 updates.
    let in_mid_epoch = |name: &String| {
        let updates = name.strip_suffix(".ckpt").and_then(|updates| updates.parse::<usize>().ok());
        updates.is_some_and(|updates| !updates.is_multiple_of(4))
    };
    let lab = lab(&config);
    let mut resumed_in_mid_epoch = 0;
    for _ in 0..30 {
        let before = checkpoints(&lab);
        let mut child = lab.start("train run.toml --dashboard none --resume");
        wait_until(|| checkpoints(&lab) != before || !child.is_running(), || "no new checkpoint".into());
        child.kill();
        resumed_in_mid_epoch += usize::from(checkpoints(&lab).last().is_some_and(in_mid_epoch));
    }
    assert!(resumed_in_mid_epoch > 0, "no checkpoint was written within an epoch");
    assert!(train(&lab, "--resume") == expected);
}

#[test]
fn a_run_with_the_former_keys_of_augmentation_resumes() {
    let lab = lab(CONFIG);
    let expected = train(&lab, "");
    let present = "augment = { mirror = \"random\", translate = 2, seed = 42 }";
    let written = lab.read("artifacts/run/config.toml");
    assert!(written.contains(present));
    let former = "augment = { horizontal_flip = true, random_crop = 2, seed = 42 }";
    lab.write("artifacts/run/config.toml", written.replace(present, former));
    lab.write("run.toml", CONFIG.replace("mirror = \"random\", translate = 2", &former[12..51]));
    let said = lab.emberlab("train run.toml --dashboard none --resume");
    let notes = "warning: `data.augment.horizontal_flip` is now called `mirror`, and this value `\"random\"`\n\
                 warning: `data.augment.random_crop` is now called `translate`\n";
    assert_eq!((said.code, said.stderr.as_str()), (0, notes));
    assert!(ends(&lab) == expected);
    assert_eq!(lab.read("artifacts/run/config.toml"), written);
}

#[cfg(unix)]
#[test]
fn a_run_that_is_stopped_says_how_to_go_on_and_does() {
    let long = CONFIG.replace("epochs = 12", "epochs = 60");
    let expected = train(&lab(&long), "");
    let lab = lab(&long);
    let mut child = lab.start("train run.toml --dashboard none");
    child.wait_until("no checkpoint", || !checkpoints(&lab).is_empty());
    child.signal(Signal::TERM);
    assert_eq!(child.ends().code, 130);
    let record: serde_json::Value = serde_json::from_str(&lab.read("artifacts/run/run.json")).unwrap();
    assert_eq!(record["outcome"], "interrupted");
    assert_eq!(
        checkpoints(&lab).last().unwrap(),
        &format!("{:012}.ckpt", record["updates"].as_u64().unwrap())
    );
    let said = lab.emberlab("train run.toml --resume").succeeds().stdout;
    assert!(said.contains(&format!("\nresume after update {}\n", record["updates"])), "{said}");
    assert!(ends(&lab) == expected);
    let record: serde_json::Value = serde_json::from_str(&lab.read("artifacts/run/run.json")).unwrap();
    assert_eq!(record["outcome"], "finished");
}

#[test]
fn what_a_killed_process_was_writing_is_cleared_away() {
    let lab = lab(CONFIG);
    let expected = train(&lab, "");
    lab.write("artifacts/run/.emberlab-x1", "half").write("artifacts/run/checkpoints/.emberlab-x2", "half");
    assert!(train(&lab, "--resume") == expected);
    assert!(
        !lab.exists("artifacts/run/.emberlab-x1") && !lab.exists("artifacts/run/checkpoints/.emberlab-x2")
    );
}

#[test]
fn a_run_that_is_over_goes_on_to_the_same_end() {
    let lab = lab(CONFIG);
    let expected = train(&lab, "");
    assert!(train(&lab, "--resume") == expected);
}

#[test]
fn a_damaged_checkpoint_is_passed_over_with_a_warning() {
    let lab = lab(CONFIG);
    let expected = train(&lab, "");
    let names = checkpoints(&lab);
    assert_eq!(names.len(), 2);
    let newest = format!("artifacts/run/checkpoints/{}", names[1]);
    let whole = lab.bytes(&newest);
    let mut flipped = whole.clone();
    *flipped.last_mut().unwrap() ^= 1;
    for (bytes, reason) in [
        (flipped, "is damaged: its checksum is another one"),
        (whole[..whole.len() / 2].to_vec(), "is damaged: its checksum is another one"),
        (whole[..40].to_vec(), "is truncated"),
        (Vec::new(), "is no checkpoint"),
    ] {
        lab.write(&newest, bytes);
        let said = lab.emberlab("train run.toml --dashboard none --resume");
        assert_eq!(said.code, 0);
        assert_eq!(said.stderr, format!("warning: `{newest}` {reason}; the one before it is taken\n"));
        assert!(ends(&lab) == expected);
    }
}

#[test]
fn metrics_that_were_lost_are_made_again() {
    let lab = lab(CONFIG);
    let expected = train(&lab, "");
    let metrics = lab.bytes(ENDS[0]);
    lab.write(ENDS[0], &metrics[..100]);
    let said = lab.emberlab("train run.toml --dashboard none --resume");
    assert_eq!(said.code, 0);
    assert_eq!(said.stderr.lines().count(), 2, "{}", said.stderr);
    assert!(ends(&lab) == expected);
}

#[test]
fn more_epochs_can_be_added() {
    let constant = CONFIG.replace("[training.schedule]\ncosine = {}\n", "");
    let expected = train(&lab(&constant.replace("epochs = 12", "epochs = 20")), "");
    let lab = lab(&constant);
    train(&lab, "");
    // Histograms are taken so many times in a run, so that theirs lie closer together.
    assert!(train(&lab, "--resume --set training.epochs=20")[..3] == expected[..3]);
    let wanted =
        "error: the run `artifacts/run` cannot go on: it has done 20 epochs, `training.epochs` is 19";
    lab.emberlab("train run.toml --resume --set training.epochs=19").fails(2, wanted);
}

#[cfg(unix)]
#[test]
fn predictions_of_earlier_weights_do_not_stay_beside_later_ones() {
    let lab = lab(&CONFIG.replace("[training.schedule]\ncosine = {}\n", ""));
    train(&lab, "");
    assert!(lab.exists("artifacts/run/predictions.csv"));
    let known = checkpoints(&lab);
    let arguments = "train run.toml --dashboard none --resume --set training.epochs=100000";
    let mut child = lab.start(arguments);
    child.wait_until("no new checkpoint", || checkpoints(&lab) != known);
    child.signal(Signal::TERM);
    assert_eq!(child.ends().code, 130);
    assert!(!lab.exists("artifacts/run/predictions.csv"));
    let said = lab.emberlab("report run");
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(said.stderr.contains("was not scored on its test part"), "{}", said.stderr);
}

#[test]
fn what_cannot_be_gone_on_with_is_refused() {
    let lab = lab(CONFIG);
    train(&lab, "");
    for (change, reason) in [
        (
            "--set model.hidden=[6] --set training.optimizer.kind=adam",
            "`model.hidden` was [5], is [6], `training.optimizer.kind` was \"adamw\", is \"adam\", \
             `training.optimizer.weight_decay` was 0.01, is 0.0",
        ),
        ("--set seed=1", "`data.augment.seed` was 42, is 1, "),
        ("--remote ws://127.0.0.1:3000", "`device.remote` was not set, is [\"ws://127.0.0.1:3000\"]"),
        (
            "--set training.epochs=13",
            "`training.epochs` has changed, and with it the schedule, which is as long as the run",
        ),
    ] {
        let said = lab.emberlab(&format!("train run.toml --resume {change}"));
        assert_eq!(said.code, 2);
        let wanted = format!("error: the run `artifacts/run` cannot go on: {reason}");
        assert!(said.stderr.starts_with(&wanted), "{}", said.stderr);
        assert!(said.stderr.ends_with("; choose another `--name` for a new run\n"), "{}", said.stderr);
    }
    let name = "data/cifar-10-batches-bin/data_batch_1.bin";
    let mut records = lab.bytes(name);
    records[100] ^= 1;
    lab.write(name, records);
    let wanted = "error: the run `artifacts/run` cannot go on: its data has changed; choose another `--name` for a new run";
    lab.emberlab("train run.toml --resume").fails(2, wanted);
}

#[test]
fn a_folder_that_is_no_run_is_not_gone_on_with() {
    let lab = lab(CONFIG);
    lab.write("artifacts/run/notes.txt", "mine");
    let wanted = "error: `artifacts/run` is no run directory and is left alone; choose another `--name`";
    lab.emberlab("train run.toml --resume").fails(2, wanted);
}

#[test]
fn two_processes_do_not_work_on_one_run() {
    let lab = lab(&CONFIG.replace("epochs = 12", "epochs = 100000"));
    let mut child = lab.start("train run.toml --dashboard none");
    child.wait_until("no checkpoint", || !checkpoints(&lab).is_empty());
    let wanted = "error: another process works on the run `artifacts/run`; wait until it is done, or choose another `--name`";
    lab.emberlab("train run.toml --resume").fails(2, wanted);
    lab.emberlab("train run.toml --overwrite").fails(2, wanted);
    child.kill();
    assert!(lab.exists("artifacts/run/run.json"));
}

#[test]
fn training_ends_early_when_validation_gets_no_better() {
    let config = CONFIG
        .replace("epochs = 12", "epochs = 300\n[training.early_stopping]\npatience = 4\nmin_delta = 0.001")
        .replace("[training.schedule]\ncosine = {}\n", "");
    let config = config.replace("batch_size = 7\nshuffle = true\naccumulate = 2\n", "");
    let lab = lab(&config);
    let said = lab.emberlab("train run.toml").succeeds();
    let losses = lab.metric("run", "valid", "loss");
    assert!(losses.len() < 300);
    let wanted = format!("early  after epoch {}, as 4 validations in a row were not better\n", losses.len());
    assert!(said.stdout.contains(&wanted), "{}", said.stdout);
    // The rule in its own words: four scores in a row that were not better by more than 0.001.
    let (mut reference, mut stale, mut best) = (f64::INFINITY, 0, 0);
    for (epoch, &loss) in (1..).zip(&losses) {
        (reference, stale, best) =
            if reference - loss > 0.001 { (loss, 0, epoch) } else { (reference, stale + 1, best) };
        assert_eq!(stale == 4, epoch == losses.len());
    }
    // The weights that are kept are those of the last score that counted.
    let record: serde_json::Value = serde_json::from_str(&lab.read("artifacts/run/run.json")).unwrap();
    assert_eq!(record["selected_epoch"], best);
    let expected = ends(&lab);
    assert!(train(&lab, "--resume") == expected);

    // Under the key's former name it goes on all the same, with a word.
    for file in ["run.toml", "artifacts/run/config.toml"] {
        let former = lab.read(file).replace("min_delta", "minimum_change");
        lab.write(file, former);
    }
    let said = lab.emberlab("train run.toml --resume --dashboard none");
    let wanted = "warning: `training.early_stopping.minimum_change` is now called `min_delta`\n";
    assert_eq!((said.code, said.stderr.as_str()), (0, wanted));
    assert!(ends(&lab) == expected);
}

/// A small file system.
#[cfg(target_os = "linux")]
struct SmallDisk(std::path::PathBuf);

#[cfg(target_os = "linux")]
impl SmallDisk {
    fn mount(at: std::path::PathBuf, kilobytes: usize) -> Self {
        fs::create_dir_all(&at).unwrap();
        let size = format!("size={kilobytes}k");
        let mut mount = Command::new("mount");
        Process::start(mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&at)).ends().succeeds();
        Self(at)
    }

    fn remount(&self, options: &str) {
        let options = format!("remount,{options}");
        Process::start(Command::new("mount").args(["-o", &options]).arg(&self.0)).ends().succeeds();
    }
}

#[cfg(target_os = "linux")]
impl Drop for SmallDisk {
    fn drop(&mut self) {
        Process::start(Command::new("umount").arg("--lazy").arg(&self.0)).ends();
    }
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "needs the rights to mount a file system"]
fn a_run_that_filled_the_disk_goes_on_when_there_is_room() {
    let expected = train(&lab(CONFIG), "");
    // Full at the first checkpoint, at later ones, at the weights, and so on.
    for kilobytes in [8, 40, 80, 120, 160, 200, 240, 280] {
        let lab = lab(CONFIG);
        let disk = SmallDisk::mount(lab.path("artifacts"), kilobytes);
        let said = lab.emberlab("train run.toml --dashboard none");
        if said.code != 0 {
            assert_eq!(said.code, 4, "{}", said.stderr);
            assert!(said.stderr.contains("No space left on device"), "{}", said.stderr);
            assert_eq!(said.stderr.lines().count(), 1, "{}", said.stderr);
        }
        disk.remount("size=64m");
        assert!(train(&lab, "--resume") == expected, "{kilobytes} kB");
    }
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "needs the rights to mount a file system"]
fn a_read_only_artifacts_folder_is_one_line_and_can_be_gone_on_with() {
    let expected = train(&lab(CONFIG), "");
    let lab = lab(CONFIG);
    let disk = SmallDisk::mount(lab.path("artifacts"), 1 << 16);
    disk.remount("ro");
    let said = lab.emberlab("train run.toml --dashboard none");
    let error = said.stderr.clone();
    assert!(error.starts_with("error: cannot write `artifacts/"), "{error}");
    assert!(error.ends_with("Read-only file system (os error 30)\n"), "{error}");
    said.fails(4, &error);

    // What is there can be read, but not gone on with.
    disk.remount("rw");
    train(&lab, "");
    disk.remount("ro");
    assert_eq!(lab.emberlab("train run.toml --dashboard none --resume").code, 4);
    lab.emberlab("evaluate run").succeeds();
    disk.remount("rw");
    assert!(train(&lab, "--resume") == expected);
}

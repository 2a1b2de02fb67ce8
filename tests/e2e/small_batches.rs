//! Batch norm with batches of one sample.

use crate::support::Lab;

const CONFIG: &str = r#"
name = "small"
[data]
source = "synthetic"
n_samples = 60
n_features = 4
[model]
kind = "mlp"
hidden = [5]
batch_norm = true
gradient = "manual"
[training]
epochs = 3
batch_size = 11
[training.optimizer]
learning_rate = 0.1
"#;

const REASON: &str =
    "batch norm over a single sample sets every hidden unit to its bias, so nothing is learned from it";

#[test]
fn batches_of_one_sample_are_refused_and_a_last_one_is_told() {
    let lab = Lab::new();
    lab.write("small.toml", CONFIG);
    let wanted = format!(
        "error: --set training.batch_size=1: `training.batch_size` is 1, must be at least 2 with `model.batch_norm`: {REASON}"
    );
    lab.emberlab("train small.toml --set training.batch_size=1 --set training.accumulate=4")
        .fails(2, &wanted);
    // Without hidden layers, or without batch norm, one sample is enough.
    lab.emberlab(
        "train small.toml --set training.batch_size=1 --set model.batch_norm=false --dashboard none",
    )
    .succeeds();
    // 45 training samples: the last batch of 11 has one.
    let wanted = format!(
        "warning: the last batch of each epoch has one of the 45 training samples, and {REASON}; set `training.drop_last = true` or \
         another `batch_size`\n"
    );
    for more in ["", "--set training.accumulate=3", "--set device.count=4"] {
        let said = lab.emberlab(&format!("train small.toml --overwrite --dashboard none {more}"));
        assert_eq!((said.code, said.stderr.as_str()), (0, wanted.as_str()), "{more}");
    }
    lab.emberlab("train small.toml --overwrite --set training.drop_last=true").succeeds();
    lab.emberlab("train small.toml --overwrite --set training.batch_size=9").succeeds();
}

#[test]
fn a_training_part_of_one_sample_is_refused() {
    let lab = Lab::new();
    lab.write("small.toml", CONFIG.replace("n_samples = 60", "n_samples = 4\ntest_size = 0.75"));
    let said = lab.emberlab("train small.toml");
    let wanted = "`model.batch_norm` normalises over samples, but the training part has 1 sample";
    assert_eq!(said.code, 2, "{}", said.stderr);
    assert!(said.stderr.contains(wanted), "{}", said.stderr);
}

/// No device gets a single sample of a larger batch.
#[test]
fn devices_share_small_batches_without_parts_of_one_sample() {
    let lab = Lab::new();
    lab.write("small.toml", CONFIG);
    let train = |name: &str, more: &str| {
        lab.emberlab(&format!("train small.toml --name {name} --set training.batch_size=3 {more}"))
            .succeeds();
        lab.metric(name, "train", "loss")
    };
    // Three samples cannot be divided in parts of two or more: one device takes them all.
    assert_eq!(train("one", ""), train("many", "--set device.count=3"));
}

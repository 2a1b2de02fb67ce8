//! Several devices, here one CPU used several times.

use crate::support::{Lab, json};

const CONFIG: &str = r#"
name = "one"
seed = 6
[data]
source = "cifar10"
validation_fraction = 0.2
[data.augment]
mirror = "random"
translate = 4
[model]
kind = "mlp"
hidden = [16]
gradient = "manual"
[training]
epochs = 6
batch_size = 11
shuffle = true
accumulate = 2
[training.optimizer]
kind = "adamw"
learning_rate = 0.003
"#;

/// The same with every kind of augmentation, and mirror images in alternating epochs.
fn alternating(config: &str) -> String {
    config.replace("mirror = \"random\"", "mirror = \"alternating\"\ncutout = 9\nborder = \"reflect\"")
}

fn close(left: &[f64], right: &[f64], tolerance: f64) {
    assert_eq!(left.len(), right.len());
    for (index, (left, right)) in left.iter().zip(right).enumerate() {
        assert!((left - right).abs() <= tolerance, "{index}: {left} and {right}");
    }
}

#[test]
fn several_devices_give_the_result_of_one_at_the_same_batch() {
    for gradient in ["manual", "autodiff"] {
        for dropout in ["", "dropout = 0.3"] {
            let lab = Lab::new();
            let config =
                CONFIG.replace("gradient = \"manual\"", &format!("gradient = \"{gradient}\"\n{dropout}"));
            // One of the two with each kind of mirror images.
            let config = if dropout.is_empty() { alternating(&config) } else { config };
            lab.write("run.toml", config).write_pixel_set();
            lab.emberlab("train run.toml --dashboard none").succeeds();
            for count in [2, 3, 20] {
                lab.emberlab(&format!(
                    "train run.toml --dashboard none --overwrite --name many --set device.count={count}"
                ))
                .succeeds();
                for (split, metric) in
                    [("train", "loss"), ("valid", "loss"), ("test", "loss"), ("train", "accuracy")]
                {
                    close(&lab.metric("one", split, metric), &lab.metric("many", split, metric), 1e-4);
                }
            }
        }
    }
}

/// Both gradient rules round the same operands, so they differ less from each other than from single precision.
#[test]
#[cfg(feature = "flex")]
fn products_in_bf16_are_rounded_alike_by_both_rules() {
    let lab = Lab::new();
    lab.write_pixel_set();
    for gradient in ["manual", "autodiff"] {
        let config = CONFIG.replace("gradient = \"manual\"", &format!("gradient = \"{gradient}\""));
        lab.write("run.toml", config);
        lab.emberlab(&format!("train run.toml --dashboard none --name {gradient}")).succeeds();
        let said = lab
            .emberlab(&format!("train run.toml --name {gradient}-bf16 --set device.precision=\"bf16\""))
            .succeeds();
        assert!(said.stdout.contains("backend flex, products in bf16"), "{}", said.stdout);
        let [full, mixed] = ["", "-bf16"].map(|end| lab.metric(&format!("{gradient}{end}"), "train", "loss"));
        close(&full, &mixed, 0.02);
        assert!(full != mixed);
    }
    let [manual, autodiff] = ["manual-bf16", "autodiff-bf16"].map(|run| lab.metric(run, "train", "loss"));
    close(&manual, &autodiff, 1e-3);
    // Predictions are computed in full.
    let evaluated = json(&lab.emberlab("evaluate manual-bf16 --json").succeeds().stdout);
    close(&lab.metric("manual-bf16", "test", "loss"), &[evaluated["loss"].as_f64().unwrap()], 1e-6);
    assert!(lab.read("artifacts/manual-bf16/config.toml").contains("precision = \"bf16\""));
    lab.emberlab("gradcheck run.toml --set device.precision=\"bf16\"").succeeds();
}

#[test]
#[cfg(feature = "ndarray")]
fn bf16_is_refused_where_the_backend_has_none() {
    let lab = Lab::new();
    lab.write("run.toml", CONFIG).write_pixel_set();
    lab.emberlab("train run.toml --set device.precision=\"bf16\"").fails(
        5,
        "error: the `ndarray` backend does not compute in bf16 here; set `device.precision = \"f32\"`\n",
    );
    assert!(!lab.exists("artifacts"));
}

/// The running means of batch norm are those of the first device's part of each batch, as with PyTorch's `DataParallel`:
/// after one update those of a run on that part alone, which has the same initial weights.
#[test]
fn running_means_are_those_of_the_first_part() {
    let rows = ["0.5,-1,a\n", "2,0.25,b\n", "-3,1.5,a\n", "40,-7,b\n", "8,90,a\n", "-60,3,b\n"];
    let table = |n: usize| format!("x,y,class\n{}", rows[..n].concat());
    for gradient in ["manual", "autodiff"] {
        let lab = Lab::new();
        lab.write("part.csv", table(2)).write("whole.csv", table(6)).write("test.csv", table(2));
        for (name, count) in [("part", 1), ("whole", 3)] {
            let config = format!(
                "name = \"{name}\"\n[data]\nsource = \"csv\"\nfile = \"{name}.csv\"\nlabel = \"class\"\ntest_file = \"test.csv\"\n\
                 normalize = \"none\"\n[model]\nkind = \"mlp\"\nhidden = [3]\nbatch_norm = true\ngradient = \"{gradient}\"\n\
                 [training]\nepochs = 1\n[training.optimizer]\nlearning_rate = 0.1\n[device]\ncount = {count}\n"
            );
            lab.write("run.toml", config);
            assert_eq!(lab.emberlab("train run.toml --dashboard none").code, 0);
        }
        for tensor in ["norms.0.running_mean", "norms.0.running_var"] {
            let [part, whole] = ["part", "whole"].map(|run| lab.tensor(run, tensor).1);
            assert!(part.iter().all(|value| *value != 0.0), "{part:?}");
            close(&part, &whole, 1e-6);
        }
    }
}

/// Scores are read in groups, so that updates do not wait for the device.
#[test]
fn the_device_is_waited_for_a_few_times_in_an_epoch() {
    let lab = Lab::new();
    lab.write("run.toml", CONFIG).write_pixel_set();
    let epochs = 7;
    let plan =
        format!("--set training.epochs={epochs} --set training.batch_size=1 --set training.accumulate=1");
    lab.emberlab(&format!("train run.toml --dashboard none {plan}")).succeeds();
    let record = json(&lab.read("artifacts/one/run.json"));
    let reads = |of: &str| record["device_reads"][of].as_u64().unwrap();
    let seconds = record["seconds"]["train"].as_f64().unwrap();
    assert_eq!(record["updates"].as_u64().unwrap(), epochs * 48, "{record}");
    // One at the end of each epoch, and one each tenth of a second for the dashboard.
    assert!((epochs..=epochs + (10.0 * seconds) as u64).contains(&reads("scores")), "{record}");
    let others = (reads("validation"), reads("checkpoints"), reads("exchange"));
    assert_eq!(others, (2 * epochs, 1, 0), "{record}");
    assert!((24..=25).contains(&reads("histograms")), "{record}");
}

#[test]
fn full_batches_are_shared_too_and_the_lab_stays_the_lab() {
    let lab = Lab::new();
    let config = "configs/lab/synthetic-softmax.toml";
    let path = crate::support::root().join(config);
    let path = path.to_str().unwrap();
    lab.run(&["train", path, "--dashboard", "none", "--name", "one"]).succeeds();
    let two = ["--set", "device.count=2"];
    lab.run(&[&["train", path, "--dashboard", "none", "--name", "two"][..], &two].concat()).succeeds();
    close(&lab.metric("one", "train", "loss"), &lab.metric("two", "train", "loss"), 1e-4);
    assert!(lab.read("artifacts/two/config.toml").contains("count = 2"));
}

#[test]
fn a_run_on_several_devices_goes_on_to_the_same_bytes() {
    let lab = Lab::new();
    lab.write("run.toml", alternating(CONFIG)).write_pixel_set();
    let train = "train run.toml --dashboard none --set device.count=2";
    lab.emberlab(&format!("{train} --name whole")).succeeds();
    lab.emberlab(&format!("{train} --name parts --set training.epochs=3")).succeeds();
    lab.emberlab(&format!("{train} --name parts --resume")).succeeds();
    for file in ["metrics.csv", "model.safetensors"] {
        assert!(
            lab.bytes(&format!("artifacts/whole/{file}")) == lab.bytes(&format!("artifacts/parts/{file}")),
            "{file}"
        );
    }
}

//! Several devices: here one CPU, taken several times.

use crate::support::Lab;

const CONFIG: &str = r#"
name = "one"
seed = 6
[data]
source = "cifar10"
validation_fraction = 0.2
[data.augment]
horizontal_flip = true
random_crop = 4
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

#[test]
fn full_batches_are_shared_too_and_the_lab_stays_the_lab() {
    let lab = Lab::new();
    let config = "configs/lab/synthetic-softmax.toml";
    let path = crate::support::root().join(config);
    let path = path.to_str().unwrap();
    lab.run(&["train", path, "--dashboard", "none", "--name", "one"]).succeeds();
    let two = ["--set", "device.count=2", "--set", "device.strategy=data-parallel"];
    lab.run(&[&["train", path, "--dashboard", "none", "--name", "two"][..], &two].concat()).succeeds();
    close(&lab.metric("one", "train", "loss"), &lab.metric("two", "train", "loss"), 1e-4);
    assert!(lab.read("artifacts/two/config.toml").contains("count = 2\nstrategy = \"data-parallel\""));
}

#[test]
fn a_run_on_several_devices_goes_on_to_the_same_bytes() {
    let lab = Lab::new();
    lab.write("run.toml", CONFIG).write_pixel_set();
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

//! A sweep from Rust: configurations without a file, trained one after another, and the best of them.

#![expect(clippy::print_stdout, reason = "a program says what it did")]

use emberlab_config::Config;
use emberlab_run::Existing;
use emberlab_training::host::QuietHost;
use emberlab_training::train::{TrainOptions, train};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let artifacts = std::env::args_os().nth(1).unwrap_or("artifacts".into()).into();
    let options =
        TrainOptions { artifacts, existing: Existing::Replace, wait: false, git_commit: "unknown".into() };
    let mut best: Option<(f32, usize)> = None;
    for units in [2, 8, 32] {
        let config = Config::builder(format!("units-{units}"))
            .set("seed", 7)
            .set("data.source", "synthetic")
            .set("data.n_samples", 400)
            .set("data.n_features", 6)
            .set("data.validation_fraction", 0.25)
            .set("model.kind", "mlp")
            .set("model.hidden", vec![units])
            .set("model.init.scheme", "kaiming-uniform")
            .set("training.epochs", 30)
            .set("training.batch_size", 32)
            .set("training.optimizer.kind", "adam")
            .set("training.optimizer.learning_rate", 0.01)
            .build()?;
        let report = train(&config, &options, &QuietHost::shared())?;
        let validation = report.validation.last.ok_or("there is no validation part")?;
        println!("{units:>2} units: validation loss {:.3}", validation.loss);
        if best.is_none_or(|(loss, _)| validation.loss < loss) {
            best = Some((validation.loss, units as usize));
        }
    }
    if let Some((loss, units)) = best {
        println!("best: {units} units, {loss:.3}");
    }
    Ok(())
}

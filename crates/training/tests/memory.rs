//! The memory that a training takes, in multiples of its weights.
//!
//! Counted in the thread that trains, which allocates all tensors: what it holds at once does not depend on the cores.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use emberlab_config::Config;
use emberlab_run::Existing;
use emberlab_training::host::{Host, QuietHost};
use emberlab_training::train::{TrainOptions, train};
use std::path::Path;
use std::sync::Arc;

/// Weights of the network, 4 bytes each.
const N_WEIGHTS: u64 = 1000 * 1000 + 1000 * 500;

/// The most memory that a training by a gradient rule holds at once, as a multiple of its weights.
fn peak(gradient: &str) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        r#"
        name = "wide"
        [data]
        source = "synthetic"
        n_samples = 20
        n_features = 1000
        [model]
        kind = "mlp"
        hidden = [1000, 500]
        gradient = "{gradient}"
        [training]
        epochs = 3
        batch_size = "full"
        [training.optimizer]
        learning_rate = 0.01
        "#
    );
    let config = Config::parse(Path::new("wide.toml"), &text, &[]).unwrap();
    let options = TrainOptions {
        artifacts: folder.path().to_owned(),
        existing: Existing::Keep,
        wait: false,
        git_commit: "unknown".into(),
    };
    let host: Arc<dyn Host> = Arc::new(QuietHost::default());
    let info = allocation_counter::measure(|| drop(train(&config, &options, &host).unwrap()));
    info.bytes_max as f64 / (4 * N_WEIGHTS) as f64
}

#[test]
fn a_training_holds_no_second_copy_of_the_weights() {
    for gradient in ["manual", "autodiff"] {
        let peak = peak(gradient);
        assert!(peak < 6.5, "{gradient}: {peak:.2} times the weights");
    }
}

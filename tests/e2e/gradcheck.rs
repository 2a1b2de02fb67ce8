//! `gradcheck` of networks with kinks.

use crate::support::{Lab, json};

const ON_A_KINK: &str = r#"
name = "kinks"
[data]
source = "csv"
file = "train.csv"
test_file = "test.csv"
normalize = "none"
[model]
kind = "mlp"
hidden = [3]
activation = "relu"
gradient = "manual"
init = { scheme = "kaiming-uniform" }
[training]
epochs = 1
[training.optimizer]
learning_rate = 0.1
"#;

/// A sample of zeros gives every hidden unit an input of 0, its bias: the kink of ReLU. A step along a bias leaves the kink;
/// a step along a weight stays on it.
fn on_a_kink() -> Lab {
    let lab = Lab::new();
    lab.write("kinks.toml", ON_A_KINK);
    lab.write("train.csv", "x,y,label\n0,0,no\n1.5,-2,no\n-0.5,1,yes\n2,0.25,yes\n-1,-1,no\n");
    lab.write("test.csv", "x,y,label\n1,1,no\n2,2,yes\n");
    lab
}

#[test]
fn entries_on_a_kink_are_counted_for_each_parameter_and_left_out() {
    let lab = on_a_kink();
    let report = json(&lab.emberlab("gradcheck kinks.toml --json").succeeds().stdout);
    assert_eq!(report["passed"], true);
    let counts: Vec<[u64; 2]> = report["parameters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|parameter| {
            [&parameter["kinks"], &parameter["difference"]["entries"]].map(|n| n.as_u64().unwrap())
        })
        .collect();
    assert_eq!(counts, [[0, 6], [3, 0], [0, 6], [0, 2]]);
    let said = lab.emberlab("gradcheck kinks.toml").succeeds().stdout;
    let wanted = "\n3 of 17 entries lie on a kink, where there is no derivative, and are left out\n";
    assert!(said.contains(wanted), "{said}");
}

#[test]
fn a_weight_of_zero_under_an_l1_penalty_is_a_kink() {
    let lab = on_a_kink();
    let linear =
        ON_A_KINK.replace("hidden = [3]\nactivation = \"relu\"\n", "").replace("\"mlp\"", "\"linear\"");
    lab.write("linear.toml", &linear);
    lab.emberlab("train linear.toml --dashboard none").succeeds();
    // Weights of 0, all of them.
    let mut weights = lab.bytes("artifacts/kinks/model.safetensors");
    let header = 8 + u64::from_le_bytes(weights[..8].try_into().unwrap()) as usize;
    weights[header..].fill(0);
    lab.write("zero.safetensors", weights);
    let from = linear.replace("{ scheme = \"kaiming-uniform\" }", "{ from = \"zero.safetensors\" }");
    for (l1, kinks) in [("0", 0), ("0.01", 4)] {
        lab.write("zero.toml", from.replace("epochs = 1", &format!("epochs = 1\nl1 = {l1}")));
        let report = json(&lab.emberlab("gradcheck zero.toml --json").succeeds().stdout);
        assert_eq!(report["parameters"][0]["kinks"], kinks, "l1 = {l1}: {report}");
    }
}

/// Networks in which all units of a layer may be inactive, so that the units after it lie on their kink.
#[test]
fn right_derivatives_pass_where_layers_are_inactive() {
    let lab = Lab::new();
    let config = r#"
        name = "narrow"
        [data]
        source = "cifar10"
        train_samples = 11
        [model]
        kind = "mlp"
        hidden = [13, 5, 9]
        activation = "relu"
        gradient = "manual"
        [training]
        epochs = 1
        [training.optimizer]
        learning_rate = 0.1
    "#;
    lab.write("narrow.toml", config).write_pixel_set();
    for seed in 0..6 {
        let said = lab.emberlab(&format!("gradcheck narrow.toml --set seed={seed}")).succeeds();
        assert!(said.stdout.ends_with("\npassed\n"), "{}", said.stdout);
    }
}

#[test]
fn a_convolutional_network_with_average_pooling_passes() {
    let lab = Lab::new();
    lab.write_pixel_set();
    let text = "name = \"pools\"\n[data]\nsource = \"cifar10\"\ndirectory = \"data\"\n[model]\nkind = \"cnn\"\nchannels = [2, 3]\n\
                activation = \"gelu\"\npool = \"average\"\ninit = { scheme = \"kaiming-uniform\" }\n[training]\nepochs = 1\n\
                [training.optimizer]\nlearning_rate = 0.1\n";
    lab.write("pools.toml", text);
    for set in ["", " --set model.global_average_pool=true"] {
        let report =
            json(&lab.emberlab(&format!("gradcheck pools.toml --samples 4 --json{set}")).succeeds().stdout);
        assert_eq!(report["passed"], true, "{report}");
    }
}

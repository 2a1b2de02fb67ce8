//! `config show --layers`.

use crate::support::{Lab, json, root};
use safetensors::SafeTensors;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;

/// Convolutions, a residual block with a projection and one without, and every kind of layer.
const NETWORK: &str = r#"name = "network"
[data]
source = "cifar10"
directory = "data"
train_samples = 40
test_samples = 20
validation_fraction = 0.25
[model]
kind = "layers"
layers = [
  { kind = "convolution", filters = 4, kernel_size = 5, stride = 4, padding = 1 },
  { kind = "residual", shortcut = "projection", layers = [
    { kind = "convolution", filters = 8, stride = 2, bias = false },
    { kind = "residual", layers = [{ kind = "batch-norm", shift = false }] },
  ] },
  { kind = "residual", repeat = 4, layers = [{ kind = "scale", factor = 0.5 }] },
  { kind = "activation", activation = "leaky-relu" },
  { kind = "max-pool", size = 2, stride = 1 },
  { kind = "average-pool" },
  { kind = "dropout", probability = 0.25 },
  { kind = "linear" },
]
[training]
epochs = 1
[training.optimizer]
learning_rate = 0.1
"#;

/// The layers of `--json`, those inside residual blocks included, by name.
fn layers(report: &Value) -> BTreeMap<String, Value> {
    let Some(entries) = report["layers"].as_array() else { return BTreeMap::new() };
    let named = entries.iter().flat_map(|entry| {
        let inner = layers(entry);
        inner.into_iter().chain([(entry["name"].as_str().unwrap().to_owned(), entry.clone())])
    });
    named.collect()
}

fn shown(lab: &Lab, arguments: &str) -> Value {
    json(&lab.emberlab(&format!("config show {arguments} --layers --json")).succeeds().stdout)
}

#[test]
fn sizes_of_a_resnet_20_equal_pytorch_layer_by_layer() {
    let golden = json(&fs::read_to_string(root().join("tests/golden/torch_sizes.json")).unwrap());
    let config = root().join("configs/full/full-resnet20.toml");
    let report = shown(&Lab::new(), config.to_str().unwrap());
    let (layers, expected) = (layers(&report), golden["layers"].as_object().unwrap());
    assert!(layers.keys().eq(expected.keys()), "{:?}", layers.keys());
    for (name, expected) in expected {
        let layer = &layers[name];
        for key in ["parameters", "multiply_adds", "output"] {
            assert_eq!(layer[key], expected[key], "{key} of {name}");
        }
        if layer["layers"].is_null() {
            let values: u64 =
                layer["output"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).product();
            assert_eq!(layer["output_bytes"], values * 4 * 128, "{name}");
        }
    }
    for key in ["parameters", "multiply_adds"] {
        assert_eq!(report[key], golden["total"][key]);
    }
    let outputs = expected.values().map(|layer| {
        layer["output"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).product::<u64>()
    });
    assert_eq!(report["output_bytes"], outputs.sum::<u64>() * 4 * 128);
}

#[test]
fn a_resnet_20_takes_at_most_40_lines_and_the_documentation_shows_them() {
    let file = fs::read_to_string(root().join("configs/full/full-resnet20.toml")).unwrap();
    let network = &file[file.find("[model]").unwrap()..file.find("[training]").unwrap()];
    let lines = network.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let n_lines = lines.count();
    assert!(n_lines <= 40, "{n_lines} lines");
    let page = fs::read_to_string(root().join("docs/networks.md")).unwrap();
    assert!(page.contains(&format!("```toml\n{}\n```\n", network.trim_end())), "{page}");
}

#[test]
fn layers_have_the_names_of_their_tensors() {
    let lab = Lab::new();
    lab.write_pixel_set().write("network.toml", NETWORK);
    let cnn = "kind = \"cnn\"\nchannels = [2, 3]\nbatch_norm = true\nhidden = [4]\n";
    let (start, end) = (NETWORK.find("kind = ").unwrap(), NETWORK.find("[training]").unwrap());
    lab.write("cnn.toml", NETWORK.replace(&NETWORK[start..end], cnn));
    for config in ["network", "cnn"] {
        lab.emberlab(&format!("train {config}.toml --name {config} --dashboard none")).succeeds();
        let bytes = lab.bytes(&format!("artifacts/{config}/model.safetensors"));
        let weights = SafeTensors::deserialize(&bytes).unwrap();
        let report = shown(&lab, &format!("{config}.toml"));
        let mut parameters: BTreeMap<String, u64> = BTreeMap::new();
        for name in weights.names() {
            let (layer, tensor) = name.rsplit_once('.').unwrap();
            let is_parameter = ["weight", "bias"].contains(&tensor);
            let size = weights.tensor(name).unwrap().shape().iter().product::<usize>() as u64;
            *parameters.entry(layer.to_owned()).or_default() += if is_parameter { size } else { 0 };
        }
        let layers = layers(&report);
        for (name, n_parameters) in parameters {
            // A batch norm without shift is written with zeros in its place.
            let n_constants = if name == "1.layers.1.layers.0" { 8 } else { 0 };
            assert_eq!(layers[&name]["parameters"], n_parameters - n_constants, "{name} of {config}");
        }
    }
}

#[test]
fn a_layer_is_a_line_and_equal_blocks_are_shown_once() {
    let lab = Lab::new();
    lab.write("network.toml", NETWORK);
    let text = lab.emberlab("config show network.toml --layers").succeeds().stdout;
    let wanted = r"
                                                           param-  mult-
name          layer                                output   eters   adds  memory
input                                             3×32×32
0             convolution 5 × 5, 4 filters,         4×8×8     304   19 k   31 kB
                stride 4, padding 1
1             residual block                        8×4×4     344  5.1 k   92 kB
  layers.0    convolution 3 × 3, 8 filters,         8×4×4     288  4.6 k   15 kB
                stride 2
  layers.1    residual block                        8×4×4       8      0   31 kB
    layers.0  batch norm, no shift                  8×4×4       8      0   15 kB
  shortcut.0  convolution 1 × 1, 8 filters,         8×4×4      32    512   15 kB
                stride 2
  shortcut.1  batch norm                            8×4×4      16      0   15 kB
2, 3, …, 5    residual block, 4 times               8×4×4       0      0   31 kB
  layers.0    scale by 0.5                          8×4×4       0      0   15 kB
6             leaky ReLU                            8×4×4       0      0   15 kB
7             max pool 2 × 2, stride 1              8×3×3       0      0  8.6 kB
8             average pool 2 × 2                    8×1×1       0      0   960 B
9             dropout 0.25                          8×1×1       0      0   960 B
10            flatten                                   8       0      0   960 B
11            linear 8 → 10                            10      90     80  1.2 kB
";
    assert!(text.starts_with(&wanted[1..]), "{text}");
    assert!(text.contains("batch of 30 samples"), "{text}");
    lab.write("configs/iris.csv", fs::read(root().join("configs/iris.csv")).unwrap());
    let folders = ["configs", "configs/lab", "configs/full"].map(|folder| root().join(folder));
    let files = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    let paths = files.map(|file| file.unwrap().path());
    for path in paths.filter(|path| path.extension().is_some_and(|extension| extension == "toml")) {
        // Their shape shows only in the data.
        if !path.ends_with("image-folder.toml") && !path.ends_with("numpy.toml") {
            let text = lab.emberlab(&format!("config show {} --layers", path.display())).succeeds().stdout;
            assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        }
    }
}

#[test]
fn the_shape_comes_from_the_configuration_or_from_the_data() {
    let lab = Lab::new();
    // No image is read: these are none.
    for class in ["cat", "dog", "owl"] {
        lab.write(&format!("images/train/{class}/1.png"), "");
    }
    let folder = "[data]\nsource = \"image-folder\"\ndirectory = \"images\"\nimage_size = [8, 8]\n";
    let start = NETWORK.find("[data]").unwrap();
    lab.write(
        "images.toml",
        NETWORK
            .replace(&NETWORK[start..NETWORK.find("[model]").unwrap()], folder)
            .replace("stride = 4", "stride = 1"),
    );
    let report = shown(&lab, "images.toml");
    assert_eq!((&report["input"], &report["batch_size"]), (&json("[3, 8, 8]"), &json("1")));
    assert_eq!(report["layers"].as_array().unwrap().last().unwrap()["output"], json("[3]"));

    let mut rows = "a,b,c,label\n".to_owned();
    (0..40).for_each(|row| rows += &format!("{row},{},0.5,{}\n", row * row, row % 2));
    lab.write("table.csv", rows);
    let table = "[data]\nsource = \"csv\"\nfile = \"table.csv\"\nlabel = \"label\"\n";
    let end = NETWORK.find("[training]").unwrap();
    let linear = format!("name = \"table\"\n{table}[model]\nkind = \"linear\"\n{}", &NETWORK[end..]);
    lab.write("table.toml", linear);
    let report = shown(&lab, "table.toml");
    assert_eq!((&report["input"], &report["parameters"]), (&json("[3]"), &json("8")));
    assert_eq!(report["batch_size"], 30);

    assert_eq!(shown(&lab, "table.toml --set training.batch_size=7")["batch_size"], 7);
    let said = lab.emberlab("config show table.toml --json");
    assert!(said.code == 2 && said.stderr.contains("--layers"), "{}", said.stderr);
}

//! Weights of torchvision's ResNets, and files that have only some of a model's; values from
//! `tests/golden/torchvision_weights.py`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use burn::backend::Flex;
use burn::tensor::{Device, Tensor, TensorData};
use emberlab_config::{Config, DataShape};
use emberlab_data::RandomState;
use emberlab_models::{Architecture, NamedTensor, Network, Scheme, SharedRandom};
use emberlab_training::{Error, weights};
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};
use serde::Deserialize;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

type Tensors = BTreeMap<String, (Vec<usize>, Vec<f32>)>;
type Load = fn(Network<Flex>, &Architecture, &Path, &dyn Fn(&str)) -> Result<Network<Flex>, Error>;

const ASSIGNED: &str = "assigned torchvision's ResNet names to the layers of the model in order";

#[derive(Deserialize)]
struct Golden {
    inputs: Vec<f32>,
    logits: Vec<f32>,
}

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden").join(name)
}

fn resnet(n_classes: usize, overrides: &[&str]) -> Architecture {
    let overrides: Vec<String> = overrides.iter().map(|&line| line.to_owned()).collect();
    let config = Config::load(&golden("torchvision_weights.toml"), &overrides).unwrap();
    let image = config.data.source.image();
    let n_features = image.unwrap().size();
    config.architecture(&DataShape { n_features, image, n_classes }).unwrap()
}

fn drawn(architecture: &Architecture) -> Network<Flex> {
    let (random, dropout) = (&mut RandomState::new(1), SharedRandom::new(1));
    Network::new(architecture, Scheme::KaimingUniform, random, &dropout, &Device::<Flex>::default())
}

/// The tensors of torchvision's names.
fn torchvision() -> Tensors {
    let bytes = fs::read(golden("torchvision_weights.safetensors")).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let tensors = file.tensors().into_iter().filter(|(name, _)| !name.ends_with("num_batches_tracked"));
    let tensors = tensors.map(|(name, view)| {
        let numbers = view.data().as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        (name, (view.shape().to_vec(), numbers))
    });
    tensors.collect()
}

/// Loads tensors from a file; the second part has the notes without the name of the file.
fn loaded(
    load: Load,
    architecture: &Architecture,
    tensors: &Tensors,
) -> (Result<Network<Flex>, String>, Vec<String>) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("w.safetensors");
    let bytes: Vec<_> = tensors
        .iter()
        .map(|(name, (shape, values))| {
            (name, shape, values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>())
        })
        .collect();
    let views = bytes.iter().map(|(name, shape, bytes)| {
        (name.as_str(), TensorView::new(Dtype::F32, (*shape).clone(), bytes).unwrap())
    });
    fs::write(&path, safetensors::serialize(views.collect::<Vec<_>>(), None).unwrap()).unwrap();
    let quoted = format!("`{}`", path.display());
    let notes = RefCell::new(Vec::new());
    let warn = |note: &str| {
        notes.borrow_mut().push(note.strip_prefix(&format!("{quoted}: ")).unwrap().to_owned());
    };
    let network = load(drawn(architecture), architecture, &path, &warn);
    (network.map_err(|error| error.to_string().replace(&quoted, "FILE")), notes.into_inner())
}

fn by_name(network: &Network<Flex>) -> BTreeMap<String, NamedTensor> {
    network.tensors().into_iter().map(|tensor| (tensor.name.clone(), tensor)).collect()
}

#[track_caller]
fn assert_logits(network: &Network<Flex>) {
    let Golden { inputs, logits } =
        serde_json::from_slice(&fs::read(golden("torchvision_weights.json")).unwrap()).unwrap();
    let n = logits.len() / 3;
    let width = inputs.len() / n;
    let inputs =
        Tensor::<Flex, 2>::from_data(TensorData::new(inputs, [n, width]), &Device::<Flex>::default());
    let found = network.forward(inputs).into_data();
    for (found, expected) in found.iter::<f32>().zip(logits) {
        assert!((found - expected).abs() < 1e-4, "{found} for {expected}");
    }
}

#[test]
fn weights_of_torchvision_give_the_logits_of_pytorch() {
    let architecture = resnet(3, &[]);
    let path = golden("torchvision_weights.safetensors");
    for load in [weights::load::<Flex> as Load, weights::load_partly::<Flex>] {
        let notes = RefCell::new(Vec::new());
        let warn = |note: &str| notes.borrow_mut().push(note.to_owned());
        assert_logits(&load(drawn(&architecture), &architecture, &path, &warn).unwrap());
        assert_eq!(notes.into_inner(), [format!("`{}`: {ASSIGNED}", path.display())]);
    }
}

#[test]
fn a_prefix_before_the_names_of_torchvision_is_taken_off() {
    let tensors: Tensors =
        torchvision().into_iter().map(|(name, tensor)| (format!("module.{name}"), tensor)).collect();
    for load in [weights::load::<Flex> as Load, weights::load_partly::<Flex>] {
        let (network, notes) = loaded(load, &resnet(3, &[]), &tensors);
        assert_logits(&network.unwrap());
        assert_eq!(notes, ["took `module.` off the names of all tensors", ASSIGNED]);
    }
}

#[test]
fn a_part_of_the_weights_is_taken_only_where_that_is_asked_for() {
    let architecture = resnet(7, &[]);
    let mut tensors = torchvision();
    tensors.remove("layer3.0.downsample.1.running_mean").unwrap();
    tensors.insert("layer4.2.conv1.weight".to_owned(), (vec![1], vec![0.5]));
    let (network, _) = loaded(weights::load, &architecture, &tensors);
    let refusal = network.unwrap_err();
    let wanted =
        "FILE does not fit the model: `11.shortcut.1.running_mean` is missing; the file has `bn1.bias`, ";
    assert!(refusal.starts_with(wanted), "{refusal}");
    let (network, notes) = loaded(weights::load_partly, &architecture, &tensors);
    let wanted = [
        ASSIGNED,
        "does not have `11.shortcut.1.running_mean`; initial values are kept there",
        "does not fit everywhere: `fc.weight` for `21.weight` has shape [3, 7], must have [7, 7], `fc.bias` for `21.bias` has \
         shape [3], must have [7]; initial values are kept there",
        "no layer takes `layer4.2.conv1.weight`",
    ];
    assert_eq!(notes, wanted);
    let (found, own) = (by_name(&network.unwrap()), by_name(&drawn(&architecture)));
    for name in ["11.shortcut.1.running_mean", "21.weight", "21.bias"] {
        assert_eq!(found[name], own[name]);
    }
    for (name, theirs) in [
        ("0.weight", "conv1.weight"),
        ("11.layers.3.weight", "layer3.0.conv2.weight"),
        ("13.layers.4.running_var", "layer3.1.bn2.running_var"),
        ("11.shortcut.1.bias", "layer3.0.downsample.1.bias"),
    ] {
        assert_eq!(
            (&found[name].shape, &found[name].values),
            (&tensors[theirs].0, &tensors[theirs].1),
            "{name}"
        );
    }
}

#[test]
fn a_part_of_a_file_under_the_names_of_the_model_is_taken() {
    let architecture = Architecture::mlp(2, &[3], 2);
    let tensors: Tensors = [
        ("net.layers.0.weight", vec![3, 2], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
        ("net.layers.1.weight", vec![4, 3], vec![0.0; 12]),
        ("net.other.weight", vec![1], vec![0.0]),
    ]
    .map(|(name, shape, values)| (name.to_owned(), (shape, values)))
    .into();
    let (network, notes) = loaded(weights::load_partly, &architecture, &tensors);
    let wanted = [
        "took `net.` off the names of all tensors",
        "does not have `layers.0.bias`, `layers.1.bias`; initial values are kept there",
        "does not fit everywhere: `net.layers.1.weight` for `layers.1.weight` has shape [4, 3], must have [2, 3]; initial values \
         are kept there",
        "no layer takes `net.other.weight`",
    ];
    assert_eq!(notes, wanted);
    assert_eq!(by_name(&network.unwrap())["layers.0.weight"].values, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let other = Tensors::from([("x.weight".to_owned(), (vec![1], vec![0.0]))]);
    let (network, notes) = loaded(weights::load_partly, &architecture, &other);
    assert!(notes.is_empty());
    let wanted = "FILE does not fit the model: it has no tensor of the same name and shape; the file has `x.weight`; the model \
                  takes `layers.0.bias`, ";
    assert!(network.unwrap_err().starts_with(wanted));
}

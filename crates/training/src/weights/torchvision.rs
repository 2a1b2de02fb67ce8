//! The names that torchvision's ResNets give to their layers, and the layers of a network that they belong to.
//!
//! The layers belong together by their order: the first convolution and batch norm are `conv1` and `bn1`, block `k` is the
//! `k`-th of all `layer<stage>.<block>`, in which the convolutions are `conv1`, `conv2` …, the batch norms `bn1`, `bn2` …, and
//! the projection is `downsample.0` and `downsample.1`; the last linear layer is `fc`. Source:
//! <https://github.com/pytorch/vision/blob/main/torchvision/models/resnet.py>.

use emberlab_models::{Architecture, LayerNames, LayerSpec};
use std::collections::{BTreeMap, BTreeSet};

/// The name of each layer in a network whose layers are named by position, by its name in torchvision; none where the
/// tensors' names are not those of a ResNet.
pub(super) fn layer_names(tensors: &BTreeSet<&str>, architecture: &Architecture) -> BTreeMap<String, String> {
    let (mut names, blocks) = (BTreeMap::new(), blocks(tensors));
    let has_stem = ["conv1.weight", "bn1.weight"].iter().all(|name| tensors.contains(name));
    let by_position = |name: &&str| name.starts_with(|first: char| first.is_ascii_digit());
    if architecture.names() != LayerNames::ByPosition
        || blocks.is_empty()
        || !has_stem
        || tensors.iter().any(by_position)
    {
        return names;
    }
    let layers = architecture.layers();
    let is_block = |layer: &LayerSpec| matches!(layer, LayerSpec::Residual { .. });
    let first_block = layers.iter().position(is_block).unwrap_or(layers.len());
    numbered("", "", &layers[..first_block], &mut names);
    let own_blocks = layers.iter().enumerate().filter_map(|(position, layer)| match layer {
        LayerSpec::Residual { layers, shortcut } => Some((position, layers, shortcut)),
        _ => None,
    });
    for ((stage, block), (position, layers, shortcut)) in blocks.into_iter().zip(own_blocks) {
        let theirs = format!("layer{stage}.{block}.");
        numbered(&theirs, &format!("{position}.layers."), layers, &mut names);
        for part in 0..shortcut.len() {
            names.insert(format!("{theirs}downsample.{part}"), format!("{position}.shortcut.{part}"));
        }
    }
    let last_linear = layers.iter().rposition(|layer| matches!(layer, LayerSpec::Linear { .. }));
    names.extend(last_linear.map(|position| ("fc".to_owned(), position.to_string())));
    names
}

/// Stage and number of each block, in order.
fn blocks(tensors: &BTreeSet<&str>) -> BTreeSet<(u32, u32)> {
    let block = |name: &&str| {
        let (stage, rest) = name.strip_prefix("layer")?.split_once('.')?;
        let (block, _) = rest.split_once('.')?;
        Some((stage.parse().ok()?, block.parse().ok()?))
    };
    tensors.iter().filter_map(block).collect()
}

/// Names the convolutions and the batch norms of a list of layers by their numbers, from 1.
fn numbered(theirs: &str, ours: &str, layers: &[LayerSpec], names: &mut BTreeMap<String, String>) {
    let (mut n_convolutions, mut n_norms) = (0, 0);
    for (position, layer) in layers.iter().enumerate() {
        let (kind, number) = match layer {
            LayerSpec::Convolution { .. } => ("conv", &mut n_convolutions),
            LayerSpec::BatchNorm { .. } => ("bn", &mut n_norms),
            _ => continue,
        };
        *number += 1;
        names.insert(format!("{theirs}{kind}{number}"), format!("{ours}{position}"));
    }
}

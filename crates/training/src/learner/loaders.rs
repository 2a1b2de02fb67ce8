//! The loaders of the training part, one for each device.

use super::replicas::Replicas;
use crate::devices::{Backend, Device, UPLOAD};
use emberlab_config::{Config, DataShape};
use emberlab_data::{Augmenter, BatchPlan, DeviceLoader, DeviceSet, LabelledData, Normalizer};

/// The loader of the first device, and those of the others; all draw the same batches.
pub fn loaders(
    config: &Config,
    train: LabelledData,
    normalizer: &Normalizer,
    (first, others): (&Device, &[Device]),
) -> (DeviceLoader<Backend>, Replicas) {
    let others = others.iter().cloned().map(|device| {
        let loader = loader(config, train.clone(), normalizer, &device);
        (device, loader)
    });
    let least = config.model.least_batch(Some(&DataShape::of(&train)));
    let replicas = Replicas::new(others.collect(), least);
    (loader(config, train, normalizer, first), replicas)
}

fn loader(
    config: &Config,
    train: LabelledData,
    normalizer: &Normalizer,
    device: &Device,
) -> DeviceLoader<Backend> {
    let training = &config.training;
    let augmented = config.data.source.image().filter(|_| !config.data.augment.is_none());
    // Inputs that never change are computed once for all batches.
    let whole = matches!(training.plan, BatchPlan::Full { .. }) && augmented.is_none();
    let set = DeviceSet::new(train, normalizer, whole, UPLOAD, device);
    let loader = DeviceLoader::new(set, training.plan, training.shuffle.then_some(training.shuffle_seed));
    match augmented {
        Some(shape) => {
            let augmenter = Augmenter::new(config.data.augment, shape, device);
            loader.augmented(augmenter, config.data.augment_seed)
        }
        None => loader,
    }
}

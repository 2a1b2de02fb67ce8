//! Creating the classifier that `[model]` describes.

use crate::devices::{CurrentPlatform, Platform};
use crate::error::Error;
use crate::weights;
use crate::whitening;
use burn::tensor::backend::Backend;
use emberlab_config::{ClassWeights, Config, DataShape, Init, ModelConfig};
use emberlab_data::{LabelledData, Normalizer, RandomState};
use emberlab_models::{Architecture, Classifier, Loss, Network, Objective, Scheme, SharedRandom};

/// Creates the classifier of a configuration with its initial weights, for training samples and their normalizer.
///
/// # Errors
///
/// [`Error::Run`] when they are to be read from a file that does not fit.
pub fn classifier<B: Backend>(
    config: &Config,
    train: &LabelledData,
    normalizer: &Normalizer,
    device: &B::Device,
) -> Result<Classifier<B>, Error> {
    told_classifier(config, train, normalizer, device, &|_| ())
}

/// Like [`classifier`]; reports changes to weights that are read from a file to `warn`.
///
/// # Errors
///
/// As for [`classifier`].
pub fn told_classifier<B: Backend>(
    config: &Config,
    train: &LabelledData,
    normalizer: &Normalizer,
    device: &B::Device,
    warn: &dyn Fn(&str),
) -> Result<Classifier<B>, Error> {
    let model = &config.model;
    let architecture = config.architecture(&DataShape::of(train))?;
    let network = told_network(model, &architecture, &model.init, device, warn)?;
    let network = match &model.init {
        Init::Draw(_) => whitened(network, &architecture, train, normalizer)?,
        Init::From(_) => network,
    };
    Ok(Classifier::new(network, objective(config, train), model.gradient))
}

/// Creates the network of an architecture with weights from `init`.
///
/// # Errors
///
/// [`Error::Run`] when they are to be read from a file that does not fit, [`Error::Device`] when a server cannot hold them.
pub fn network<B: Backend>(
    model: &ModelConfig,
    architecture: &Architecture,
    init: &Init,
    device: &B::Device,
) -> Result<Network<B>, Error> {
    told_network(model, architecture, init, device, &|_| ())
}

fn told_network<B: Backend>(
    model: &ModelConfig,
    architecture: &Architecture,
    init: &Init,
    device: &B::Device,
    warn: &dyn Fn(&str),
) -> Result<Network<B>, Error> {
    CurrentPlatform::check_layers(architecture)?;
    let dropout = SharedRandom::new(model.dropout_seed);
    let draw =
        |scheme| Network::new(architecture, scheme, &mut RandomState::new(model.init_seed), &dropout, device);
    match init {
        Init::Draw(scheme) => Ok(draw(*scheme)),
        Init::From(path) => weights::load(draw(Scheme::XavierUniform), path, warn),
    }
}

/// The network with filters that whiten the training images, if its first layer has such filters.
fn whitened<B: Backend>(
    network: Network<B>,
    architecture: &Architecture,
    train: &LabelledData,
    normalizer: &Normalizer,
) -> Result<Network<B>, Error> {
    let Some(filters) = whitening::filters(architecture, train, normalizer) else { return Ok(network) };
    let mut tensors = network.tensors();
    // The first layer is the convolution, and its weights are its first tensor.
    if let Some(first) = tensors.first_mut() {
        first.values = filters;
    }
    network.with_tensors(tensors).map_err(Error::encode("the whitening filters"))
}

/// The objective that training minimises.
pub fn objective(config: &Config, train: &LabelledData) -> Objective {
    let training = &config.training;
    let class_weights = training.class_weights.as_ref().map(|weights| match weights {
        ClassWeights::Balanced => balanced(train),
        ClassWeights::Given(weights) => weights.clone(),
    });
    let loss = Loss { output: config.model.output, label_smoothing: training.label_smoothing, class_weights };
    Objective { loss, l1: training.l1 }
}

/// scikit-learn's `balanced`: `n_samples / (n_classes * samples of the class)`. A class without
/// samples counts as if it had one.
fn balanced(train: &LabelledData) -> Vec<f64> {
    let mut counts = vec![0usize; train.n_classes()];
    train.labels.iter().for_each(|&label| counts[label as usize] += 1);
    let share = train.len() as f64 / train.n_classes() as f64;
    counts.into_iter().map(|count| share / count.max(1) as f64).collect()
}

//! A training whose network or samples come from a program.

use crate::classifier::{classifier, objective, told_classifier};
use crate::devices::{AutodiffBackend, Device};
use crate::error::{Error, TrainingFailure};
use crate::guarded::guarded;
use crate::load::{Loaded, load, prepared};
use crate::samples;
use burn::module::{AutodiffModule, Module, ModuleVisitor, Param};
use burn::tensor::Tensor;
use burn::tensor::backend::{AutodiffBackend as Autodiff, Backend};
use emberlab_config::{Config, DataShape, Init, ModelKind};
use emberlab_data::{LabelledData, Normalizer, Progress, RandomState, Splits};
use emberlab_models::{Classifier, CustomNetwork, LayerBuilder, Network, Scheme, SharedRandom};

/// The CPU with autodiff, in whatever precision a tensor has.
pub(crate) type Tracked = burn::backend::Autodiff<burn::backend::Flex>;

/// A configuration, with the network of `kind = "custom"` and the samples of `source = "custom"`.
///
/// A run that it trains is a run like any other: it has a directory, it can be resumed exactly by the same program, and
/// `emberlab report` draws its page. The examples of this crate show each use.
///
/// ```
/// use emberlab_config::Config;
/// use emberlab_data::{Features, LabelledData, Splits, TestSize, TrainTestSplit};
/// use emberlab_run::Existing;
/// use emberlab_training::Trainer;
/// use emberlab_training::host::QuietHost;
/// use emberlab_training::train::TrainOptions;
/// use std::sync::Arc;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let text = r#"
///     name = "line"
///     data = { source = "custom" }
///     model = { kind = "linear" }
///     training = { epochs = 3, optimizer = { learning_rate = 0.1 } }
/// "#;
/// let config = Config::parse("line.toml".as_ref(), text, &[])?;
/// let samples = LabelledData {
///     features: Features::table((0..40).map(f64::from).collect(), 1),
///     labels: (0..40).map(|row| u32::from(row >= 20)).collect(),
///     class_names: vec!["low".into(), "high".into()],
/// };
/// let split = TrainTestSplit { test_size: TestSize::Share(0.25), stratify: true };
/// let splits = Splits::divide(&samples, &split, config.data.split_seed)?;
/// # let folder = tempfile::tempdir()?;
/// let options = TrainOptions {
///     artifacts: "artifacts".into(),
///     existing: Existing::Replace,
///     wait: false,
///     git_commit: "unknown".into(),
/// };
/// # let options = TrainOptions { artifacts: folder.path().to_owned(), ..options };
/// let report = Trainer::new(&config).samples(splits).train(&options, &QuietHost::shared())?;
/// assert!(report.run.join("metrics.csv").is_file());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Trainer<'a> {
    config: &'a Config,
    network: Option<Box<dyn Build>>,
    samples: Option<Splits>,
}

impl<'a> Trainer<'a> {
    /// A training of a configuration that describes network and samples itself.
    pub fn new(config: &'a Config) -> Self {
        Self { config, network: None, samples: None }
    }

    /// The configuration.
    pub fn config(&self) -> &'a Config {
        self.config
    }

    /// The same training, with the network of `kind = "custom"`: a
    /// [`CustomModule`](emberlab_models::layers::CustomModule), or a list of layers.
    pub fn network(self, network: impl CustomNetwork + 'static) -> Self {
        Self { network: Some(Box::new(network)), ..self }
    }

    /// The same training, with the samples of `source = "custom"`. Their fingerprint is in the run's record: a run is resumed
    /// only with the same samples.
    pub fn samples(self, splits: Splits) -> Self {
        Self { samples: Some(splits), ..self }
    }

    /// The samples: those of the program, or those that the configuration describes.
    pub(crate) fn load(&self, progress: &dyn Progress) -> Result<Loaded, Error> {
        let Some(splits) = &self.samples else { return load(self.config, progress) };
        samples::check(self.config, splits)?;
        prepared(self.config, splits.clone())
    }

    /// The classifier with its initial weights. Reports changes to weights that are read from a file to `warn`.
    pub(crate) fn classifier(
        &self,
        train: &LabelledData,
        normalizer: &Normalizer,
        device: &Device,
        warn: &dyn Fn(&str),
    ) -> Result<Classifier<AutodiffBackend>, Error> {
        match self.built(train)? {
            None => told_classifier(self.config, train, normalizer, device, warn),
            Some(network) => self.around(guarded(|| network.on_device(self.config, device))?, train),
        }
    }

    /// The classifier on the CPU, as `gradcheck` compares its gradients.
    pub(crate) fn classifier_on_cpu(
        &self,
        train: &LabelledData,
        normalizer: &Normalizer,
    ) -> Result<Classifier<Tracked>, Error> {
        match self.built(train)? {
            None => classifier(self.config, train, normalizer, &Default::default()),
            Some(network) => self.around(guarded(|| network.on_cpu(self.config))?, train),
        }
    }

    /// The network of the program, where the configuration asks for one.
    fn built(&self, train: &LabelledData) -> Result<Option<&dyn Build>, Error> {
        let is_custom = self.config.model.kind == ModelKind::Custom;
        match &self.network {
            Some(network) if is_custom => Ok(Some(&**network)),
            Some(_) => {
                let reason = "must be \"custom\": the program brings the network".to_owned();
                Err(self.config.use_errors(vec![("model.kind".to_owned(), reason)]).into())
            }
            // The configuration says why there is no network.
            None if is_custom => {
                Err(self.config.architecture(&DataShape::of(train)).map_or_else(Error::from, |_| {
                    TrainingFailure::Settings("a custom network has no architecture".to_owned()).into()
                }))
            }
            None => Ok(None),
        }
    }

    /// The classifier of a network of the program, whose logits must fit the classes.
    fn around<B: Autodiff>(&self, network: Network<B>, train: &LabelledData) -> Result<Classifier<B>, Error> {
        let device = network.devices().into_iter().next().unwrap_or_default();
        let inputs = Tensor::zeros([1, train.n_features()], &device);
        let [_, found] = guarded(|| Ok::<_, Error>(network.valid().forward(inputs).dims()))?;
        let wanted = self.config.model.output.n_outputs(train.n_classes());
        if found != wanted {
            let reason =
                format!("is \"custom\", and the program's network has {found} outputs, must have {wanted}");
            return Err(self.config.use_errors(vec![("model.kind".to_owned(), reason)]).into());
        }
        Ok(Classifier::new(network, objective(self.config, train), self.config.model.gradient))
    }

    /// The description of a network of the program and its number of weights, for the run's record.
    pub(crate) fn described(&self, classifier: &Classifier<AutodiffBackend>) -> Option<(String, usize)> {
        let network = self.network.as_ref()?;
        let mut count = CountWeights(0);
        classifier.visit(&mut count);
        Some((format!("{network:?}"), count.0))
    }
}

/// A network of a program, on the backends of this crate.
trait Build: std::fmt::Debug + Send + Sync {
    fn on_device(&self, config: &Config, device: &Device) -> Result<Network<AutodiffBackend>, Error>;
    fn on_cpu(&self, config: &Config) -> Result<Network<Tracked>, Error>;
}

impl<N: CustomNetwork> Build for N {
    fn on_device(&self, config: &Config, device: &Device) -> Result<Network<AutodiffBackend>, Error> {
        Ok(build(self, config, device))
    }

    fn on_cpu(&self, config: &Config) -> Result<Network<Tracked>, Error> {
        Ok(build(self, config, &Default::default()))
    }
}

fn build<B: Autodiff>(network: &impl CustomNetwork, config: &Config, device: &B::Device) -> Network<B> {
    let model = &config.model;
    let scheme = match model.init {
        Init::Draw(scheme) | Init::Partial { scheme, .. } => scheme,
        Init::From(_) => Scheme::XavierUniform,
    };
    // Modules of Burn draw their weights from the generator of the backend, each when it is first used.
    B::seed(device, u64::from(model.init_seed));
    let (random, dropout) = (RandomState::new(model.init_seed), SharedRandom::new(model.dropout_seed));
    let network = Network::custom(network, LayerBuilder::new(scheme, random, dropout, device));
    network.num_params();
    network
}

/// Counts the numbers that an optimizer updates.
struct CountWeights(usize);

impl<B: Backend> ModuleVisitor<B> for CountWeights {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<B, D>>) {
        let tensor = param.val();
        if tensor.is_require_grad() {
            self.0 += tensor.shape().num_elements();
        }
    }
}

//! Loading a trained run to use its network.

use crate::classifier;
use crate::devices::{self, Backend, Device};
use crate::error::Error;
use crate::evaluate::{predicted, views};
use crate::weights;
use burn::tensor::{Tensor, TensorData};
use emberlab_config::{Config, DataShape};
use emberlab_data::{DeviceViews, Features, ImageShape, LabelledData};
use emberlab_models::layers::Layer;
use emberlab_models::{LayerSpec, NamedTensor, Network, Shape};
use emberlab_run::{DataRecord, FileProblem, RunRecord};
use emberlab_run::{RunDir, file};
use std::path::Path;

/// A run with its final weights.
pub struct TrainedRun {
    /// Its directory.
    pub directory: RunDir,
    /// Its configuration.
    pub config: Config,
    /// The data that it was trained on.
    pub data: DataRecord,
    /// The layers with their final weights.
    pub network: Network<Backend>,
    /// The device that holds them.
    pub device: Device,
    /// The views that samples are evaluated by.
    pub views: DeviceViews<Backend>,
}

impl TrainedRun {
    /// Reads a run: a directory, or the name of one under `artifacts`.
    ///
    /// # Errors
    ///
    /// [`Error::Run`]; [`Error::Config`] and [`Error::Run`] for a damaged one;
    /// [`Error::Device`].
    pub fn open(artifacts: &Path, run: &Path) -> Result<Self, Error> {
        let directory = RunDir::open(artifacts, run)?;
        directory.remove_leftovers();
        let config = Config::load(&directory.file(file::CONFIG), &[])?;
        let data = RunRecord::read(directory.path())?.data;
        let source = &config.data.source;
        let (n_features, n_classes, image) = (data.n_features, data.class_names.len(), source.image());
        let shape = DataShape { n_features, image, n_classes };
        let known = source.shape().unwrap_or(shape);
        let columns = data.columns.len();
        let counted = image.map_or(columns == 0 || columns == n_features, |image| image.size() == n_features);
        let table = data.table.as_ref();
        let readable = table.is_none_or(|table| table.is_sound() && table.n_features() == n_features);
        if known != shape
            || !counted
            || !readable
            || n_classes < 2
            || !data.normalizer.fits(n_features, image)
        {
            let problem = FileProblem::DoesNotFit("the run's `config.toml`".to_owned());
            return Err(Error::artifact(directory.file(file::RECORD), problem));
        }
        config.check_shape(&shape)?;
        let architecture = config.architecture(&shape)?;
        let path = directory.file(file::SAFETENSORS);
        if !path.exists() {
            let reason =
                "is missing: a run saves its weights when it ends; go on with `emberlab train … --resume`";
            return Err(Error::artifact(path, reason));
        }
        weights::check_size(&path, &architecture)?;
        let device = devices::device_to_read(&config.device)?;
        let network = classifier::read(&config.model, &architecture, &path, &device, &|_| ())?;
        let views = views(&config, &device);
        Ok(Self { directory, config, data, network, device, views })
    }

    /// The shape of its samples.
    pub fn shape(&self) -> DataShape {
        DataShape {
            n_features: self.data.n_features,
            image: self.config.data.source.image(),
            n_classes: self.data.class_names.len(),
        }
    }

    /// The logits `[n, n_outputs]` of normalized inputs, `[n, n_features]`, averaged over the views of each sample.
    pub fn logits(&self, inputs: Tensor<Backend, 2>) -> Tensor<Backend, 2> {
        self.views.mean(inputs, |inputs| self.network.forward(inputs))
    }

    /// The weights before the first update, for the samples that the run was trained on.
    ///
    /// # Errors
    ///
    /// As for [`classifier`](crate::classifier()).
    pub fn initial_tensors(&self, train: &LabelledData) -> Result<Vec<NamedTensor>, Error> {
        let initial =
            classifier::classifier::<Backend>(&self.config, train, &self.data.normalizer, &self.device)?;
        Ok(initial.network().tensors())
    }

    /// The maps `[n, filters, height, width]` of the first convolution for samples, with their shape, after the batch norm and
    /// the activation that follow it; `None` if the network does not begin with a convolution.
    pub fn feature_maps(&self, features: &Features) -> Option<(Vec<f32>, ImageShape)> {
        let architecture = self.config.architecture(&self.shape()).ok()?;
        let layers: Vec<(Shape, &LayerSpec)> = architecture.with_inputs().collect();
        let (_, LayerSpec::Convolution { .. }) = layers.first()? else { return None };
        let follows =
            |layer: &LayerSpec| matches!(layer, LayerSpec::BatchNorm { .. } | LayerSpec::Activation { .. });
        let end = 1 + layers[1..].iter().take_while(|(_, layer)| follows(layer)).count();
        let (Shape::Image(shape), _) = *layers.get(end)? else { return None };
        let maps = self.network.layers()[..end]
            .iter()
            .fold(self.inputs(features), |maps, layer| layer.forward(maps));
        Some((maps.into_data().iter::<f32>().collect(), shape))
    }

    /// The class predicted for each sample, and the probabilities `[n, n_classes]`, row after row.
    pub fn predict(&self, features: &Features) -> (Vec<usize>, Vec<f64>) {
        predicted(self.config.model.output, self.logits(self.inputs(features)))
    }

    /// Normalized samples on the device, `[n, n_features]`.
    fn inputs(&self, features: &Features) -> Tensor<Backend, 2> {
        let inputs = self.data.normalizer.apply(features);
        let n_features = self.data.n_features;
        let n_samples = inputs.len() / n_features.max(1);
        Tensor::from_data(TensorData::new(inputs, [n_samples, n_features]), &self.device)
    }
}

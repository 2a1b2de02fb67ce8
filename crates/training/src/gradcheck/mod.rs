//! Whether the derivative by hand, autodiff and finite differences agree.
//!
//! All three are computed in f64 on the CPU, with the weights and on samples of a configuration.
//! Central differences `(J(w + h) - J(w - h)) / 2h` with `h = 1e-5` are good to about ten digits where
//! `J` is smooth. A step that crosses a kink, of ReLU or of max-pooling, gives another slope than half
//! of it; then smaller steps are taken, and entries where none will do are counted and left out.
//!
//! The relative error of two gradients is `|a - b| / max(|a|, |b|, 1e-4 g)`, where `g` is the largest
//! entry of any gradient: far below it, as before batch norm, which takes away what a bias adds, a
//! gradient is what is left of terms that cancel.

mod differences;
mod on_device;
mod report;

pub use report::{Comparison, ParameterReport, Report, WorstEntry};

use crate::classifier::classifier;
use crate::config::Config;
use crate::error::Error;
use crate::load::{Loaded, load};
use burn::backend::{Autodiff, Flex};
use burn::module::{AutodiffModule, Module, ModuleMapper, ModuleVisitor, Param, ParamId};
use burn::tensor::{DType, Tensor, TensorData};
use differences::Differences;
use emberlab_data::{ClassificationBatch, LabelledData, Normalizer, Progress, RandomState};
use emberlab_models::{Classifier, GradientRule, Gradients};
use on_device::OnDevice;
use std::collections::HashMap;

/// The CPU, in whatever precision a tensor has.
pub type Cpu = Flex;

/// What is compared, and how strictly.
#[derive(Clone, Copy, Debug)]
pub struct GradcheckOptions {
    /// Samples of the batch, the first of the training part.
    pub samples: usize,
    /// Entries of each parameter whose difference is taken; all where it has no more.
    pub entries: usize,
    /// The largest relative error between hand and autodiff.
    pub autodiff_tolerance: f64,
    /// The largest relative error between hand and finite differences.
    pub difference_tolerance: f64,
    /// The largest error of the program's backend, as a share of a parameter's largest entry.
    pub device_tolerance: f64,
}

impl Default for GradcheckOptions {
    fn default() -> Self {
        Self {
            samples: 16,
            entries: 25,
            autodiff_tolerance: 1e-9,
            difference_tolerance: 1e-5,
            device_tolerance: 1e-3,
        }
    }
}

/// Compares the three on the data of a configuration; `progress` is told how far reading it came.
///
/// # Errors
///
/// As for [`load`] and [`classifier`](crate::classifier).
pub fn gradcheck(
    config: &Config,
    options: &GradcheckOptions,
    progress: &dyn Progress,
) -> Result<Report, Error> {
    let rule = |classifier: &_, batch| GradientRule::Manual.gradients(classifier, batch);
    gradcheck_rule(config, options, progress, rule)
}

/// Compares a derivative that claims to be right.
pub(crate) fn gradcheck_rule(
    config: &Config,
    options: &GradcheckOptions,
    progress: &dyn Progress,
    rule: impl Fn(&Classifier<Autodiff<Cpu>>, ClassificationBatch<Autodiff<Cpu>>) -> Gradients<Autodiff<Cpu>>,
) -> Result<Report, Error> {
    let Loaded { splits, normalizer, .. } = load(config, progress)?;
    config.check_samples(&splits)?;
    let train = splits.train.samples;
    let rows: Vec<usize> = (0..options.samples.min(train.len())).collect();
    let tracked = classifier::<Autodiff<Cpu>>(config, &train, &Default::default())?.map(&mut ToF64);
    let samples = train.select(&rows)?;
    let dropout = RandomState::new(config.model.dropout_seed);

    let gradients = |of: &dyn Fn() -> Gradients<Autodiff<Cpu>>| {
        tracked.network().reset_dropout(&dropout);
        read(&tracked, of())
    };
    let batch = || batch_in_f64(&samples, &normalizer);
    let manual = gradients(&|| rule(&tracked, batch()));
    let autodiff = gradients(&|| GradientRule::Autodiff.gradients(&tracked, batch()));

    let untracked = tracked.valid();
    let differences = Differences::new(&untracked, batch_in_f64(&samples, &normalizer), dropout.clone());
    let on_device = OnDevice::compute(config, &train, &samples, &normalizer)?;
    let mut report = report::Builder::new(&autodiff, options);
    for (index, (id, name)) in tracked.network().parameter_names().into_iter().enumerate() {
        let (Some(manual), Some(autodiff)) = (manual.get(&id), autodiff.get(&id)) else {
            return Err(Error::Training(format!("`{name}` has no gradient")));
        };
        let entries = chosen_entries(manual.values.len(), options.entries)?;
        let agree = |left, right| report.agree(left, right);
        let slopes = entries.into_iter().map(|entry| (entry, differences.slope(id, entry, agree)));
        let slopes = slopes.collect();
        report.add(name, manual, autodiff, slopes, on_device.errors(index, autodiff, report.largest()));
    }
    Ok(report.finish(options, samples.len()))
}

/// A gradient in host memory.
#[derive(Clone, Debug)]
pub(crate) struct HostGradient {
    pub shape: Vec<usize>,
    pub values: Vec<f64>,
}

/// The entries whose difference is taken, always the same ones.
fn chosen_entries(n: usize, most: usize) -> Result<Vec<usize>, Error> {
    if n <= most {
        return Ok((0..n).collect());
    }
    let mut entries = RandomState::new(0).choice(n, most, false)?;
    entries.sort_unstable();
    Ok(entries)
}

/// Turns every parameter into f64.
struct ToF64;

impl ModuleMapper<Autodiff<Cpu>> for ToF64 {
    fn map_float<const D: usize>(
        &mut self,
        param: Param<Tensor<Autodiff<Cpu>, D>>,
    ) -> Param<Tensor<Autodiff<Cpu>, D>> {
        let trained = param.val().is_require_grad();
        param.map(|tensor| Tensor::from_inner(tensor.inner().cast(DType::F64)).set_require_grad(trained))
    }
}

fn batch_in_f64<B>(samples: &LabelledData, normalizer: &Normalizer) -> ClassificationBatch<B>
where
    B: burn::tensor::backend::Backend,
{
    let (n, n_features, n_classes) = (samples.len(), samples.n_features(), samples.n_classes());
    let device = B::Device::default();
    let mut targets = vec![0.0f64; n * n_classes];
    for (row, &label) in samples.labels.iter().enumerate() {
        targets[row * n_classes + label as usize] = 1.0;
    }
    let labels: Vec<i64> = samples.labels.iter().map(|&label| i64::from(label)).collect();
    let float = |values, width| Tensor::from_data(TensorData::new(values, [n, width]), (&device, DType::F64));
    ClassificationBatch {
        inputs: float(normalizer.apply(&samples.features), n_features),
        labels: Tensor::from_data(TensorData::new(labels, [n]), &device),
        targets: float(targets, n_classes),
    }
}

/// The gradient of each parameter.
fn read(
    classifier: &Classifier<Autodiff<Cpu>>,
    gradients: Gradients<Autodiff<Cpu>>,
) -> HashMap<ParamId, HostGradient> {
    let mut read = Read { gradients, found: HashMap::new() };
    classifier.visit(&mut read);
    read.found
}

struct Read {
    gradients: Gradients<Autodiff<Cpu>>,
    found: HashMap<ParamId, HostGradient>,
}

impl ModuleVisitor<Autodiff<Cpu>> for Read {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<Autodiff<Cpu>, D>>) {
        if let Some(gradient) = self.gradients.parameters.remove::<Cpu, D>(param.id) {
            let data = gradient.into_data();
            let values = data.iter::<f64>().collect();
            self.found.insert(param.id, HostGradient { shape: data.shape.to_vec(), values });
        }
    }
}

#[cfg(test)]
mod tests;

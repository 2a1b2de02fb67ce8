//! Histograms of weights and gradients, recorded about [`SNAPSHOTS`] times in a run.

use super::transfer::read_all;
use crate::devices::{AutodiffBackend, Backend};
use crate::error::Error;
use burn::module::{Module, ModuleVisitor, Param, ParamId};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use emberlab_models::Classifier;
use emberlab_run::FileMark;
use emberlab_run::histograms_file::{HistogramRow, HistogramsWriter};
use rayon::prelude::*;
use std::collections::HashMap;
use std::path::Path;

/// Enough for a picture, few enough that waiting for the device costs little.
const SNAPSHOTS: usize = 24;

/// Appends histograms to `histograms.csv`.
pub struct Histograms {
    file: HistogramsWriter,
    /// Updates from one snapshot to the next.
    every: usize,
    /// The last update, which is always recorded.
    last: usize,
}

impl Histograms {
    /// Writes to `path` for a run of `updates` updates, from the mark of a checkpoint on.
    ///
    /// # Errors
    ///
    /// [`Error::Run`] when the file cannot be written.
    pub fn create(path: &Path, updates: usize, mark: FileMark) -> Result<Self, Error> {
        let every = updates.div_ceil(SNAPSHOTS).max(1);
        Ok(Self { file: HistogramsWriter::resume(path, mark)?, every, last: updates })
    }

    /// Waits until the disk has all histograms, and returns the mark of the file.
    ///
    /// # Errors
    ///
    /// [`Error::Run`] when the file cannot be written.
    pub fn sync(&mut self) -> Result<FileMark, Error> {
        Ok(self.file.sync()?)
    }

    /// Whether an update, counted from 1, is recorded.
    pub fn is_due(&self, update: usize) -> bool {
        (update - 1).is_multiple_of(self.every) || update == self.last
    }

    /// Records every parameter before an update, and the gradients of the update. Returns the number of transfers.
    ///
    /// # Errors
    ///
    /// [`Error::Run`] when the file cannot be written.
    pub fn record(
        &mut self,
        update: usize,
        model: &Classifier<AutodiffBackend>,
        gradients: &GradientsParams,
    ) -> Result<usize, Error> {
        let parameters = model.network().parameters().into_iter();
        let names: HashMap<ParamId, String> =
            parameters.map(|parameter| (parameter.id, parameter.name)).collect();
        let mut snapshot = Snapshot { names, gradients, of: Vec::new(), tensors: Vec::new() };
        model.visit(&mut snapshot);
        let (numbers, transfers) = read_all(snapshot.tensors);
        // In parallel: a large layer has millions of numbers.
        let rows = snapshot.of.par_iter().zip(&numbers);
        let rows: Vec<_> =
            rows.map(|((name, of), numbers)| HistogramRow::new(update, name, of, numbers.values())).collect();
        self.file.write(rows.iter().flatten())?;
        Ok(transfers)
    }
}

/// The tensors to read, each with its parameter's name and `weight` or `gradient`.
struct Snapshot<'a> {
    names: HashMap<ParamId, String>,
    gradients: &'a GradientsParams,
    of: Vec<(String, &'static str)>,
    tensors: Vec<Tensor<Backend, 1>>,
}

impl Snapshot<'_> {
    fn add<const D: usize>(&mut self, name: &str, of: &'static str, tensor: Tensor<Backend, D>) {
        self.of.push((name.to_owned(), of));
        self.tensors.push(tensor.flatten(0, D - 1));
    }
}

impl ModuleVisitor<AutodiffBackend> for Snapshot<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<AutodiffBackend, D>>) {
        let Some(name) = self.names.get(&param.id).cloned() else { return };
        self.add(&name, "weight", param.val().inner());
        if let Some(gradient) = self.gradients.get::<Backend, D>(param.id) {
            self.add(&name, "gradient", gradient);
        }
    }
}

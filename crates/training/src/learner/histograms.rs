//! Records how weights and gradients are spread, about [`SNAPSHOTS`] times in a run.

use super::transfer::read_all;
use crate::atomic;
use crate::backend::{AutodiffBackend, Backend};
use crate::error::Error;
use crate::histograms_file::{self, HistogramRow};
use burn::module::{Module, ModuleVisitor, Param, ParamId};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use emberlab_models::Classifier;
use rayon::prelude::*;
use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};

/// Enough for a picture, few enough that a device is hardly ever waited for.
const SNAPSHOTS: usize = 24;

/// Appends histograms to `histograms.csv`.
pub struct Histograms {
    path: PathBuf,
    file: csv::Writer<File>,
    /// Updates from one snapshot to the next.
    every: usize,
    /// The update that is recorded in any case.
    last: usize,
}

impl Histograms {
    /// Writes to a file beside the metrics of a run with so many updates, of which some are done; what the file says
    /// of later ones is forgotten.
    ///
    /// # Errors
    ///
    /// [`Error::Write`]. What a process that was killed left half written is forgotten too.
    pub fn create(path: &Path, updates: usize, done: usize) -> Result<Self, Error> {
        let kept = histograms_file::readable(path).into_iter().filter(|row| row.iteration <= done);
        let mut bytes = csv::Writer::from_writer(Vec::new());
        let failed = |reason: String| Error::write(path)(std::io::Error::other(reason));
        for row in kept {
            bytes.serialize(row).map_err(|error| failed(error.to_string()))?;
        }
        let bytes = bytes.into_inner().map_err(|error| failed(error.to_string()))?;
        atomic::write(path, &bytes)?;
        let file = File::options().append(true).open(path).map_err(Error::write(path))?;
        let file = csv::WriterBuilder::new().has_headers(bytes.is_empty()).from_writer(file);
        let every = updates.div_ceil(SNAPSHOTS).max(1);
        Ok(Self { path: path.to_owned(), file, every, last: updates })
    }

    /// Whether an update, counted from 1, is recorded.
    pub fn is_due(&self, update: usize) -> bool {
        (update - 1).is_multiple_of(self.every) || update == self.last
    }

    /// Records every parameter before an update, and the gradient that the update is made by. Returns how many transfers
    /// that took.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn record(
        &mut self,
        update: usize,
        model: &Classifier<AutodiffBackend>,
        gradients: &GradientsParams,
    ) -> Result<usize, Error> {
        let names: HashMap<ParamId, String> = model.network().parameter_names().into_iter().collect();
        let mut snapshot = Snapshot { names, gradients, of: Vec::new(), tensors: Vec::new() };
        model.visit(&mut snapshot);
        let (values, transfers) = read_all(snapshot.tensors);
        // On every core: a large layer has millions of numbers.
        let rows = snapshot.of.par_iter().zip(&values);
        let rows: Vec<_> =
            rows.map(|((name, of), values)| HistogramRow::new(update, name, of, values)).collect();
        rows.iter().flatten().try_for_each(|row| self.write(row))?;
        self.flush()?;
        Ok(transfers)
    }

    fn write(&mut self, row: &HistogramRow) -> Result<(), Error> {
        self.file.serialize(row).map_err(|error| Error::write(&self.path)(std::io::Error::other(error)))
    }

    fn flush(&mut self) -> Result<(), Error> {
        self.file.flush().map_err(Error::write(&self.path))
    }
}

/// What is to be read, each with its parameter's name and what it is of it.
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

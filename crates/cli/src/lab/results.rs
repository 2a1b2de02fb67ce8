//! The results of the lab, from which its page is made.

use super::experiment::Experiment;
use super::spread::Spread;
use emberlab_models::MetricName;
use emberlab_report::{Figure, Material};
use emberlab_training::WorkedExample;
use emberlab_training::gradcheck::Report;
use std::path::PathBuf;

/// An experiment that was run.
pub struct Done {
    /// The experiment.
    pub experiment: Experiment,
    /// The data of its run.
    pub material: Material,
    /// The figures of its run.
    pub figures: Vec<Figure>,
}

/// All results.
pub struct Lab {
    /// The experiments that were run, in the order of the notebook.
    pub done: Vec<Done>,
    /// The reason why the experiments on images are missing, if they are.
    pub no_images: Option<String>,
    /// The first update by one sample: softmax, sigmoid.
    pub worked: Vec<WorkedExample>,
    /// The experiments by hand whose derivatives were checked.
    pub checks: Vec<(Experiment, Report)>,
    /// The image classifiers with further seeds.
    pub spreads: Vec<(Experiment, Spread)>,
    /// The keys that were set on the command line.
    pub overrides: Vec<String>,
    /// The folder of all runs.
    pub artifacts: PathBuf,
}

impl Lab {
    /// Whether the page has a section: two of them are left out where the images are missing.
    pub fn has_section(&self, id: &str) -> bool {
        self.no_images.is_none() || !["learn", "cnn"].contains(&id)
    }

    pub fn of(&self, experiment: Experiment) -> Option<&Done> {
        self.done.iter().find(|done| done.experiment == experiment)
    }
}

impl Done {
    /// The share of the test part that was predicted right.
    pub fn test_accuracy(&self) -> String {
        let test = self.material.record.metrics.test.as_ref();
        let accuracy = test.and_then(|test| test.get(MetricName::Accuracy.name()));
        accuracy.map_or_else(|| "–".to_owned(), emberlab_report::percent)
    }

    /// A figure by the name of its file.
    pub fn figure(&self, name: &str) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.views.first().is_some_and(|view| view.file == name))
    }
}

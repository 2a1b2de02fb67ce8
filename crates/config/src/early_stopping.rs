//! `[training.early_stopping]`: when training ends before its last epoch.

use super::key::key;
use super::rule::{count, non_negative, real, word};
use super::score_name::ScoreName;
use super::section::Section;
use super::select::Select;

/// When training ends because it no longer gets better, by a score on the validation part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EarlyStopping {
    /// The number that is compared.
    pub metric: ScoreName,
    /// Validations in a row with a score that is no better.
    pub patience: usize,
    /// How much better a score must be to count. Metrics count from 0 to 1.
    pub min_delta: f64,
    /// A score that must be reached too before a better one resets the count.
    pub baseline: Option<f64>,
}

impl EarlyStopping {
    /// `select` gives the default of `metric`.
    pub(super) fn keys(section: &mut Section<'_>, written: Option<&Self>, select: Select) -> Option<Self> {
        let mut section = section.optional_table("early_stopping", written.is_some());
        let words: Vec<_> = ScoreName::all().map(|score| (score.name(), score)).collect();
        let about = "the loss or the metric that is compared; a metric need not be among `metrics.names`";
        let metric = key("metric", word(&words), about).default_text("as `training.select`");
        let default = select.score().unwrap_or(ScoreName::Loss);
        // Left out unless it is another: runs of earlier versions, which do not have the key, can be resumed.
        let set_metric = written.map(|rule| rule.metric).filter(|&metric| metric != default);
        let metric = section.value(metric, default, set_metric);
        let about = "number of validations in a row without a better score after which training ends";
        let patience = key("patience", count(1), about);
        let patience = section.required(patience, written.map(|rule| rule.patience));
        let about =
            "smallest change of the score that counts as an improvement, for the weights that are kept too";
        let min_delta = key("min_delta", non_negative(), about).formerly("minimum_change");
        let min_delta = section.value(min_delta, 0.0, written.map(|rule| rule.min_delta));
        let about = "a better score resets the count of `patience` only if it is better than this too";
        let baseline =
            section.optional(key("baseline", real(), about), written.and_then(|rule| rule.baseline));
        section.finish();
        Some(Self { metric, patience: patience?, min_delta, baseline })
    }
}

//! The ranking of a sweep as text.

use crate::output::print;
use crate::sweep::{Mean, Rank, RankedPart};
use emberlab_config::ScoreName;
use emberlab_models::{MetricName, Unit};

/// A table for the settings on each data, and why some are not compared.
pub fn tables(ranks: &[Rank], metric: ScoreName) -> String {
    let groups = ranks.chunk_by(|left, right| left.data == right.data);
    let groups: Vec<String> = groups.map(|ranks| table(ranks, metric)).collect();
    let mut text = groups.concat();
    if groups.len() > 1 {
        text += "\nruns on different data are ranked apart: their scores are not of the same samples\n";
    }
    if ranks.iter().any(|rank| rank.by.is_none()) {
        text += "\nnot ranked, for the runs minimise different losses and have no validation part to be compared by; \
                 set `data.validation_fraction`\n";
    }
    text
}

fn table(ranks: &[Rank], metric: ScoreName) -> String {
    let keys =
        ranks.first().map_or(Vec::new(), |rank| rank.settings.iter().map(|(key, _)| key.clone()).collect());
    let validated = ranks.iter().any(|rank| rank.by.is_some_and(|by| by.part == RankedPart::Validation));
    let part = if validated { "valid" } else { "train" };
    // The accuracy of the validation part has a column in any case.
    let is_extra = ![ScoreName::Loss, ScoreName::Metric(MetricName::Accuracy)].contains(&metric);
    let mut header = vec!["rank".to_owned()];
    header.extend(keys);
    header.push(format!("{part} loss"));
    header.extend(is_extra.then(|| format!("{part} {}", metric.name())));
    header.extend(["valid acc.", "test acc.", "runs"].map(str::to_owned));
    let mut rows = vec![header];
    for rank in ranks {
        let mut row = vec![rank.rank.map_or("-".to_owned(), |place| place.to_string())];
        row.extend(rank.settings.iter().map(|(_, value)| value.clone()));
        row.push(mean(rank.loss, Unit::Nats));
        row.extend(is_extra.then(|| mean(rank.metric, metric.description().unit)));
        row.push(mean(rank.validation_accuracy, Unit::Share));
        row.push(mean(rank.test_accuracy, Unit::Share));
        row.push(rank.runs.join(" "));
        rows.push(row);
    }
    format!("\n{}", print::table(&rows))
}

/// A mean and its standard deviation, as in `0.123456` and `95.31 ± 0.20 %`.
fn mean(mean: Option<Mean>, unit: Unit) -> String {
    let Some(Mean { mean, deviation }) = mean else { return "-".to_owned() };
    let mean = unit.show(mean);
    match deviation {
        None => mean,
        Some(deviation) => {
            let number = mean.strip_suffix(" %").unwrap_or(&mean);
            format!("{number} ± {}", unit.show(deviation))
        }
    }
}

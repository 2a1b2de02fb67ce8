//! The files of a sweep: its ranking as a table, and as a picture of parallel coordinates.

use crate::error::Error;
use crate::sweep::{Mean, Rank};
use emberlab_report::plots::{Coordinate, ParallelCoordinates, Scale, png, svg};
use emberlab_run::atomic;
use std::io;
use std::path::Path;

/// The ranking.
const TABLE: &str = "ranking.csv";
/// Names of the picture.
const SVG: &str = "ranking.svg";
const PNG: &str = "ranking.png";
/// The ratio of two values of a key from which its axis is logarithmic.
const WIDE: f64 = 10.0;

/// Writes the ranking into a sweep's folder, and returns the names of the files. There is a picture if two settings or more of
/// the same data are ranked.
///
/// # Errors
///
/// [`Error::Training`] when a file cannot be written; those of drawing.
pub fn write(folder: &Path, ranks: &[Rank]) -> Result<Vec<&'static str>, Error> {
    atomic::write_output(&folder.join(TABLE), &table(ranks)?)?;
    let ranked: Vec<&Rank> = ranks.iter().filter(|rank| rank.rank.is_some()).collect();
    if ranked.len() < 2 || ranks.iter().any(|rank| rank.data > 1) {
        return Ok(vec![TABLE]);
    }
    let coordinates = coordinates(&ranked);
    let picture = ParallelCoordinates::new("settings, the best in orange", &coordinates)?;
    atomic::write_output(&folder.join(SVG), &svg(&picture)?)?;
    atomic::write_output(&folder.join(PNG), &png(&picture)?)?;
    Ok(vec![TABLE, SVG, PNG])
}

fn table(ranks: &[Rank]) -> Result<Vec<u8>, Error> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let keys = ranks.first().map_or(&[][..], |rank| &rank.settings);
    let mut header = vec!["rank", "data"];
    header.extend(keys.iter().map(|(key, _)| key.as_str()));
    header.extend(["by", "value", "deviation", "loss", "validation_accuracy", "test_accuracy", "runs"]);
    let mut write = || -> Result<(), csv::Error> {
        table.write_record(&header)?;
        for rank in ranks {
            let mut row = vec![rank.rank.map(|place| place.to_string()).unwrap_or_default()];
            row.push(rank.data.to_string());
            row.extend(rank.settings.iter().map(|(_, value)| value.clone()));
            row.push(rank.by.map(|by| by.to_string()).unwrap_or_default());
            let score = rank.score();
            let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
            let mean = |mean: Option<Mean>| number(mean.map(|mean| mean.mean));
            row.extend([mean(score), number(score.and_then(|score| score.deviation)), mean(rank.loss)]);
            row.extend([mean(rank.validation_accuracy), mean(rank.test_accuracy), rank.runs.join(" ")]);
            table.write_record(&row)?;
        }
        Ok(())
    };
    write().map_err(io::Error::other).map_err(Error::write(TABLE))?;
    table.into_inner().map_err(|error| error.into_error()).map_err(Error::write(TABLE))
}

/// An axis for each key that takes several values, and one for the score.
fn coordinates(ranked: &[&Rank]) -> Vec<Coordinate> {
    let n_keys = ranked.first().map_or(0, |rank| rank.settings.len());
    let of_key = |place: usize| {
        let values: Vec<&str> = ranked.iter().map(|rank| rank.settings[place].1.as_str()).collect();
        let key = &ranked[0].settings[place].0;
        let varies = values.iter().any(|value| *value != values[0]);
        varies.then(|| coordinate(key.rsplit('.').next().unwrap_or(key), &values))
    };
    let mut coordinates: Vec<Coordinate> = (0..n_keys).filter_map(of_key).collect();
    let scores: Vec<f64> = ranked.iter().filter_map(|rank| rank.score()).map(|score| score.mean).collect();
    let name = ranked.first().and_then(|rank| rank.by).map(|by| by.to_string().replace('-', " "));
    coordinates.push(Coordinate::numbers(&name.unwrap_or_default(), scores, Scale::Linear));
    coordinates
}

fn coordinate(name: &str, values: &[&str]) -> Coordinate {
    let numbers: Option<Vec<f64>> = values.iter().map(|value| value.parse().ok()).collect();
    let Some(numbers) = numbers.filter(|numbers| numbers.iter().all(|number| number.is_finite())) else {
        return Coordinate::words(name, values.iter().map(|&value| value.to_owned()).collect());
    };
    let (low, high) =
        numbers.iter().fold((f64::INFINITY, 0.0f64), |(low, high), &value| (low.min(value), high.max(value)));
    let scale = if low > 0.0 && high / low >= WIDE { Scale::Log } else { Scale::Linear };
    Coordinate::numbers(name, numbers, scale)
}

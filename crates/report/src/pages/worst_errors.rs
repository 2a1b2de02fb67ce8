//! The wrong predictions for test samples with the largest loss.

use super::material::Material;
use super::page::data_uri;
use crate::error::{Error, PictureProblem};
use crate::plots::{ImageCell, short};
use emberlab_data::Features;
use emberlab_data::text::shown as shown_name;
use image::{ImageFormat, RgbImage};
use maud::{Markup, html};
use std::io::Cursor;

/// The most samples that are shown.
const MAX_SHOWN: usize = 12;
/// The most columns of a table that are shown.
const MAX_COLUMNS: usize = 8;

/// A table of the wrong predictions with the largest loss, the largest first.
///
/// # Errors
///
/// [`Error::Picture`] when an image cannot be encoded.
pub fn worst_errors(material: &Material) -> Result<Markup, Error> {
    let Some(predictions) = &material.predictions else {
        return Ok(html! { p { "The run was not scored on its test part." } });
    };
    let wrong = |sample: &usize| predictions.predictions[*sample] != predictions.labels[*sample] as usize;
    let mut worst: Vec<usize> = (0..predictions.len()).filter(wrong).collect();
    let n_wrong = worst.len();
    worst.sort_by(|&left, &right| predictions.loss(right).total_cmp(&predictions.loss(left)));
    worst.truncate(MAX_SHOWN);
    if worst.is_empty() {
        return Ok(html! { p { "None of the test samples was predicted wrong." } });
    }
    let names = &material.record.data.class_names;
    let mut rows = Vec::new();
    for sample in worst {
        let (class, predicted) = (predictions.labels[sample] as usize, predictions.predictions[sample]);
        rows.push(html! {
            tr {
                th scope="row" { (shown(material, sample)?) }
                td { (predictions.rows[sample]) }
                td.text { (shown_name(&names[class])) " " span.note { (share(predictions.of_class[sample])) } }
                td.text { (shown_name(&names[predicted])) " " span.note { (share(predictions.of_prediction[sample])) } }
                td { (format!("{:.3}", predictions.loss(sample))) }
            }
        });
    }
    Ok(html! {
        p { (n_wrong) " of " (predictions.len()) " test samples were predicted wrong; these have the lowest probability of their class." }
        div class="table" tabindex="0" role="region" aria-label="worst errors" {
            table {
                thead { tr {
                    @for cell in ["sample", "row in its source", "class", "predicted", "loss"] { th scope="col" { (cell) } }
                } }
                tbody { @for row in rows { (row) } }
            }
        }
    })
}

fn share(probability: f64) -> String {
    format!("{:.1} %", 100.0 * probability)
}

/// A sample as an image, as its values, or as its number if the data is missing.
fn shown(material: &Material, sample: usize) -> Result<Markup, Error> {
    let test = material.splits.as_ref().map(|splits| &splits.test.samples);
    Ok(match test.filter(|test| sample < test.len()).map(|test| &test.features) {
        None => html! { (sample) },
        Some(Features::Images { pixels, shape }) => {
            let cell = ImageCell::new(*shape);
            let image = cell.pixels(&pixels[sample * shape.size()..(sample + 1) * shape.size()]);
            let (width, height) = (cell.width() as u32, cell.height() as u32);
            html! { img src=(data_uri(&png(image, width, height)?)) width=(width) height=(height) alt={ "test image " (sample) }; }
        }
        Some(Features::Table { values, columns }) => {
            let row = &values[sample * columns.len()..(sample + 1) * columns.len()];
            let numbers: Vec<String> = columns
                .iter()
                .zip(row)
                .take(MAX_COLUMNS)
                .map(|(column, value)| format!("{column} = {}", short(*value)))
                .collect();
            let more = if columns.len() > MAX_COLUMNS { ", …" } else { "" };
            html! { (numbers.join(", ")) (more) }
        }
    })
}

fn png(pixels: Vec<u8>, width: u32, height: u32) -> Result<Vec<u8>, Error> {
    let image = RgbImage::from_raw(width, height, pixels).ok_or(PictureProblem::ImageSize)?;
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Png)?;
    Ok(bytes.into_inner())
}

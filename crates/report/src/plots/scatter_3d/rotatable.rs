//! What a page needs to draw a scatter plot from another side.

use super::{BOX_SCALE, MAX_LABELS, PITCH, SIZE, Scatter3d, YAW};
use crate::error::Error;
use crate::plots::axis::Axis;
use crate::plots::canvas::{class_colour, failed};
use crate::plots::class_legend::class_legend_lines;
use crate::plots::shown_samples::shown_rows;
use plotters::prelude::{Color, IntoDrawingArea, SVGBackend};
use serde_json::{Value, json};

impl Scatter3d<'_> {
    /// The box, its axes and its points, for the script that rotates them. Coordinates are shares of their axes, from 0 to 1,
    /// in the order right, up, back.
    ///
    /// # Errors
    ///
    /// [`Error::Picture`] when the letters cannot be read.
    pub fn rotatable(&self) -> Result<Value, Error> {
        let mut unused = String::new();
        let canvas = SVGBackend::with_string(&mut unused, SIZE).into_drawing_area();
        let legend_left = SIZE.0 - self.legend_width;
        let (plot, _) = canvas.split_horizontally(legend_left);
        let (columns, rows) = self.chart(&plot)?.plotting_area().get_pixel_range();
        canvas.present().map_err(failed)?;
        // The side of the box, as plotters computes it.
        let side = f64::from((columns.end - columns.start).min(rows.end - rows.start) * 4 / 5) * BOX_SCALE;
        let [right, back, up] = &self.axes;
        let [right_name, back_name, up_name] = self.shown_names()?;
        let (legend, more) = class_legend_lines(&self.data.class_names)?;
        let colours: Vec<String> = (0..self.data.n_classes()).map(colour).collect();
        let points: Vec<Value> = shown_rows(self.data).into_iter().map(|row| self.shares(row)).collect();
        Ok(json!({
            "title": self.shown_title()?,
            "size": [SIZE.0, SIZE.1],
            "center": [f64::from(columns.start + columns.end) / 2.0, f64::from(rows.start + rows.end) / 2.0],
            "side": side,
            "pitch": PITCH,
            "yaw": YAW,
            "axes": [axis(&right_name, right), axis(&up_name, up), axis(&back_name, back)],
            "legend": { "left": legend_left, "names": legend, "more": more },
            "colours": colours,
            "points": points,
        }))
    }

    /// The class of a sample and its place, in few digits.
    fn shares(&self, row: usize) -> Value {
        let [right, back, up] = &self.axes;
        let (x, y, z) = self.point(row);
        let share = |axis: &Axis, value: f64| (axis.share(value) * 1e4).round() / 1e4;
        json!([self.data.labels[row], share(right, x), share(up, y), share(back, z)])
    }
}

/// The name of an axis, and the places and labels of its ticks.
fn axis(name: &str, axis: &Axis) -> Value {
    let ticks: Vec<(f64, String)> =
        axis.ticks(MAX_LABELS).into_iter().map(|tick| (axis.share(tick), axis.label(tick))).collect();
    json!({ "name": name, "ticks": ticks })
}

fn colour(class: usize) -> String {
    let (red, green, blue) = class_colour(class).rgb();
    format!("#{red:02x}{green:02x}{blue:02x}")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use emberlab_data::{Features, LabelledData};

    #[test]
    fn places_are_shares_of_the_axes_with_the_third_column_upwards() {
        let data = LabelledData {
            features: Features::table(vec![0.0, 10.0, 200.0, 1.0, 20.0, 100.0], 3),
            labels: vec![0, 1],
            class_names: vec!["a".to_owned(), "b".to_owned()],
        };
        let values = Scatter3d::new("two points", &data).unwrap().unwrap().rotatable().unwrap();
        // Each axis has a margin of 5 % of the difference on both sides.
        let (low, high) = (0.0455, 0.9545);
        assert_eq!(values["points"], json!([[0, low, high, low], [1, high, low, high]]));
        assert_eq!(values["axes"][1]["name"], "f2");
        assert_eq!(values["axes"][2]["ticks"][0][1], "10");
        assert_eq!(values["legend"]["names"], json!(["a", "b"]));
        assert_eq!(values["colours"], json!(["#0072b2", "#d55e00"]));
    }
}

//! Pictures of a run, checked for what they show.

use crate::support::Lab;
use serde_json::Value;

const CONFIG: &str = r#"
name = "small"
seed = 3
[data]
source = "synthetic"
n_samples = 200
n_classes = 3
n_informative = 3
[model]
kind = "mlp"
hidden = [5]
gradient = "manual"
[training]
epochs = 12
batch_size = 16
[training.optimizer]
learning_rate = 0.2
[training.schedule.step]
every = 40
factor = 0.5
"#;

fn reported() -> Lab {
    let lab = Lab::new();
    lab.write("small.toml", CONFIG);
    lab.emberlab("train small.toml --dashboard none").succeeds();
    lab.emberlab("report small").succeeds();
    lab
}

/// The places of the curve in the first colour.
fn first_curve(svg: &str) -> Vec<(f64, f64)> {
    let line = svg.lines().find(|line| line.starts_with("<polyline") && line.contains("#0072B2")).unwrap();
    let points = line.split_once("points=\"").unwrap().1.split_once('"').unwrap().0;
    let number = |text: &str| text.parse().unwrap();
    points
        .split_whitespace()
        .map(|point| point.split_once(',').unwrap())
        .map(|(x, y)| (number(x), number(y)))
        .collect()
}

/// All texts in the order in which they were drawn.
fn texts(svg: &str) -> Vec<&str> {
    svg.split("<text")
        .skip(1)
        .map(|text| text.split_once('>').unwrap().1.split_once('<').unwrap().0.trim())
        .collect()
}

/// Checks that places are the values, but for the axis' scale and half a pixel.
fn assert_drawn(places: &[f64], values: &[f64]) {
    assert_eq!(places.len(), values.len());
    let last = values.len() - 1;
    let scale = (places[last] - places[0]) / (values[last] - values[0]);
    for (place, value) in places.iter().zip(values) {
        let wanted = places[0] + scale * (value - values[0]);
        assert!((place - wanted).abs() < 1.5, "{value} is at {place}, not {wanted}");
    }
}

#[test]
fn curves_show_the_numbers_of_the_metrics() {
    let lab = reported();
    for metric in ["loss", "accuracy"] {
        let curve = first_curve(&lab.read(&format!("artifacts/small/plots/{metric}.svg")));
        let by_update = lab.metric("small", "train", metric);
        let means: Vec<f64> =
            by_update.chunks(10).map(|epoch| epoch.iter().sum::<f64>() / epoch.len() as f64).collect();
        let updates: Vec<f64> = (1..=12).map(|epoch| 10.0 * f64::from(epoch)).collect();
        assert_drawn(&curve.iter().map(|point| point.1).collect::<Vec<_>>(), &means);
        assert_drawn(&curve.iter().map(|point| point.0).collect::<Vec<_>>(), &updates);
    }
    let rates = first_curve(&lab.read("artifacts/small/plots/learning-rate.svg"));
    let rates: Vec<f64> = rates.into_iter().map(|point| point.1).collect();
    let wanted: Vec<f64> = (0..120).map(|update| 0.2 * 0.5f64.powi(update / 40)).collect();
    assert_drawn(&rates, &wanted);
}

#[test]
fn the_matrix_and_the_bars_show_what_evaluate_says() {
    let lab = reported();
    let said = lab.emberlab("evaluate small --json").succeeds();
    let evaluation: Value = serde_json::from_str(&said.stdout).unwrap();
    let svg = lab.read("artifacts/small/plots/confusion-matrix.svg");
    let shown: Vec<u64> = texts(&svg).into_iter().filter_map(|text| text.parse().ok()).collect();
    let counts = evaluation["confusion_matrix"].as_array().unwrap().iter();
    let counts: Vec<u64> =
        counts.flat_map(|row| row.as_array().unwrap()).map(|count| count.as_u64().unwrap()).collect();
    // The classes are numbers too, each named above its column and beside its row.
    let names = [0, 0, 1, 1, 2, 2];
    assert_eq!(shown, [&names[..], &counts[..]].concat());

    let svg = lab.read("artifacts/small/plots/classes.svg");
    for class in evaluation["classes"].as_array().unwrap() {
        for figure in ["precision", "recall"] {
            let value = format!("{:.3}", class[figure].as_f64().unwrap());
            assert!(texts(&svg).contains(&value.as_str()), "{figure} {value}");
        }
    }
}

#[test]
fn weights_that_look_at_images_are_shown_as_images() {
    let lab = Lab::new();
    let config = CONFIG.replace(
        "source = \"synthetic\"\nn_samples = 200\nn_classes = 3\nn_informative = 3",
        "source = \"cifar10\"",
    );
    let config = config.replace("kind = \"mlp\"\nhidden = [5]", "kind = \"linear\"");
    lab.write("small.toml", config).write_pixel_set();
    lab.emberlab("train small.toml --dashboard none").succeeds();
    lab.emberlab("report small").succeeds();

    let file = lab.bytes("artifacts/small/model.safetensors");
    let tensors = safetensors::SafeTensors::deserialize(&file).unwrap();
    let (numbers, _) = tensors.tensor("layers.0.weight").unwrap().data().as_chunks::<4>();
    let weights: Vec<f32> = numbers.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    let largest = weights.iter().fold(0.0f32, |largest, weight| largest.max(weight.abs()));
    let picture = image::open(lab.path("artifacts/small/plots/weights.png")).unwrap().to_rgb8();
    // Ten pictures of 96 pixels beside each other, 8 apart, three pixels for each weight.
    for (class, row, column) in [(0, 0, 0), (3, 5, 7), (9, 31, 31)] {
        let shown = picture.get_pixel(16 + 104 * class + 3 * column + 1, 56 + 3 * row + 1);
        for channel in 0..3 {
            let weight = weights[((class * 3 + channel) * 1024 + row * 32 + column) as usize];
            let wanted = (128.0 + 127.0 * weight / largest).round() as u8;
            assert_eq!(shown[channel as usize], wanted, "class {class}, channel {channel}, {row}, {column}");
        }
    }
}

#[test]
fn every_picture_is_there_twice() {
    let lab = reported();
    for name in ["loss", "accuracy", "learning-rate", "confusion-matrix", "classes"] {
        assert!(lab.bytes(&format!("artifacts/small/plots/{name}.png")).starts_with(b"\x89PNG"));
        assert!(lab.read(&format!("artifacts/small/plots/{name}.svg")).starts_with("<svg"));
    }
    lab.emberlab("report nowhere")
        .fails(2, "error: `nowhere` is no run: neither it nor `artifacts/nowhere` has a `run.json`");
}

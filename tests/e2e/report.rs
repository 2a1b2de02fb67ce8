//! Checks of the content of a run's figures.

use crate::support::Lab;
use serde_json::Value;
use std::fs;

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

/// The coordinates of the curves in the first colour.
fn curves(svg: &str) -> Vec<Vec<(f64, f64)>> {
    let number = |text: &str| text.parse().unwrap();
    let lines = svg.lines().filter(|line| line.starts_with("<polyline") && line.contains("#0072B2"));
    let points = lines.map(|line| line.split_once("points=\"").unwrap().1.split_once('"').unwrap().0);
    points
        .map(|points| {
            let pairs = points.split_whitespace().map(|point| point.split_once(',').unwrap());
            pairs.map(|(x, y)| (number(x), number(y))).collect()
        })
        .collect()
}

fn first_curve(svg: &str) -> Vec<(f64, f64)> {
    curves(svg).swap_remove(0)
}

/// All texts in the order in which they were drawn.
fn texts(svg: &str) -> Vec<&str> {
    svg.split("<text")
        .skip(1)
        .map(|text| text.split_once('>').unwrap().1.split_once('<').unwrap().0.trim())
        .collect()
}

/// Checks that coordinates are the values, up to the scale of the axis and half a pixel.
fn assert_drawn(places: &[f64], values: &[f64]) {
    assert_eq!(places.len(), values.len());
    let places_of = |which: &dyn Fn(f64, f64) -> bool| {
        (0..values.len()).fold(0, |best, index| if which(values[index], values[best]) { index } else { best })
    };
    // The farthest points tell the axis' scale best.
    let (low, high) = (places_of(&|value, best| value < best), places_of(&|value, best| value > best));
    let scale = (places[high] - places[low]) / (values[high] - values[low]);
    for (place, value) in places.iter().zip(values) {
        let wanted = places[low] + scale * (value - values[low]);
        assert!((place - wanted).abs() < 1.5, "{value} is at {place}, not {wanted}");
    }
}

#[test]
fn curves_show_the_numbers_of_the_metrics_and_their_running_mean() {
    let lab = reported();
    for metric in ["loss", "accuracy"] {
        let drawn = curves(&lab.read(&format!("artifacts/small/plots/{metric}.svg")));
        // After them come the lines of the legend.
        let (each, mean) = (&drawn[0], &drawn[1]);
        let values = lab.metric("small", "train", metric);
        let updates: Vec<f64> = (1..=120).map(f64::from).collect();
        let places =
            |curve: &[(f64, f64)], part: fn(&(f64, f64)) -> f64| curve.iter().map(part).collect::<Vec<_>>();
        assert_drawn(&places(each, |point| point.0), &updates);
        assert_drawn(&places(each, |point| point.1), &values);
        // An epoch has ten updates, and the mean is over five before and five from the update on.
        let mut shown = places(&mean[5..115], |point| point.1);
        let mut means: Vec<f64> =
            (5..115).map(|update| values[update - 5..update + 5].iter().sum::<f64>() / 10.0).collect();
        // Both curves share the axis.
        shown.push(each[0].1);
        means.push(values[0]);
        assert_drawn(&shown, &means);
    }
    let rates = first_curve(&lab.read("artifacts/small/plots/learning-rate.svg"));
    let rates: Vec<f64> = rates.into_iter().map(|point| point.1).collect();
    let wanted: Vec<f64> = (0..120).map(|update| 0.2 * 0.5f64.powi(update / 40)).collect();
    assert_drawn(&rates, &wanted);
}

#[test]
fn on_a_logarithmic_axis_equal_ratios_are_equally_long() {
    let lab = reported();
    let curve = first_curve(&lab.read("artifacts/small/plots/loss-log.svg"));
    let logarithms: Vec<f64> = lab.metric("small", "train", "loss").into_iter().map(f64::ln).collect();
    assert_drawn(&curve.iter().map(|point| point.1).collect::<Vec<_>>(), &logarithms);
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
fn predictions_are_those_that_evaluate_counts() {
    let lab = reported();
    let said = lab.emberlab("evaluate small --json").succeeds();
    let evaluation: Value = serde_json::from_str(&said.stdout).unwrap();
    let csv = lab.read("artifacts/small/predictions.csv");
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some("row,class,prediction,p0,p1,p2"));
    let mut counts = [[0u64; 3]; 3];
    for line in lines {
        let fields: Vec<&str> = line.split(',').collect();
        counts[fields[1].parse::<usize>().unwrap()][fields[2].parse::<usize>().unwrap()] += 1;
        let probabilities: Vec<f64> = fields[3..].iter().map(|field| field.parse().unwrap()).collect();
        assert!((probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-6);
    }
    assert_eq!(serde_json::to_value(counts).unwrap(), evaluation["confusion_matrix"]);
}

#[test]
fn histograms_count_every_entry_of_every_parameter_from_the_initial_weights_on() {
    let lab = reported();
    let csv = lab.read("artifacts/small/histograms.csv");
    let rows: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(rows[0], ["iteration", "parameter", "of", "low", "high", "counts"]);
    let sizes =
        [("layers.0.weight", 100), ("layers.0.bias", 5), ("layers.1.weight", 15), ("layers.1.bias", 3)];
    // 120 updates, every fifth, and the last.
    let updates: Vec<usize> = (0..24).map(|snapshot| 1 + 5 * snapshot).chain([120]).collect();
    assert_eq!(rows.len(), 1 + updates.len() * sizes.len() * 2);
    for (row, update) in rows[1..].chunks(8).zip(updates) {
        for (pair, (name, size)) in row.chunks(2).zip(sizes) {
            for (row, of) in pair.iter().zip(["weight", "gradient"]) {
                assert_eq!((row[0], row[1], row[2]), (update.to_string().as_str(), name, of));
                let counts: Vec<usize> = row[5].split(' ').map(|count| count.parse().unwrap()).collect();
                assert_eq!((counts.len(), counts.iter().sum::<usize>()), (40, size));
                let range: [f64; 2] = [row[3], row[4]].map(|number| number.parse().unwrap());
                assert!(range[0] <= range[1]);
            }
        }
    }
    // Biases begin at 0.
    assert_eq!(rows[3][3..5], ["0.0", "0.0"]);
    assert!(lab.exists("artifacts/small/plots/histograms.svg"));
}

const PLANE: &str = r#"
name = "plane"
seed = 5
[data]
source = "synthetic"
n_samples = 60
n_features = 2
n_informative = 2
n_redundant = 0
n_classes = 2
[model]
kind = "mlp"
hidden = [6]
gradient = "manual"
[training]
epochs = 40
batch_size = 8
[training.optimizer]
learning_rate = 0.3
"#;

/// The coordinates of the marks of class 0, which are circles; the last one is in the legend.
fn circles(svg: &str) -> Vec<(f64, f64)> {
    let places = svg.split("<circle cx=\"").skip(1).map(|circle| {
        let (x, rest) = circle.split_once("\" cy=\"").unwrap();
        (x.parse().unwrap(), rest.split_once('"').unwrap().0.parse().unwrap())
    });
    let mut places: Vec<(f64, f64)> = places.collect();
    places.pop();
    places
}

#[test]
fn regions_have_the_colour_of_what_is_predicted_there() {
    let lab = Lab::new();
    lab.write("plane.toml", PLANE);
    lab.emberlab("train plane.toml --dashboard none").succeeds();
    lab.emberlab("report plane").succeeds();
    lab.emberlab("data export plane.toml --out data").succeeds();
    let samples = lab.read("data/train.csv");
    let samples: Vec<[f64; 3]> = samples
        .lines()
        .skip(1)
        .map(|line| {
            let fields: Vec<f64> = line.split(',').map(|field| field.parse().unwrap()).collect();
            fields.try_into().unwrap()
        })
        .collect();
    let first: Vec<&[f64; 3]> = samples.iter().filter(|sample| sample[2] == 0.0).collect();
    for picture in ["scatter", "regions"] {
        let marks = circles(&lab.read(&format!("artifacts/plane/plots/{picture}.svg")));
        let [x, y] = [0, 1].map(|column| first.iter().map(|sample| sample[column]).collect::<Vec<_>>());
        assert_drawn(&marks.iter().map(|mark| mark.0).collect::<Vec<_>>(), &x);
        assert_drawn(&marks.iter().map(|mark| mark.1).collect::<Vec<_>>(), &y);
    }
    // Two marks tell where every other place is.
    let marks = circles(&lab.read("artifacts/plane/plots/regions.svg"));
    let extreme = |column: usize, sign: f64| {
        let larger = |left: &usize, right: &usize| {
            (sign * first[*left][column]).total_cmp(&(sign * first[*right][column]))
        };
        (0..first.len()).max_by(larger).unwrap()
    };
    let value = |column: usize, pixel: f64| {
        let (low, high) = (extreme(column, -1.0), extreme(column, 1.0));
        let place = |mark: usize| if column == 0 { marks[mark].0 } else { marks[mark].1 };
        let share = (pixel - place(low)) / (place(high) - place(low));
        first[low][column] + share * (first[high][column] - first[low][column])
    };
    let picture = image::open(lab.path("artifacts/plane/plots/regions.png")).unwrap().to_rgb8();
    let places: Vec<(u32, u32)> =
        (0..9).flat_map(|row| (0..9).map(move |column| (150 + 70 * column, 70 + 62 * row))).collect();
    let mut csv = "f0,f1\n".to_owned();
    for &(x, y) in &places {
        csv += &format!("{},{}\n", value(0, f64::from(x)), value(1, f64::from(y)));
    }
    lab.write("places.csv", csv);
    let said = lab.emberlab("predict plane places.csv --json").succeeds();
    let predictions: Value = serde_json::from_str(&said.stdout).unwrap();
    let mut seen = [0, 0];
    for ((x, y), prediction) in places.iter().zip(predictions.as_array().unwrap()) {
        // Near the border, and where a mark is, the picture may say something else.
        if prediction["probability"].as_f64().unwrap() < 0.6 {
            continue;
        }
        let [red, _, blue] = picture.get_pixel(*x, *y).0;
        let class = prediction["class"].as_str().unwrap();
        if red.abs_diff(blue) > 20 {
            seen[class.parse::<usize>().unwrap()] += 1;
            assert_eq!(if blue > red { "0" } else { "1" }, class, "{x}, {y}");
        }
    }
    assert!(seen[0] > 10 && seen[1] > 10, "{seen:?}");
}

#[test]
fn what_is_missing_is_left_out_with_a_word() {
    let lab = Lab::new();
    let csv: String = (0..40).map(|row| format!("{row},{},{}\n", row % 7, ["<b>", "b&c"][row % 2])).collect();
    lab.write("table.csv", format!("x,y,label\n{csv}"));
    let config = PLANE.replace("source = \"synthetic\"", "source = \"csv\"\nfile = \"table.csv\"");
    let kept = config.lines().filter(|line| !line.starts_with("n_"));
    lab.write("plane.toml", kept.collect::<Vec<_>>().join("\n"));
    lab.emberlab("train plane.toml --dashboard none").succeeds();
    lab.emberlab("report plane").succeeds();
    assert!(lab.read("artifacts/plane/report.html").contains("&lt;b&gt;"));
    assert!(!lab.read("artifacts/plane/report.html").contains("<th scope=\"row\"><b>"));

    fs::remove_file(lab.path("table.csv")).unwrap();
    fs::remove_dir_all(lab.path("artifacts/plane/plots")).unwrap();
    let said = lab.emberlab("report plane");
    assert_eq!(
        (said.code, said.stderr.as_str()),
        (0, "warning: `table.csv` does not exist; figures that show samples are left out\n")
    );
    assert!(lab.exists("artifacts/plane/plots/confusion-matrix.png"));
    assert!(!lab.exists("artifacts/plane/plots/scatter.png"));

    for (file, damage) in [("predictions.csv", "row,class\n1,2\n"), ("histograms.csv", "iteration\nx\n")] {
        let whole = lab.read(&format!("artifacts/plane/{file}"));
        lab.write(&format!("artifacts/plane/{file}"), damage);
        let said = lab.emberlab("report plane");
        assert!(said.code == 3 && said.stderr.contains(file), "{}", said.stderr);
        lab.write(&format!("artifacts/plane/{file}"), whole);
    }
}

#[test]
fn a_run_that_failed_has_a_report_too() {
    let lab = Lab::new();
    let config = PLANE.replace("learning_rate = 0.3", "learning_rate = 1e30");
    lab.write("plane.toml", config);
    assert_eq!(lab.emberlab("train plane.toml --dashboard none").code, 4);
    let said = lab.emberlab("report plane");
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(said.stderr.contains("has no weights") && said.stderr.contains("was not scored"));
    let page = lab.read("artifacts/plane/report.html");
    assert!(page.contains("Failed after ") && page.contains("learning rate"), "{page}");
}

#[test]
fn a_page_tells_the_outcome_the_settings_and_how_to_do_it_again() {
    let lab = reported();
    let page = lab.read("artifacts/small/report.html");
    let record: Value = serde_json::from_str(&lab.read("artifacts/small/run.json")).unwrap();
    let test = &record["metrics"]["test"];
    let accuracy = format!("{:.2} %", 100.0 * test["accuracy"].as_f64().unwrap());
    for told in [
        "Finished after 120 updates",
        &format!("{accuracy} of the 50 test samples right"),
        "learning_rate = 0.2",
        "emberlab train artifacts/small/config.toml --name again",
        record["data"]["sha256"].as_str().unwrap(),
        "Worst errors",
    ] {
        assert!(page.contains(told), "{told}");
    }
    for elsewhere in ["src=\"http", "href=\"http", "url(http", "@import", "<link rel=\"stylesheet"] {
        assert!(!page.contains(elsewhere), "{elsewhere}");
    }
}

#[test]
fn a_page_tells_how_images_were_changed_and_averaged() {
    let lab = Lab::new();
    let config = r#"
name = "changed"
[data]
source = "cifar10"
augment = { mirror = "alternating", translate = 2, border = "reflect", cutout = 9 }
[model]
kind = "linear"
[training]
epochs = 1
[training.optimizer]
learning_rate = 0.1
[evaluation]
views = "mirror"
"#;
    lab.write("changed.toml", config).write_pixel_set();
    lab.emberlab("train changed.toml --dashboard none").succeeds();
    lab.emberlab("report changed").succeeds();
    let page = lab.read("artifacts/changed/report.html");
    for sentence in [
        "Training images are mirrored in every other epoch, moved by up to 2 pixels with a reflected border, set to zero in \
         a square of 9 × 9 pixels.",
        "For validation and test scores, the logits of each image are averaged with those of its mirror image.",
    ] {
        assert!(page.contains(sentence), "{sentence}");
    }
}

#[test]
fn runs_are_compared_on_a_page() {
    let lab = reported();
    lab.emberlab("train small.toml --dashboard none --name slow --set training.optimizer.learning_rate=0.01")
        .succeeds();
    lab.emberlab("compare small slow --html both.html").succeeds();
    let page = lab.read("both.html");
    for told in ["training.optimizer.learning_rate", "0.01", "slow, training", "Settings that differ"] {
        assert!(page.contains(told), "{told}");
    }
}

#[test]
fn every_picture_is_there_twice() {
    let lab = reported();
    for name in ["loss", "loss-log", "accuracy", "learning-rate", "histograms", "confusion-matrix", "classes"]
    {
        assert!(lab.bytes(&format!("artifacts/small/plots/{name}.png")).starts_with(b"\x89PNG"));
        assert!(lab.read(&format!("artifacts/small/plots/{name}.svg")).starts_with("<svg"));
    }
    lab.emberlab("report nowhere")
        .fails(2, "error: `nowhere` is no run: neither it nor `artifacts/nowhere` has a `run.json`");
}

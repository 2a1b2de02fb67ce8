//! Arrays that NumPy saved, against the values that NumPy has.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use emberlab_data::{
    ArrayNames, Channels, Features, ImageLayout, ImageShape, LabelledData, NoProgress, NumpyArrays,
    PixelScale, read_numpy_inputs,
};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/numpy_arrays")
}

fn read(path: PathBuf, image: Option<ImageLayout>) -> Result<LabelledData, String> {
    let arrays = NumpyArrays { path, names: ArrayNames::default(), image };
    let names = arrays.find().map_err(|error| error.to_string())?;
    arrays.read(&names, &NoProgress).map(|parts| parts.train).map_err(|error| error.to_string())
}

#[track_caller]
fn assert_eq_numpy(data: LabelledData, expected: &Value, name: &str) {
    let values = match data.features {
        Features::Table { values, .. } => values,
        Features::Images { pixels, .. } => pixels.into_iter().map(f64::from).collect(),
    };
    let wanted: Vec<f64> =
        expected["values"].as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect();
    assert_eq!(values, wanted, "{name}");
    let labels: Vec<&str> =
        data.labels.iter().map(|&label| data.class_names[label as usize].as_str()).collect();
    let wanted: Vec<&str> =
        expected["labels"].as_array().unwrap().iter().map(|label| label.as_str().unwrap()).collect();
    assert_eq!(labels, wanted, "{name}");
}

#[test]
fn values_and_labels_are_those_of_numpy() {
    let text = fs::read_to_string(golden().with_extension("json")).unwrap();
    let expected: Value = serde_json::from_str(&text).unwrap();
    let shape = ImageShape { channels: 3, height: 2, width: 5 };
    let layout = ImageLayout { shape, channels: Channels::Last };
    for (name, expected) in expected.as_object().unwrap() {
        let image = name.starts_with("images").then_some(layout);
        let data = read(golden().join(format!("{name}.npz")), image).unwrap();
        assert_eq_numpy(data, expected, name);
    }
}

#[test]
fn parts_and_their_scale_are_those_of_numpy() {
    let text = fs::read_to_string(golden().with_file_name("numpy_parts.json")).unwrap();
    let expected: Value = serde_json::from_str(&text).unwrap();
    for (name, expected) in expected.as_object().unwrap() {
        let is_folder = name == "folder";
        let path = golden().join(if is_folder { name.clone() } else { format!("{name}.npz") });
        let shape = ImageShape { channels: 1, height: 3, width: 2 };
        let image = (!is_folder).then_some(ImageLayout { shape, channels: Channels::None });
        let arrays = NumpyArrays { path, names: ArrayNames::default(), image };
        let parts = arrays.read(&arrays.find().unwrap(), &NoProgress).unwrap();
        assert_eq!(parts.validation.is_some(), is_folder);
        assert_eq_numpy(parts.train, &expected["train"], name);
        assert_eq_numpy(parts.test.unwrap(), &expected["test"], name);
        if let Some(validation) = parts.validation {
            assert_eq_numpy(validation, &expected["val"], name);
        }
    }
}

/// The bytes of an array `[n, 1, 2]` as NumPy saves it.
fn images(descr: &str, n: usize, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({n}, 1, 2), }}\n");
    let length = u16::try_from(header.len()).unwrap().to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), data].concat()
}

#[test]
fn pixels_that_are_predicted_have_the_scale_of_the_training_part() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("images.npy");
    let shape = ImageShape { channels: 1, height: 1, width: 2 };
    let layout = ImageLayout { shape, channels: Channels::None };
    let floats = |values: [f32; 2]| images("<f4", 1, &values.map(f32::to_le_bytes).concat());
    let integers = |values: [i64; 2]| images("<i8", 1, &values.map(i64::to_le_bytes).concat());
    let (whole, divided) = (Some(PixelScale::Whole), Some(PixelScale::Divided));
    for (array, scale, expected) in [
        // A dark image of whole numbers, and a bright one that is divided.
        (floats([0.0, 1.0]), whole, [0, 1]),
        (floats([0.0, 1.0]), divided, [0, 255]),
        (floats([0.0, 1.0]), None, [0, 255]),
        // Whole numbers 0 and 1 beside pixels that are divided.
        (integers([0, 1]), divided, [0, 255]),
        (images("|u1", 1, &[0, 1]), divided, [0, 255]),
        (integers([0, 1]), None, [0, 1]),
        (integers([0, 200]), divided, [0, 200]),
    ] {
        fs::write(&path, array).unwrap();
        let read = read_numpy_inputs(&path, None, Some((layout, scale)), 2, &NoProgress).unwrap();
        assert_eq!(read, Features::Images { pixels: expected.to_vec(), shape }, "{scale:?}");
    }
}

#[test]
fn arrays_that_no_part_has_are_listed() {
    let path = golden().join("images-pixels.npz");
    let names = ArrayNames::default();
    let arrays = NumpyArrays { path, names, image: None };
    let found = arrays.find().unwrap();
    let shape = ImageShape { channels: 3, height: 2, width: 5 };
    let arrays = NumpyArrays { image: Some(ImageLayout { shape, channels: Channels::Last }), ..arrays };
    assert_eq!(arrays.read(&found, &NoProgress).unwrap().left_out, Vec::<String>::new());
    let folder = tempfile::TempDir::new().unwrap();
    for name in ["x_train", "y_train", "x_test", "Y_test"] {
        let values: Vec<u8> = if name.starts_with('x') { vec![1, 2] } else { vec![0, 1] };
        let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }\n";
        let bytes = [b"\x93NUMPY\x01\x00", &[header.len() as u8, 0][..], header.as_bytes(), &values].concat();
        fs::write(folder.path().join(format!("{name}.npy")), bytes).unwrap();
    }
    let path = folder.path().to_owned();
    let arrays = NumpyArrays { path, names: ArrayNames::default(), image: None };
    let parts = arrays.read(&arrays.find().unwrap(), &NoProgress).unwrap();
    assert_eq!(parts.left_out, ["Y_test", "x_test"]);
}

#[test]
fn a_set_that_is_cut_off_or_changed_never_panics() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("damaged.npz");
    for name in ["rows-0", "rows-1", "text"] {
        let good = fs::read(golden().join(format!("{name}.npz"))).unwrap();
        for end in (0..good.len()).step_by(7) {
            fs::write(&path, &good[..end]).unwrap();
            assert!(read(path.clone(), None).is_err());
            let mut changed = good.clone();
            changed[end] ^= 0xff;
            fs::write(&path, changed).unwrap();
            // Either way it returns.
            let _ = read(path.clone(), None);
        }
    }
}

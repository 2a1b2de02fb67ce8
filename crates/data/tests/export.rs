//! What `write_csv` writes.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use emberlab_data::{Features, ImageShape, LabelledData, Part, write_csv};

fn csv(features: Features, rows: &[usize]) -> String {
    let samples = LabelledData { features, labels: vec![1, 0], class_names: vec!["a".into(), "b".into()] };
    let mut out = Vec::new();
    write_csv(&Part { samples, rows: rows.to_vec() }, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn numbers_are_written_in_their_shortest_form_that_reads_back() {
    let values = vec![0.1, -2.0, 1.0 / 3.0, 1e-300];
    let text = csv(Features::table(values.clone(), 2), &[5, 6]);
    let read: Vec<f64> = text
        .lines()
        .skip(1)
        .flat_map(|line| line.split(',').take(2).map(|field| field.parse().unwrap()).collect::<Vec<f64>>())
        .collect();
    assert_eq!(read, values);
    assert!(text.starts_with("f0,f1,label\n0.1,-2,b\n0.3333333333333333,"));
}

#[test]
fn columns_and_classes_keep_their_names() {
    let features = Features::Table { values: vec![1.0, 2.5], columns: vec!["width, in cm".into()] };
    assert_eq!(csv(features, &[0, 1]), "\"width, in cm\",label\n1,b\n2.5,a\n");
}

#[test]
fn columns_of_the_same_name_are_told_apart() {
    let columns = ["label", "c=r", "c=r", "label_"].map(str::to_owned).to_vec();
    let features = Features::Table { values: vec![1.0, 2.0, 3.0, 4.0], columns };
    assert_eq!(csv(features, &[0]), "label_,c=r,c=r_,label__,label\n1,2,3,4,b\n");
}

#[test]
fn images_are_written_as_their_rows_in_the_source() {
    let shape = ImageShape { channels: 1, height: 1, width: 1 };
    let text = csv(Features::Images { pixels: vec![9, 8], shape }, &[17, 4]);
    assert_eq!(text, "index,label\n17,b\n4,a\n");
}

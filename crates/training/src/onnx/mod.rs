//! A trained network as an ONNX file, for other programs to predict with.
//!
//! The graph reads `input`: images `[n, channels, height, width]` with values from 0 to 255, or rows `[n, n_features]` of
//! a table; normalisation is part of it. It computes `logits` `[n, n_outputs]` and `probabilities`. Views of the evaluation
//! are not part of it. The classes are in its metadata.

mod graph;
mod layers;
mod proto;

use crate::devices::BURN_VERSION;
use crate::error::Error;
use crate::trained_run::TrainedRun;
use emberlab_data::{ImageShape, Normalization};
use emberlab_models::Output;
use graph::GraphBuilder;
use prost::Message;
use proto::{
    Attribute, Dimension, FLOAT, Kind, Model, OperatorSet, Property, ShapeOf, Size, TensorKind, ValueInfo,
};

/// The version of the file format, and of the operators: the first with `Gelu`.
const IR_VERSION: i64 = 9;
const OPERATORS: i64 = 20;
/// A message of Protocol Buffers is smaller than this.
const MAX_SIZE: usize = i32::MAX as usize;

/// The network of a run as the bytes of an ONNX file.
///
/// # Errors
///
/// [`Error::Config`] for a damaged run; an encoding error for a network of two gigabytes or more, which ONNX cannot hold in one
/// file.
pub fn to_onnx(run: &TrainedRun) -> Result<Vec<u8>, Error> {
    let architecture = run.config.architecture(&run.shape())?;
    let image = run.config.data.source.image();
    let mut graph = GraphBuilder::new(run.network.tensors());
    let normalized = normalize(&mut graph, run, image);
    let scores = layers::add(&mut graph, &architecture.rows(), &normalized);
    let logits = graph.node("Identity", &[&scores], "logits", Vec::new());
    let output = run.config.model.output;
    let (operator, attributes) = match output {
        Output::Softmax => ("Softmax", vec![Attribute::int("axis", 1)]),
        Output::Sigmoid => ("Sigmoid", Vec::new()),
    };
    let probabilities = graph.node(operator, &[&logits], "probabilities", attributes);
    let mut graph = graph.finish(&run.config.name);
    let sizes =
        image.map_or(vec![run.data.n_features], |shape| vec![shape.channels, shape.height, shape.width]);
    graph.input = vec![value("input", &sizes, INPUT)];
    let n_outputs = [output.n_outputs(run.data.class_names.len())];
    graph.output =
        vec![value(&logits, &n_outputs, "scores"), value(&probabilities, &n_outputs, probability(output))];
    let model = Model {
        ir_version: IR_VERSION,
        producer_name: "emberlab".to_owned(),
        producer_version: format!("{} (Burn {BURN_VERSION})", env!("CARGO_PKG_VERSION")),
        graph: Some(graph),
        opset_import: vec![OperatorSet { version: OPERATORS }],
        metadata_props: metadata(run)?,
    };
    if model.encoded_len() > MAX_SIZE {
        return Err(Error::encode("the network, which is too large for an ONNX file,")(
            "must be below 2 GiB; export it as safetensors",
        ));
    }
    Ok(model.encode_to_vec())
}

const INPUT: &str = "images [n, channels, height, width] from 0 to 255, or rows of a table";

fn probability(output: Output) -> &'static str {
    match output {
        Output::Softmax => "the probability of each class",
        Output::Sigmoid => "the probability of class 1",
    }
}

/// Adds the normalisation of the run's data and returns the name of its result.
fn normalize(graph: &mut GraphBuilder, run: &TrainedRun, image: Option<ImageShape>) -> String {
    let normalizer = &run.data.normalizer;
    let mut value = "input".to_owned();
    if image.is_some() && normalizer.kind != Normalization::None {
        let byte = graph.constant("normalizer.byte", &[], &[255.0]);
        value = graph.node("Div", &[&value, &byte], "unit", Vec::new());
    }
    if normalizer.kind == Normalization::Standard {
        let shape: &[usize] =
            if image.is_some() { &[1, normalizer.mean.len(), 1, 1] } else { &[1, normalizer.mean.len()] };
        let single = |values: &[f64]| values.iter().map(|value| *value as f32).collect::<Vec<_>>();
        let std: Vec<f64> = normalizer.std.iter().map(|std| if *std == 0.0 { 1.0 } else { *std }).collect();
        let mean = graph.constant("normalizer.mean", shape, &single(&normalizer.mean));
        let std = graph.constant("normalizer.std", shape, &single(&std));
        value = graph.node("Sub", &[&value, &mean], "centred", Vec::new());
        value = graph.node("Div", &[&value, &std], "normalized", Vec::new());
    }
    value
}

/// The classes, and the columns of a table, as JSON.
fn metadata(run: &TrainedRun) -> Result<Vec<Property>, Error> {
    let json =
        |value: &Vec<String>| serde_json::to_string(value).map_err(Error::encode("the names of classes"));
    let mut properties = vec![Property { key: "classes".to_owned(), value: json(&run.data.class_names)? }];
    if !run.data.columns.is_empty() {
        properties.push(Property { key: "columns".to_owned(), value: json(&run.data.columns)? });
    }
    Ok(properties)
}

/// An input or output: any number of samples of some sizes.
fn value(name: &str, sizes: &[usize], what: &str) -> ValueInfo {
    let sizes = sizes.iter().map(|size| Size::Known(*size as i64));
    let dim =
        [Size::Named("n".to_owned())].into_iter().chain(sizes).map(|size| Dimension { size: Some(size) });
    let shape = Some(ShapeOf { dim: dim.collect() });
    let tensor = Some(TensorKind { element: FLOAT, shape });
    ValueInfo { name: name.to_owned(), kind: Some(Kind { tensor }), doc_string: what.to_owned() }
}

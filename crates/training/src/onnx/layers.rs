//! The operators of each layer.

use super::graph::GraphBuilder;
use super::proto::Attribute;
use emberlab_models::{Activation, BatchNormOptions, Filters, LayerRow, LayerSpec, Shape, Window};

/// The slope of leaky ReLU below 0.
const SLOPE: f64 = 0.01;

/// Adds the operators of layers one after another, which read the value `input`; returns the name of what they compute.
pub fn add(graph: &mut GraphBuilder, rows: &[LayerRow<'_>], input: &str) -> String {
    rows.iter().fold(input.to_owned(), |value, row| add_layer(graph, row, &value))
}

fn add_layer(graph: &mut GraphBuilder, row: &LayerRow<'_>, input: &str) -> String {
    let name = row.name.as_str();
    match row.layer {
        LayerSpec::Linear { .. } => linear(graph, row, input),
        LayerSpec::Convolution { filters, .. } => convolution(graph, name, filters, input),
        LayerSpec::BatchNorm { channels, options } => batch_norm(graph, name, *channels, options, input),
        LayerSpec::Activation(activation) => {
            let (operator, attributes) = operator(*activation);
            graph.node(operator, &[input], name, attributes)
        }
        // It does nothing when it predicts.
        LayerSpec::Dropout(_) => input.to_owned(),
        LayerSpec::MaxPool { window, .. } => graph.node("MaxPool", &[input], name, pool(window)),
        LayerSpec::AveragePool { window, .. } => {
            let attributes = [pool(window), vec![Attribute::int("count_include_pad", 1)]].concat();
            graph.node("AveragePool", &[input], name, attributes)
        }
        LayerSpec::GlobalAveragePool(_) => graph.node("GlobalAveragePool", &[input], name, Vec::new()),
        LayerSpec::Flatten => flatten(graph, name, input),
        LayerSpec::Scale(factor) => {
            let factor = graph.constant(&format!("{name}.factor"), &[], &[*factor as f32]);
            graph.node("Mul", &[input, &factor], name, Vec::new())
        }
        LayerSpec::Residual { layers, .. } => {
            let (inner, shortcut) = row.inner.split_at(layers.len());
            let (sum, around) = (add(graph, inner, input), add(graph, shortcut, input));
            graph.node("Add", &[&sum, &around], name, Vec::new())
        }
    }
}

fn flatten(graph: &mut GraphBuilder, name: &str, input: &str) -> String {
    graph.node("Flatten", &[input], name, vec![Attribute::int("axis", 1)])
}

/// `Gemm` with the weights transposed: `x Wᵀ + b`. Images become rows first.
fn linear(graph: &mut GraphBuilder, row: &LayerRow<'_>, input: &str) -> String {
    let name = row.name.as_str();
    let input = match row.input {
        Shape::Features(_) => input.to_owned(),
        Shape::Image(_) => flatten(graph, &format!("{name}.rows"), input),
    };
    let names = [Some(input)].into_iter().chain(parameters(graph, name)).flatten().collect::<Vec<_>>();
    graph.node("Gemm", &borrowed(&names), name, vec![Attribute::int("transB", 1)])
}

fn convolution(graph: &mut GraphBuilder, name: &str, filters: &Filters, input: &str) -> String {
    let names =
        [Some(input.to_owned())].into_iter().chain(parameters(graph, name)).flatten().collect::<Vec<_>>();
    graph.node("Conv", &borrowed(&names), name, pool(&filters.window))
}

/// The names of weight and bias, as far as the layer has them.
fn parameters(graph: &mut GraphBuilder, name: &str) -> [Option<String>; 2] {
    ["weight", "bias"].map(|part| graph.weights(&format!("{name}.{part}")))
}

fn borrowed(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}

/// Batch norm with its running means. Parameters that it does not have are 1 and 0.
fn batch_norm(
    graph: &mut GraphBuilder,
    name: &str,
    channels: usize,
    options: &BatchNormOptions,
    input: &str,
) -> String {
    let parts = [("weight", 1.0), ("bias", 0.0), ("running_mean", 0.0), ("running_var", 1.0)].map(
        |(part, default)| {
            let name = format!("{name}.{part}");
            graph
                .weights(&name)
                .unwrap_or_else(|| graph.constant(&name, &[channels], &vec![default; channels]))
        },
    );
    let [weight, bias, mean, variance] = &parts;
    let attributes = vec![Attribute::float("epsilon", options.epsilon)];
    graph.node("BatchNormalization", &[input, weight, bias, mean, variance], name, attributes)
}

fn operator(activation: Activation) -> (&'static str, Vec<Attribute>) {
    match activation {
        Activation::Relu => ("Relu", Vec::new()),
        Activation::LeakyRelu => ("LeakyRelu", vec![Attribute::float("alpha", SLOPE)]),
        Activation::Tanh => ("Tanh", Vec::new()),
        Activation::Sigmoid => ("Sigmoid", Vec::new()),
        Activation::Gelu => ("Gelu", Vec::new()),
    }
}

/// Size, stride and padding: above, to the left, below and to the right.
fn pool(window: &Window) -> Vec<Attribute> {
    let [size, stride, before, after] =
        [window.size, window.stride, window.padding.before, window.padding.after].map(|size| size as i64);
    vec![
        Attribute::ints("kernel_shape", vec![size, size]),
        Attribute::ints("strides", vec![stride, stride]),
        Attribute::ints("pads", vec![before, before, after, after]),
    ]
}

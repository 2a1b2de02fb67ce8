//! The backward pass of a convolution.

use super::Task;
use super::draw::normal;
use super::slope::slopes;
use crate::array::Array;
use crate::mistake::Mistake;
use crate::solution;
use emberlab_data::RandomState;

pub const CONVOLUTION_BACKWARD: Task = Task {
    name: "convolution_backward",
    outputs: &["image", "filters", "bias"],
    uses: &[],
    cases: |random| vec![case(random, [2, 5, 6, 3, 3]), case(random, [3, 4, 4, 2, 2])],
    solve: |arguments| backward(&arguments[0], &arguments[1], &arguments[2]).into(),
    quotient: Some(quotient),
    n_samples: None,
    mistakes: &[
        Mistake::of(
            &["image"],
            "filters turned round",
            "pixel (i + u, j + v) gets the gradient of place (i, j) times entry (u, v) of the filter, not its mirror image",
            |arguments, _| backward(&arguments[0], &turned(&arguments[1]), &arguments[2])[0].clone(),
        ),
        Mistake::of(
            &["filters"],
            "filters turned round",
            "entry (u, v) of a filter meets pixel (i + u, j + v): the derivative has the places of the filter, not mirrored ones",
            |_, right| turned(right),
        ),
        Mistake::of(
            &["image"],
            "only the last filter",
            "each filter sees the image: add the parts of all filters, with += in place of =",
            |arguments, _| {
                let last = arguments[2].rows() - 1;
                let mut gradient = arguments[2].clone();
                let size = gradient.values().len() / (last + 1);
                gradient.values_mut()[..last * size].fill(0.0);
                backward(&arguments[0], &arguments[1], &gradient)[0].clone()
            },
        ),
        Mistake::of(
            &["filters"],
            "only the last place",
            "a filter is used at every place: add the parts of all places, with += in place of =",
            |arguments, _| backward(&arguments[0], &arguments[1], &last_place(&arguments[2]))[1].clone(),
        ),
        Mistake::of(
            &["bias"],
            "mean instead of sum",
            "the bias is added at every place: sum over the places",
            |arguments, right| {
                let places = (arguments[2].values().len() / arguments[2].rows()) as f64;
                right.map(|value| value / places)
            },
        ),
    ],
};

/// Sizes are channels, height, width, filters and the side of a filter.
fn case(random: &mut RandomState, [channels, height, width, n_filters, k]: [usize; 5]) -> Vec<Array> {
    vec![
        normal(random, &[channels, height, width], 1.0),
        normal(random, &[n_filters, channels, k, k], 1.0),
        normal(random, &[n_filters, height - k + 1, width - k + 1], 1.0),
    ]
}

fn backward(image: &Array, filters: &Array, gradient: &Array) -> [Array; 3] {
    solution::convolution_backward(image, filters, gradient)
}

/// The loss whose derivative by the output is the given one: the sum of their products.
fn quotient(arguments: &[Array]) -> Vec<Array> {
    let [image, filters, gradient] = arguments else { return Vec::new() };
    let bias = Array::zeros(&[filters.rows()]);
    let loss = |image: &Array, filters: &Array, bias: &Array| {
        let output = solution::convolution(image, filters, bias);
        output.zip(gradient, |value, gradient| value * gradient).values().iter().sum()
    };
    vec![
        slopes(|image| loss(image, filters, &bias), image),
        slopes(|filters| loss(image, filters, &bias), filters),
        slopes(|bias| loss(image, filters, bias), &bias),
    ]
}

/// Each filter by 180 degrees.
fn turned(filters: &Array) -> Array {
    let area = filters.shape()[2..].iter().product();
    let mut turned = filters.clone();
    turned.values_mut().chunks_mut(area).for_each(<[f64]>::reverse);
    turned
}

/// The gradient of the output with zeros at all places of each filter but the last.
fn last_place(gradient: &Array) -> Array {
    let places = gradient.values().len() / gradient.rows();
    let mut last = gradient.clone();
    last.values_mut().chunks_mut(places).for_each(|filter| filter[..places - 1].fill(0.0));
    last
}

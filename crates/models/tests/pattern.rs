//! The activation patterns that layers report.

#![cfg(feature = "burn")]

use burn::backend::Flex;
use burn::tensor::{Tensor, TensorData};
use emberlab_data::ImageShape;
use emberlab_models::layers::{ActivationLayer, AnyLayer, Layer, MaxPool, TrainingPass};
use emberlab_models::{Activation, Precision, Window};

fn pattern(layer: &AnyLayer<Flex>, row: &[f64]) -> Vec<Vec<bool>> {
    let input = Tensor::from_data(TensorData::new(row.to_vec(), [1, row.len()]), &Default::default());
    let mut pass = TrainingPass::with_pattern(Precision::Full);
    layer.forward_training(input, &mut pass);
    pass.into_pattern().masks().iter().map(|mask| mask.iter::<bool>().collect()).collect()
}

#[test]
fn activations_with_a_kink_report_what_lies_above_and_below_it() {
    for (activation, has_kink) in [
        (Activation::Relu, true),
        (Activation::LeakyRelu, true),
        (Activation::Tanh, false),
        (Activation::Sigmoid, false),
        (Activation::Gelu, false),
    ] {
        let wanted =
            if has_kink { vec![vec![true, false, false], vec![false, true, false]] } else { Vec::new() };
        let layer = AnyLayer::Activation(ActivationLayer::new(activation));
        assert_eq!(pattern(&layer, &[0.5, -2.0, 0.0]), wanted, "{activation:?}");
    }
}

#[test]
fn max_pooling_reports_the_winners_and_all_of_several_equal_ones() {
    let layer =
        AnyLayer::MaxPool(MaxPool::new(ImageShape { channels: 1, height: 2, width: 4 }, Window::tiling(2)));
    // Two pools: in the left one pixel wins, in the right two are equal.
    let rows = [[1.0, 4.0, 7.0, 2.0], [3.0, 2.0, -1.0, 7.0]];
    // For each pixel of a pool in reading order, whether it wins in the left pool and in the right one.
    let wanted = [[false, true], [true, false], [false, false], [false, true]];
    assert_eq!(pattern(&layer, rows.as_flattened()), wanted);
}

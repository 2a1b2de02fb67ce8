//! Max-pools of equal pixels.
//!
//! The test is alone in its program: it calls `backward` itself, whose end removes parts of graphs that other threads are building.

#![cfg(feature = "burn")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use burn::backend::{Autodiff, Flex};
use burn::optim::GradientsParams;
use burn::tensor::{Tensor, TensorData};
use emberlab_data::{ImageShape, RandomState};
use emberlab_models::layers::{AnyLayer, InputGradient, Layer, MaxPool, TrainingPass};
use emberlab_models::{Precision, Window};

/// With both rules, the first of equal pixels takes the whole derivative.
#[test]
fn both_rules_agree_where_pixels_are_equal() {
    let (image, n) = (ImageShape { channels: 2, height: 4, width: 6 }, 9);
    let random = &mut RandomState::new(4);
    let device = Default::default();
    let mut draw = |width: usize, below: i64| {
        let values: Vec<i64> = (0..n * width).map(|_| random.randint(0, below).unwrap()).collect();
        Tensor::<Flex, 2>::from_data(TensorData::new(values, [n, width]), &device)
    };
    let (pixels, grad) = (draw(image.size(), 3), draw(image.size() / 4, 1000));
    let manual = {
        let layer = AnyLayer::MaxPool(MaxPool::<Flex>::new(image, Window::tiling(2)));
        let (_, backward) = layer.differentiate(pixels.clone(), Precision::Full);
        backward(grad.clone(), InputGradient::Wanted, &mut GradientsParams::new()).unwrap()
    };
    let autodiff = {
        let pixels = Tensor::<Autodiff<Flex>, 2>::from_inner(pixels).require_grad();
        let output = AnyLayer::MaxPool(MaxPool::new(image, Window::tiling(2)))
            .forward_training(pixels.clone(), &mut TrainingPass::new(Precision::Full));
        let gradients = (output * Tensor::from_inner(grad)).sum().backward();
        pixels.grad(&gradients).unwrap()
    };
    assert_eq!(manual.into_data(), autodiff.into_data());
}

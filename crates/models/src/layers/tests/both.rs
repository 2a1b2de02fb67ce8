//! Layers that a kernel computes together.

use super::*;
use burn::optim::GradientsParams;

const SHAPE: ImageShape = ImageShape { channels: 3, height: 4, width: 5 };
const N: usize = 7;

/// Batch norm with a scale and a shift of its own for each channel, and the activation after it.
fn layers(activation: Activation) -> [AnyLayer<Flex>; 2] {
    let device = Default::default();
    let mut norm = BatchNorm::new(SHAPE.channels, Default::default(), &device);
    norm.weight = Some(Param::from_tensor(Tensor::from_floats([0.5, -2.0, 1.5], &device)));
    norm.bias = Some(Param::from_tensor(Tensor::from_floats([0.1, 0.0, -0.3], &device)));
    [AnyLayer::BatchNorm(norm), AnyLayer::Activation(ActivationLayer::new(activation))]
}

fn draw(seed: u32) -> Tensor<Flex, 2> {
    let random = &mut RandomState::new(seed);
    let values: Vec<f64> = (0..N * SHAPE.size()).map(|_| random.standard_normal()).collect();
    Tensor::from_data(TensorData::new(values, [N, SHAPE.size()]), &Default::default())
}

/// The output, the gradients of the scale, the shift and the input, and the running variance.
fn results(
    layers: &[AnyLayer<Flex>],
    computed: (Tensor<Flex, 2>, Vec<Backward<'_, Flex>>),
) -> Vec<TensorData> {
    let AnyLayer::BatchNorm(norm) = &layers[0] else { panic!("the first layer is batch norm") };
    let (output, derivatives) = computed;
    let mut gradients = GradientsParams::new();
    let grad = backpropagate(derivatives, draw(2), InputGradient::Wanted, &mut gradients).unwrap();
    let parameters = [&norm.weight, &norm.bias].map(|parameter| parameter.as_ref().unwrap().id);
    let parameters = parameters.map(|id| gradients.get::<Flex, 1>(id).unwrap().into_data());
    let others = [output.into_data(), grad.into_data(), norm.running_variance.value().into_data()];
    parameters.into_iter().chain(others).collect()
}

#[test]
fn layers_computed_together_give_the_numbers_of_one_after_the_other() {
    for activation in [Activation::Relu, Activation::Gelu] {
        let both = layers(activation);
        let together = differentiate(&both, draw(1), Precision::Full);
        assert_eq!(together.1.len(), 1, "{activation:?}");
        let together = results(&both, together);

        let both = layers(activation);
        let (output, first) = both[0].differentiate(draw(1), Precision::Full);
        let (output, second) = both[1].differentiate(output, Precision::Full);
        assert_eq!(together, results(&both, (output, vec![first, second])), "{activation:?}");
    }
}

//! Initial weights against NumPy's draws, and the order they are drawn in.

#![cfg(feature = "burn")]

use burn::backend::Flex;
use emberlab_data::RandomState;
use emberlab_models::{Architecture, Network, Scheme, SharedRandom};

/// Weight and bias of each linear layer, flattened.
fn draw(scheme: Scheme, hidden: &[usize]) -> Vec<(Vec<f32>, Vec<f32>)> {
    let architecture = Architecture::mlp(2, hidden, 3);
    let random = &mut RandomState::new(42);
    let network =
        Network::<Flex>::new(&architecture, scheme, random, &SharedRandom::new(0), &Default::default());
    let tensors = network.tensors();
    tensors.chunks(2).map(|pair| (pair[0].values.clone(), pair[1].values.clone())).collect()
}

fn normals() -> impl FnMut() -> f64 {
    let mut random = RandomState::new(42);
    move || random.standard_normal()
}

#[test]
fn augmented_normal_draws_theta_with_its_bias_row_first() {
    // >>> theta = numpy.random.RandomState(42).randn(3, 3) * 0.5; theta[0], theta[1:].T
    let mut next = normals();
    let theta: Vec<f64> = (0..9).map(|_| next() * 0.5).collect();
    let layers = draw(Scheme::AugmentedNormal { std: 0.5 }, &[]);
    assert_eq!(layers[0].1, [theta[0], theta[1], theta[2]].map(|value| value as f32));
    let transposed = [theta[3], theta[6], theta[4], theta[7], theta[5], theta[8]];
    assert_eq!(layers[0].0, transposed.map(|value| value as f32));
}

#[test]
fn normal_draws_each_weight_row_by_row_layer_after_layer_with_zero_biases() {
    let mut next = normals();
    let layers = draw(Scheme::Normal { std: 0.01 }, &[4]);
    for (layer, size) in layers.iter().zip([4 * 2, 3 * 4]) {
        let expected: Vec<f32> = (0..size).map(|_| (next() * 0.01) as f32).collect();
        assert_eq!(layer.0, expected);
        assert!(layer.1.iter().all(|&bias| bias == 0.0));
    }
    assert_eq!((layers[0].1.len(), layers[1].1.len()), (4, 3));
}

#[test]
fn uniform_schemes_draw_between_their_bounds() {
    for (scheme, fan) in [(Scheme::KaimingUniform, [2.0, 4.0]), (Scheme::XavierUniform, [6.0, 7.0])] {
        let mut random = RandomState::new(42);
        for (layer, (fan, size)) in draw(scheme, &[4]).iter().zip(fan.into_iter().zip([8, 12])) {
            let bound = (6.0f64 / fan).sqrt();
            let expected: Vec<f32> = (0..size).map(|_| random.uniform(-bound, bound) as f32).collect();
            assert_eq!(layer.0, expected);
        }
    }
}

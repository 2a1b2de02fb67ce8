//! Initial weights against NumPy's draws, and the order they are drawn in.

#![cfg(feature = "burn")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use burn::backend::Flex;
use emberlab_data::{ImageShape, RandomState};
use emberlab_models::{
    Architecture, FilterInit, Filters, LayerDefinition, LayerKind, LayerNames, Network, Padding, Scheme,
    Shape, SharedRandom, Window,
};

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

/// The values that are not 0 as `torch.nn.init.dirac_(weight[:channels])` of PyTorch 2.15 leaves them:
///
/// ```python
/// w = torch.empty(filters, channels, size, size).normal_()
/// torch.nn.init.dirac_(w[:channels])
/// print((w[:min(filters, channels)] != 0).nonzero().tolist())
/// ```
#[test]
fn dirac_filters_pass_channels_on_as_those_of_pytorch() {
    let cases: [(usize, usize, usize, &[[usize; 4]]); 3] = [
        (5, 3, 3, &[[0, 0, 1, 1], [1, 1, 1, 1], [2, 2, 1, 1]]),
        (2, 4, 2, &[[0, 0, 1, 1], [1, 1, 1, 1]]),
        (4, 4, 1, &[[0, 0, 0, 0], [1, 1, 0, 0], [2, 2, 0, 0], [3, 3, 0, 0]]),
    ];
    for (n_filters, channels, size, ones) in cases {
        let window = Window { size, stride: 1, padding: Padding::NONE };
        let filters = Filters { n_filters, window, bias: true, init: Some(FilterInit::Dirac) };
        let linear = LayerKind::Linear { n_outputs: None, bias: true, scheme: None };
        let layers = [LayerDefinition::from(LayerKind::Convolution(filters)), linear.into()];
        let image = Shape::Image(ImageShape { channels, height: 4, width: 4 });
        let architecture = Architecture::new(image, &layers, 2, LayerNames::ByPosition).unwrap();
        let random = &mut RandomState::new(1);
        let scheme = Scheme::KaimingUniform;
        let network =
            Network::<Flex>::new(&architecture, scheme, random, &SharedRandom::new(0), &Default::default());
        let weight = &network.tensors()[0];
        assert_eq!(weight.shape, [n_filters, channels, size, size]);
        let (dirac, drawn) = weight.values.split_at(n_filters.min(channels) * channels * size * size);
        for (index, &value) in dirac.iter().enumerate() {
            let (column, row) = (index % size, index / size % size);
            let (channel, filter) = (index / size.pow(2) % channels, index / size.pow(2) / channels);
            let is_one = ones.contains(&[filter, channel, row, column]);
            assert_eq!(value, if is_one { 1.0 } else { 0.0 }, "{filter} {channel} {row} {column}");
        }
        assert!(drawn.iter().all(|&value| value != 0.0));
    }
}

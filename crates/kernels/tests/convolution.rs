//! Convolutions and their gradients against their definition in double precision, over random shapes.

use emberlab_kernels::convolution::Convolution;
use proptest::prelude::*;

fn numbers(n: usize, seed: usize) -> Vec<f32> {
    (0..n).map(|index| ((index + seed) * 7919 % 2003) as f32 / 1000.0 - 1.0).collect()
}

/// `z[i,o,y,x]` and each product of it: calls `term(z, w, x)` with the indices of the output, the weight and the pixel.
fn products(convolution: &Convolution, n: usize, mut term: impl FnMut(usize, usize, usize)) {
    let &Convolution { channels, image: [height, width], n_filters, size, stride, padding } = convolution;
    let [rows, columns] = convolution.positions();
    for (image, filter, channel) in
        (0..n).flat_map(|i| (0..n_filters).flat_map(move |o| (0..channels).map(move |c| (i, o, c))))
    {
        for (y, x, u, v) in (0..rows).flat_map(|y| {
            (0..columns).flat_map(move |x| (0..size).flat_map(move |u| (0..size).map(move |v| (y, x, u, v))))
        }) {
            let (row, column) = (y * stride + u, x * stride + v);
            if (padding[0]..padding[0] + height).contains(&row)
                && (padding[0]..padding[0] + width).contains(&column)
            {
                term(
                    ((image * n_filters + filter) * rows + y) * columns + x,
                    ((filter * channels + channel) * size + u) * size + v,
                    ((image * channels + channel) * height + row - padding[0]) * width + column - padding[0],
                );
            }
        }
    }
}

fn close(computed: &[f32], expected: &[f64]) -> Result<(), TestCaseError> {
    prop_assert_eq!(computed.len(), expected.len());
    let largest = expected.iter().fold(1.0f64, |largest, value| largest.max(value.abs()));
    for (index, (computed, expected)) in computed.iter().zip(expected).enumerate() {
        let error = (f64::from(*computed) - expected).abs();
        prop_assert!(error < 2e-5 * largest, "{}: {} for {}", index, computed, expected);
    }
    Ok(())
}

/// Sides of images: small ones, of which strides leave pixels out, and large ones.
fn sides(size: usize) -> impl Strategy<Value = usize> {
    prop_oneof![size..size + 4, size..32]
}

prop_compose! {
    fn shapes()(size in 1usize..6)(
        size in Just(size),
        channels in 1usize..40,
        n_filters in 1usize..40,
        (height, width) in (sides(size), sides(size)),
        stride in 1usize..4,
        padding in [0..size, 0..size],
        n in 0usize..7,
    ) -> (Convolution, usize) {
        (Convolution { channels, image: [height, width], n_filters, size, stride, padding }, n)
    }
}

prop_compose! {
    /// Many channels and filters of 3 × 3: those that are computed in tiles, and some that are just not.
    fn wide_shapes()(
        channels in 24usize..140,
        n_filters in 24usize..140,
        (height, width) in (3usize..12, 3usize..12),
        padding in [0usize..3, 0usize..3],
        n in 0usize..4,
    ) -> (Convolution, usize) {
        (Convolution { channels, image: [height, width], n_filters, size: 3, stride: 1, padding }, n)
    }
}

fn agrees_with_its_definition(convolution: &Convolution, n: usize) -> Result<(), TestCaseError> {
    let &Convolution { channels, image, n_filters, size, .. } = convolution;
    let [rows, columns] = convolution.positions();
    let images = numbers(n * channels * image[0] * image[1], 1);
    let weight = numbers(n_filters * channels * size * size, 2);
    let bias = numbers(n_filters, 3);
    let grad = numbers(n * n_filters * rows * columns, 4);
    let filter = |index: usize| index / (rows * columns) % n_filters;

    let mut output: Vec<f64> = (0..grad.len()).map(|index| f64::from(bias[filter(index)])).collect();
    let (mut grad_input, mut grad_weight) = (vec![0.0; images.len()], vec![0.0; weight.len()]);
    products(convolution, n, |z, w, x| {
        let [z_grad, weight, pixel] = [grad[z], weight[w], images[x]].map(f64::from);
        output[z] += weight * pixel;
        grad_input[x] += z_grad * weight;
        grad_weight[w] += z_grad * pixel;
    });
    close(&convolution.forward(&images, &weight, Some(&bias)), &output)?;
    close(&convolution.grad_input(&grad, &weight), &grad_input)?;
    close(&convolution.grad_weight(&images, &grad), &grad_weight)?;
    let mut grad_bias = vec![0.0; n_filters];
    grad.iter().enumerate().for_each(|(index, grad)| grad_bias[filter(index)] += f64::from(*grad));
    close(&convolution.grad_bias(&grad), &grad_bias)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn outputs_and_gradients_are_those_of_the_definition((convolution, n) in shapes()) {
        agrees_with_its_definition(&convolution, n)?;
    }

    #[test]
    fn tiles_give_the_outputs_and_gradients_of_the_definition((convolution, n) in wide_shapes()) {
        agrees_with_its_definition(&convolution, n)?;
    }
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    for (channels, n_filters) in [(5, 20), (64, 130)] {
        let convolution =
            Convolution { channels, image: [9, 11], n_filters, size: 3, stride: 1, padding: [1, 1] };
        do_not_depend_on_the_number_of_threads(&convolution);
    }
}

fn do_not_depend_on_the_number_of_threads(convolution: &Convolution) {
    let (channels, n_filters) = (convolution.channels, convolution.n_filters);
    let (images, weight) = (numbers(50 * channels * 99, 1), numbers(n_filters * channels * 9, 2));
    let compute = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| {
            let output = convolution.forward(&images, &weight, None);
            let grad_input = convolution.grad_input(&output, &weight);
            (convolution.grad_weight(&images, &output), grad_input, output)
        })
    };
    let one = compute(1);
    assert!([2, 3, 8].into_iter().all(|threads| compute(threads) == one));
}

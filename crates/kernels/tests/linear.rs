//! Linear layers and their gradients against their definition in double precision, over random shapes.

use emberlab_kernels::linear::Linear;
use proptest::prelude::*;

fn numbers(n: usize, seed: usize) -> Vec<f32> {
    (0..n).map(|index| ((index + seed) * 7919 % 2003) as f32 / 1000.0 - 1.0).collect()
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

fn agrees_with_its_definition(n: usize, n_inputs: usize, n_outputs: usize) -> Result<(), TestCaseError> {
    let layer = Linear { n_inputs, n_outputs };
    let (input, weight) = (numbers(n * n_inputs, 1), numbers(n_outputs * n_inputs, 2));
    let (bias, grad) = (numbers(n_outputs, 3), numbers(n * n_outputs, 4));

    let mut output: Vec<f64> = (0..n).flat_map(|_| bias.iter().copied().map(f64::from)).collect();
    let (mut grad_input, mut grad_weight) = (vec![0.0; input.len()], vec![0.0; weight.len()]);
    for (z, g) in grad.iter().enumerate() {
        let (sample, o) = (z / n_outputs, z % n_outputs);
        for i in 0..n_inputs {
            let (x, w) = (sample * n_inputs + i, o * n_inputs + i);
            output[z] += f64::from(input[x]) * f64::from(weight[w]);
            grad_input[x] += f64::from(*g) * f64::from(weight[w]);
            grad_weight[w] += f64::from(*g) * f64::from(input[x]);
        }
    }
    close(&layer.forward(&input, &weight, Some(&bias)), &output)?;
    close(&layer.grad_input(&grad, &weight), &grad_input)?;
    close(&layer.grad_weight(&input, &grad), &grad_weight)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn outputs_and_gradients_are_those_of_the_definition(n in 0usize..80, n_inputs in 1usize..1200, n_outputs in 1usize..90) {
        agrees_with_its_definition(n, n_inputs, n_outputs)?;
    }

    #[test]
    fn few_outputs_of_many_inputs_are_those_of_the_definition(n in 0usize..200, n_inputs in 200usize..1700, n_outputs in 1usize..18) {
        agrees_with_its_definition(n, n_inputs, n_outputs)?;
    }
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    [10, 500].into_iter().for_each(|n_outputs| do_not_depend_on_threads(Linear { n_inputs: 700, n_outputs }));
}

fn do_not_depend_on_threads(layer: Linear) {
    let (input, weight) = (numbers(600 * 700, 1), numbers(layer.n_outputs * 700, 2));
    let compute = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| {
            let output = layer.forward(&input, &weight, None);
            (layer.grad_weight(&input, &output), layer.grad_input(&output, &weight), output)
        })
    };
    let one = compute(1);
    assert!([2, 3, 8].into_iter().all(|threads| compute(threads) == one));
}

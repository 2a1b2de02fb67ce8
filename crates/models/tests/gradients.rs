//! The derivatives by hand against Burn's autodiff and against finite differences.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use burn::backend::{Autodiff, Flex, NdArray};
use burn::module::{AutodiffModule, Module, ModuleVisitor, Param};
use burn::tensor::backend::{AutodiffBackend, Backend};
use burn::tensor::{DType, Tensor, TensorData};
use emberlab_data::{ClassificationBatch, RandomState};
use emberlab_models::{Classifier, GradientRule, Gradients, Network, NetworkShape, Output, Scheme};

/// Sizes and values of one comparison, all drawn from a seed.
struct Case {
    shape: NetworkShape,
    output: Output,
    n_samples: usize,
    n_classes: usize,
    seed: u32,
}

impl Case {
    fn draw(seed: u32) -> Self {
        let random = &mut RandomState::new(seed);
        let mut between = |low, high| random.randint(low, high).unwrap() as usize;
        let hidden = (0..between(0, 4)).map(|_| between(1, 20)).collect();
        let output = if between(0, 3) == 0 { Output::Sigmoid } else { Output::Softmax };
        let n_classes = if output == Output::Sigmoid { 2 } else { between(2, 9) };
        let n_outputs = output.n_outputs(n_classes);
        let shape = NetworkShape { n_features: between(1, 40), hidden, n_outputs };
        Self { shape, output, n_samples: between(1, 30), n_classes, seed }
    }

    fn classifier<B: Backend>(&self, rule: GradientRule) -> Classifier<B> {
        let random = &mut RandomState::new(self.seed);
        let scheme = Scheme::AugmentedNormal { std: 0.5 };
        let network = Network::new(&self.shape, scheme, random, &B::Device::default());
        Classifier::new(network, self.output, rule)
    }

    fn batch<B: Backend>(&self, dtype: DType) -> ClassificationBatch<B> {
        let random = &mut RandomState::new(self.seed ^ 1);
        let (n, device) = (self.n_samples, B::Device::default());
        let inputs = (0..n * self.shape.n_features).map(|_| random.standard_normal()).collect();
        let labels: Vec<i64> = (0..n).map(|_| random.randint(0, self.n_classes as i64).unwrap()).collect();
        let mut targets = vec![0.0; n * self.n_classes];
        for (row, &label) in labels.iter().enumerate() {
            targets[row * self.n_classes + label as usize] = 1.0;
        }
        let float = |values: Vec<f64>, width| {
            Tensor::from_data(TensorData::new(values, [n, width]), (&device, dtype))
        };
        ClassificationBatch {
            inputs: float(inputs, self.shape.n_features),
            labels: Tensor::from_data(TensorData::new(labels, [n]), &device),
            targets: float(targets, self.n_classes),
        }
    }
}

/// The gradient of every parameter, flattened, in the module's order.
struct Flatten<'a, B: AutodiffBackend> {
    gradients: &'a mut Gradients<B>,
    flat: Vec<Vec<f64>>,
}

impl<B: AutodiffBackend> ModuleVisitor<B> for Flatten<'_, B> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<B, D>>) {
        let gradient: Tensor<B::InnerBackend, D> =
            self.gradients.parameters.remove(param.id).expect("a gradient for every parameter");
        assert_eq!(gradient.dims(), param.val().dims());
        self.flat.push(gradient.into_data().iter::<f64>().collect());
    }
}

fn flatten<B: AutodiffBackend>(classifier: &Classifier<B>, mut gradients: Gradients<B>) -> Vec<Vec<f64>> {
    let mut visitor = Flatten { gradients: &mut gradients, flat: Vec::new() };
    classifier.visit(&mut visitor);
    let flat = visitor.flat;
    assert_eq!(gradients.parameters.len(), 0, "a gradient of no parameter");
    flat
}

/// The largest difference over the largest value of each parameter.
fn relative_difference(left: &[f64], right: &[f64]) -> f64 {
    let largest = |values: &mut dyn Iterator<Item = f64>| values.fold(0.0, |a: f64, b| a.max(b.abs()));
    let difference = largest(&mut left.iter().zip(right).map(|(left, right)| left - right));
    difference / largest(&mut right.iter().copied()).max(1e-30)
}

fn assert_the_rules_agree<B: AutodiffBackend>(seed: u32) {
    let case = Case::draw(seed);
    let compute = |rule| {
        let classifier = case.classifier::<B>(rule);
        let gradients = rule.gradients(&classifier, case.batch(DType::F32));
        let score = gradients.score.clone().read();
        (score, flatten(&classifier, gradients))
    };
    let (manual_score, manual) = compute(GradientRule::Manual);
    let (score, autodiff) = compute(GradientRule::Autodiff);
    assert!((manual_score.loss - score.loss).abs() <= 1e-6 * score.loss.max(1.0), "loss of seed {seed}");
    assert_eq!((manual_score.correct, manual_score.n_samples), (score.correct, case.n_samples));
    assert_eq!(manual.len(), 2 * (case.shape.hidden.len() + 1));
    for (parameter, (manual, autodiff)) in manual.iter().zip(&autodiff).enumerate() {
        let difference = relative_difference(manual, autodiff);
        assert!(difference <= 1e-5, "parameter {parameter} of {:?}: {difference}", case.shape);
    }
}

#[test]
fn both_rules_agree_for_random_shapes_on_flex() {
    (0..60).for_each(assert_the_rules_agree::<Autodiff<Flex>>);
}

#[test]
fn both_rules_agree_for_random_shapes_on_ndarray() {
    (0..60).for_each(assert_the_rules_agree::<Autodiff<NdArray>>);
}

/// Turns every parameter into f64 and, where the position is its own, adds a step to one entry.
struct Nudge {
    parameter: usize,
    entry: usize,
    step: f64,
    visited: usize,
}

impl<B: Backend> burn::module::ModuleMapper<B> for Nudge {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<B, D>>) -> Param<Tensor<B, D>> {
        let here = self.visited == self.parameter;
        self.visited += 1;
        param.map(|tensor| {
            let (shape, device) = (tensor.dims(), tensor.device());
            let mut values: Vec<f64> = tensor.into_data().iter::<f64>().collect();
            if here {
                values[self.entry] += self.step;
            }
            Tensor::from_data(TensorData::new(values, shape), (&device, DType::F64))
        })
    }
}

fn nudged(classifier: Classifier<Flex>, parameter: usize, entry: usize, step: f64) -> Classifier<Flex> {
    classifier.map(&mut Nudge { parameter, entry, step, visited: 0 })
}

#[test]
fn gradients_by_hand_equal_central_differences_in_f64() {
    type B = Autodiff<Flex>;
    const STEP: f64 = 1e-6;
    for seed in 0..12 {
        let case = Case::draw(seed);
        let plain = nudged(case.classifier::<B>(GradientRule::Manual).valid(), 0, 0, 0.0);
        let batch = case.batch::<Flex>(DType::F64);
        let loss = |classifier: &Classifier<Flex>| {
            let logits = classifier.logits(batch.inputs.clone());
            case.output.loss(logits, &batch).into_data().iter::<f64>().next().unwrap()
        };
        let classifier = Classifier::<B>::from_inner(plain.clone());
        let gradients = GradientRule::Manual.gradients(&classifier, case.batch(DType::F64));
        for (parameter, gradient) in flatten(&classifier, gradients).into_iter().enumerate() {
            for (entry, value) in gradient.into_iter().enumerate().step_by(7) {
                let [up, down] =
                    [STEP, -STEP].map(|step| loss(&nudged(plain.clone(), parameter, entry, step)));
                let difference = (up - down) / (2.0 * STEP);
                let error = (value - difference).abs() / difference.abs().max(1e-3);
                assert!(
                    error < 1e-5,
                    "seed {seed}, parameter {parameter}[{entry}]: {value} for {difference}"
                );
            }
        }
    }
}

//! The derivatives by hand, compared with Burn's autodiff and with finite differences.

#![cfg(feature = "burn")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod one_hot;

use burn::backend::{Autodiff, Flex, NdArray};
use burn::module::{AutodiffModule, Module, ModuleVisitor, Param, ParamId};
use burn::tensor::backend::{AutodiffBackend, Backend};
use burn::tensor::{DType, Tensor, TensorData};
use emberlab_data::{ClassificationBatch, ImageShape, RandomState};
use emberlab_models::{
    Activation, Architecture, Blocks, Classifier, ConvolutionBlocks, GradientRule, Gradients, Loss, Network,
    Objective, Output, Pool, Precision, Scheme, Score, Shape, SharedRandom,
};

/// The sizes and values of one comparison, all drawn from a seed.
struct Case {
    input: Shape,
    blocks: Blocks,
    n_outputs: usize,
    objective: Objective,
    n_samples: usize,
    n_classes: usize,
    seed: u32,
}

impl Case {
    fn draw(seed: u32) -> Self {
        let random = &mut RandomState::new(seed);
        let mut between = |low, high| random.randint(low, high).unwrap() as usize;
        let output = if between(0, 3) == 0 { Output::Sigmoid } else { Output::Softmax };
        let n_classes = if output == Output::Sigmoid { 2 } else { between(2, 9) };
        let activations = [
            Activation::Relu,
            Activation::LeakyRelu,
            Activation::Tanh,
            Activation::Sigmoid,
            Activation::Gelu,
        ];
        let mut input = Shape::Features(between(1, 40));
        let mut blocks = Blocks {
            convolution: None,
            hidden: (0..between(0, 4)).map(|_| between(1, 20)).collect(),
            activation: activations[seed as usize % 5],
            batch_norm: between(0, 2) == 1,
            dropout: [0.0, 0.0, 0.3][between(0, 3)],
        };
        if between(0, 2) == 1 {
            input = Shape::Image(ImageShape { channels: between(1, 4), height: 8, width: 4 });
            blocks.convolution = Some(ConvolutionBlocks {
                channels: (0..between(1, 3)).map(|_| between(1, 5)).collect(),
                kernel_size: [1, 3, 5][between(0, 3)],
                pool: [Pool::Max, Pool::Average][seed as usize % 2],
                // Means over random images hardly differ, and batch norm would divide their rounding errors by that difference.
                global_average_pool: seed % 4 == 3 && !blocks.batch_norm,
            });
        }
        let loss = Loss {
            output,
            label_smoothing: [0.0, 0.1][between(0, 2)],
            class_weights: (between(0, 2) == 1)
                .then(|| (0..n_classes).map(|class| 0.5 + class as f64).collect()),
        };
        let objective = Objective { loss, l1: [0.0, 0.01][between(0, 2)] };
        let n_outputs = output.n_outputs(n_classes);
        Self { input, blocks, n_outputs, objective, n_samples: between(2, 30), n_classes, seed }
    }

    fn architecture(&self) -> Architecture {
        Architecture::of_blocks(self.input, &self.blocks, self.n_outputs).unwrap()
    }

    fn classifier<B: Backend>(&self, rule: GradientRule) -> Classifier<B> {
        let random = &mut RandomState::new(self.seed);
        let scheme = Scheme::AugmentedNormal { std: 0.5 };
        let dropout = SharedRandom::new(self.seed);
        let network = Network::new(&self.architecture(), scheme, random, &dropout, &B::Device::default());
        Classifier::new(network, self.objective.clone(), rule)
    }

    fn batch<B: Backend>(&self, dtype: DType) -> ClassificationBatch<B> {
        let random = &mut RandomState::new(self.seed ^ 1);
        let (n, device) = (self.n_samples, B::Device::default());
        let n_features = self.input.size();
        let inputs = (0..n * n_features).map(|_| random.standard_normal()).collect();
        let labels: Vec<i64> = (0..n).map(|_| random.randint(0, self.n_classes as i64).unwrap()).collect();
        let inputs = TensorData::new(inputs, [n, n_features]);
        one_hot::batch(Tensor::from_data(inputs, (&device, dtype)), &labels, self.n_classes, dtype)
    }
}

/// The gradient of every parameter, flattened, in the module's order.
struct Flatten<'a, B: AutodiffBackend> {
    gradients: &'a mut Gradients<B>,
    flat: Vec<Vec<f64>>,
}

impl<B: AutodiffBackend> ModuleVisitor<B> for Flatten<'_, B> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<B, D>>) {
        // Running means have none.
        let gradient = self.gradients.parameters.remove::<B::InnerBackend, D>(param.id);
        let Some(gradient) = gradient else { return };
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

fn largest(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(0.0, |largest, value| value.abs().max(largest))
}

/// Converts every parameter to one type.
struct Cast(DType);

impl<B: AutodiffBackend> burn::module::ModuleMapper<B> for Cast {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<B, D>>) -> Param<Tensor<B, D>> {
        let trained = param.val().is_require_grad();
        param.map(|tensor| Tensor::from_inner(tensor.inner().cast(self.0)).set_require_grad(trained))
    }
}

fn assert_the_rules_agree<B: AutodiffBackend>(case: &Case, dtype: DType, precision: Precision) {
    let seed = case.seed;
    let tolerance = match (dtype, precision) {
        (DType::F64, _) => 1e-9,
        (_, Precision::Full) => 1e-5,
        // The same operands are rounded, but sums over samples and their parts come in another order.
        (_, Precision::Mixed) => 1e-2,
    };
    let compute = |rule: GradientRule| {
        let classifier = case.classifier::<B>(rule).map(&mut Cast(dtype)).with_precision(precision);
        let gradients = rule.gradients(&classifier, case.batch(dtype));
        let score = gradients.score.clone().read();
        (score, flatten(&classifier, gradients))
    };
    let (manual_score, manual) = compute(GradientRule::Manual);
    let (score, autodiff) = compute(GradientRule::Autodiff);
    assert!((manual_score.loss - score.loss).abs() <= 1e-6 * score.loss.max(1.0), "loss of seed {seed}");
    assert_eq!((&manual_score.sums, manual_score.n_samples), (&score.sums, case.n_samples));
    let architecture = case.architecture();
    let layers = architecture.layers();
    let with_parameters = layers.iter().filter(|layer| layer.n_parameters() > 0).count();
    assert_eq!((manual.len(), autodiff.len()), (2 * with_parameters, 2 * with_parameters));
    let largest_of_all = largest(autodiff.iter().flatten().copied());
    for (parameter, (manual, autodiff)) in manual.iter().zip(&autodiff).enumerate() {
        // Batch norm removes the scale of the layer before it, so that large terms cancel in the gradient of that layer:
        // its error is relative to those terms. So is the error of rounded products, and in single precision that of sums in which
        // samples cancel.
        let scale = if case.blocks.batch_norm || dtype == DType::F32 {
            largest_of_all
        } else {
            largest(autodiff.iter().copied()).max(1e-30)
        };
        let difference = largest(manual.iter().zip(autodiff).map(|(left, right)| left - right)) / scale;
        assert!(difference <= tolerance, "seed {seed}, parameter {parameter} of {layers:?}: {difference}");
    }
}

#[test]
fn both_rules_agree_for_random_shapes_on_flex() {
    for dtype in [DType::F32, DType::F64] {
        (0..60).for_each(|seed| {
            assert_the_rules_agree::<Autodiff<Flex>>(&Case::draw(seed), dtype, Precision::Full)
        });
    }
}

#[test]
fn both_rules_agree_for_random_shapes_in_mixed_precision() {
    for mut case in (0..60).map(Case::draw) {
        // Of the gradient of a layer before batch norm only rounding errors remain.
        case.blocks.batch_norm = false;
        assert_the_rules_agree::<Autodiff<Flex>>(&case, DType::F32, Precision::Mixed);
    }
}

#[test]
fn both_rules_agree_for_random_shapes_on_ndarray() {
    for dtype in [DType::F32, DType::F64] {
        (0..60).for_each(|seed| {
            assert_the_rules_agree::<Autodiff<NdArray>>(&Case::draw(seed), dtype, Precision::Full)
        });
    }
}

/// On flex in single precision, kernels compute layers. They err no more than Burn's operations in single precision, which ndarray
/// computes; those in double precision are the reference.
#[test]
fn autodiff_with_kernels_is_as_right_as_with_burns_operations() {
    for case in (0..120).map(Case::draw) {
        let (score, exact) = by_autodiff::<Autodiff<Flex>>(&case, DType::F64);
        let [(kernels_score, kernels), (_, operations)] = [
            by_autodiff::<Autodiff<Flex>>(&case, DType::F32),
            by_autodiff::<Autodiff<NdArray>>(&case, DType::F32),
        ];
        let seed = case.seed;
        assert!((kernels_score.loss - score.loss).abs() <= 1e-6 * score.loss.max(1.0), "loss of seed {seed}");
        assert_eq!(kernels.len(), exact.len());
        let scale = largest(exact.iter().flatten().copied());
        let error = |found: &[Vec<f64>]| {
            let pairs = found.iter().flatten().zip(exact.iter().flatten());
            largest(pairs.map(|(left, right)| left - right)) / scale
        };
        let (error, usual) = (error(&kernels), error(&operations));
        assert!(error <= usual.max(1e-5), "seed {seed}: {error}, with Burn's operations {usual}");
    }
}

/// The score and the gradients of a case.
fn by_autodiff<B: AutodiffBackend>(case: &Case, dtype: DType) -> (Score, Vec<Vec<f64>>) {
    let classifier = case.classifier::<B>(GradientRule::Autodiff).map(&mut Cast(dtype));
    let gradients = GradientRule::Autodiff.gradients(&classifier, case.batch(dtype));
    let score = gradients.score.clone().read();
    (score, flatten(&classifier, gradients))
}

/// Where kernels compute every layer, autodiff only chains them.
#[test]
fn both_rules_give_the_same_bits_where_kernels_compute_every_layer() {
    let mut case = Case::draw(0);
    case.input = Shape::Image(ImageShape { channels: 3, height: 8, width: 8 });
    case.blocks = Blocks {
        convolution: Some(ConvolutionBlocks {
            channels: vec![4, 5],
            kernel_size: 3,
            pool: Pool::Max,
            global_average_pool: false,
        }),
        hidden: vec![16],
        batch_norm: false,
        ..Blocks::default()
    };
    case.objective = Objective::new(Loss::new(Output::Softmax));
    (case.n_outputs, case.n_classes, case.n_samples) = (10, 10, 24);
    let gradients_of = |rule: GradientRule| {
        let classifier = case.classifier::<Autodiff<Flex>>(rule);
        let gradients = rule.gradients(&classifier, case.batch(DType::F32));
        (gradients.score.clone().read().loss.to_bits(), flatten(&classifier, gradients))
    };
    assert_eq!(gradients_of(GradientRule::Autodiff), gradients_of(GradientRule::Manual));
}

/// Burn keeps the graphs of all threads in one place. No thread may lose a term of its gradients.
#[test]
fn threads_that_differentiate_at_once_do_not_disturb_each_other() {
    let gradients_of = |seed: u32| {
        let case = Case::draw(seed);
        let classifier = case.classifier::<Autodiff<Flex>>(GradientRule::Autodiff);
        let gradients = GradientRule::Autodiff.gradients(&classifier, case.batch(DType::F32));
        flatten(&classifier, gradients)
    };
    let alone: Vec<_> = (0..40).map(gradients_of).collect();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for seed in (0..40).cycle().take(400) {
                    assert!(gradients_of(seed) == alone[seed as usize], "seed {seed}");
                }
            });
        }
    });
}

/// A batch of one, a column of zeros and classes without a sample, with and without batch norm.
#[test]
fn poor_batches_give_finite_losses_and_gradients() {
    for (seed, batch_norm) in (0..20).flat_map(|seed| [(seed, false), (seed, true)]) {
        let mut case = Case::draw(seed);
        case.blocks.batch_norm = batch_norm;
        case.n_samples = 1;
        for rule in [GradientRule::Manual, GradientRule::Autodiff] {
            let classifier = case.classifier::<Autodiff<Flex>>(rule);
            let mut batch = case.batch::<Autodiff<Flex>>(DType::F32);
            let zeros = Tensor::zeros([1, 1], &batch.inputs.device());
            if case.input.size() > 1 {
                let rest = batch.inputs.clone().narrow(1, 1, case.input.size() - 1);
                batch.inputs = Tensor::cat(vec![zeros, rest], 1);
            }
            let gradients = rule.gradients(&classifier, batch);
            assert!(gradients.score.clone().read().loss.is_finite(), "seed {seed}, {rule:?}");
            let flat = flatten(&classifier, gradients);
            assert!(flat.iter().flatten().all(|value| value.is_finite()), "seed {seed}, {rule:?}");
        }
    }
}

/// Converts every parameter to f64 and adds a step to one entry of one of them.
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

/// A classifier in f64 on the CPU, whose dropout starts from its first state.
fn in_f64(case: &Case) -> Classifier<Flex> {
    nudged(case.classifier::<Flex>(GradientRule::Manual), 0, 0, 0.0)
}

#[test]
fn gradients_by_hand_equal_central_differences_in_f64() {
    type B = Autodiff<Flex>;
    const STEP: f64 = 1e-6;
    for seed in 0..40 {
        let case = Case::draw(seed);
        let batch = case.batch::<Flex>(DType::F64);
        let objective = |parameter, entry, step| {
            let classifier = nudged(in_f64(&case), parameter, entry, step);
            let logits = classifier.network().forward_training(batch.inputs.clone(), Precision::Full);
            let loss = case.objective.loss.value(logits, &batch);
            let loss = loss.into_data().iter::<f64>().next().unwrap();
            loss + case.objective.l1 * sum_of_magnitudes(&classifier)
        };
        let classifier = Classifier::<B>::from_inner(in_f64(&case));
        let gradients = GradientRule::Manual.gradients(&classifier, case.batch(DType::F64));
        let flat = flatten(&classifier, gradients);
        for (parameter, gradient) in trainable(&in_f64(&case)).into_iter().zip(flat) {
            for (entry, value) in gradient.into_iter().enumerate().step_by(7) {
                let [up, down] = [STEP, -STEP].map(|step| objective(parameter, entry, step));
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

/// `Σ |w|` of all weights, which have more than one dimension, summed independently of the classifier.
fn sum_of_magnitudes(classifier: &Classifier<Flex>) -> f64 {
    let mut sum = SumOfMagnitudes(0.0);
    classifier.visit(&mut sum);
    sum.0
}

struct SumOfMagnitudes(f64);

impl<B: Backend> ModuleVisitor<B> for SumOfMagnitudes {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<B, D>>) {
        if D > 1 {
            self.0 += param.val().into_data().iter::<f64>().map(f64::abs).sum::<f64>();
        }
    }
}

/// The position of each parameter that has a gradient among all that a module visits.
fn trainable(classifier: &Classifier<Flex>) -> Vec<usize> {
    let mut all = Ids(Vec::new());
    classifier.visit(&mut all);
    let trained: Vec<ParamId> =
        classifier.network().parameters().into_iter().map(|parameter| parameter.id).collect();
    all.0.iter().enumerate().filter(|(_, id)| trained.contains(id)).map(|(position, _)| position).collect()
}

struct Ids(Vec<ParamId>);

impl<B: Backend> ModuleVisitor<B> for Ids {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<B, D>>) {
        self.0.push(param.id);
    }
}

#[test]
fn both_rules_leave_the_same_running_means() {
    let mut case = Case::draw(1);
    case.blocks.batch_norm = true;
    case.blocks.hidden = vec![5];
    let running = |rule: GradientRule| {
        let classifier = case.classifier::<Autodiff<Flex>>(rule);
        for _ in 0..3 {
            rule.gradients(&classifier, case.batch(DType::F32));
        }
        let tensors = classifier.network().tensors().into_iter();
        tensors.filter(|tensor| tensor.name.contains("running")).collect::<Vec<_>>()
    };
    let (manual, autodiff) = (running(GradientRule::Manual), running(GradientRule::Autodiff));
    assert!(manual.len() >= 2);
    for (manual, autodiff) in manual.iter().zip(&autodiff) {
        assert_eq!(manual.name, autodiff.name);
        // They compute the layers before it with other roundings.
        let differences = manual.values.iter().zip(&autodiff.values).map(|(left, right)| left - right);
        assert!(largest(differences.map(f64::from)) < 1e-6, "{}", manual.name);
    }
    assert!(manual[0].values.iter().any(|&mean| mean != 0.0));
}

/// One sample has no variance; each pixel of an image counts as a value.
#[test]
fn a_batch_with_one_value_per_channel_does_not_change_the_running_means() {
    for rule in [GradientRule::Manual, GradientRule::Autodiff] {
        let mut case = Case::draw(3);
        case.blocks.batch_norm = true;
        case.blocks.convolution = None;
        case.blocks.hidden = vec![5];
        let running = |n_samples: usize| {
            let case =
                Case { blocks: case.blocks.clone(), objective: case.objective.clone(), n_samples, ..case };
            let classifier = case.classifier::<Autodiff<Flex>>(rule);
            rule.gradients(&classifier, case.batch(DType::F32));
            let tensors = classifier.network().tensors().into_iter();
            let running = tensors.filter(|tensor| tensor.name.contains("running"));
            running.map(|tensor| tensor.values).collect::<Vec<_>>()
        };
        assert_eq!(running(1), [vec![0.0; 5], vec![1.0; 5]]);
        assert!(running(2)[0].iter().any(|&mean| mean != 0.0));
    }
}

//! A layer of one's own with its derivative by hand, compared with autodiff and finite differences, then trained.
//!
//! Swish with a slope `β` for each column: `y = x σ(βx)` (P. Ramachandran et al., "Searching for Activation Functions", 2017).
//! With `s = σ(βx)`: `∂J/∂x = ∂J/∂y (s + βx s(1 − s))` and `∂J/∂β = Σ ∂J/∂y x² s(1 − s)` over the samples.

#![expect(clippy::print_stdout, reason = "a program says what it did")]

use burn::module::{AutodiffModule, Module, Param};
use burn::optim::GradientsParams;
use burn::tensor::activation::sigmoid;
use burn::tensor::backend::{AutodiffBackend, Backend};
use burn::tensor::{Distribution, Tensor};
use emberlab_config::Config;
use emberlab_data::{NoProgress, RandomState};
use emberlab_models::layers::{AnyLayer, CustomModule, InputGradient, WithBackward};
use emberlab_models::{CustomNetwork, LayerBuilder, LayerSpec, Precision};
use emberlab_run::Existing;
use emberlab_training::Trainer;
use emberlab_training::gradcheck::GradcheckOptions;
use emberlab_training::host::QuietHost;
use emberlab_training::train::TrainOptions;

#[derive(Module, Debug)]
struct Swish<B: Backend> {
    slope: Param<Tensor<B, 1>>,
}

#[derive(Clone, Debug)]
struct SwishOf(usize);

impl CustomModule for SwishOf {
    type Module<B: Backend> = Swish<B>;

    fn init<B: Backend>(&self, _: &mut RandomState, device: &B::Device) -> Swish<B> {
        Swish { slope: Param::from_tensor(Tensor::random([self.0], Distribution::Uniform(0.5, 1.5), device)) }
    }

    fn forward<B: Backend>(&self, swish: &Swish<B>, x: Tensor<B, 2>) -> Tensor<B, 2> {
        x.clone() * sigmoid(x * swish.slope.val().unsqueeze())
    }

    fn differentiate<'a, B: Backend>(
        &'a self,
        swish: &'a Swish<B>,
        x: Tensor<B, 2>,
        _: Precision,
    ) -> WithBackward<'a, B> {
        let slope = swish.slope.val().unsqueeze();
        let s = sigmoid(x.clone() * slope.clone());
        let (y, bend) = (x.clone() * s.clone(), s.clone() * (s.clone().neg() + 1.0));
        let backward = move |grad: Tensor<B, 2>, wanted: InputGradient, gradients: &mut GradientsParams| {
            let by_slope = (grad.clone() * x.clone().square() * bend.clone()).sum_dim(0).squeeze::<1>();
            gradients.register(swish.slope.id, by_slope);
            wanted.when_wanted(|| grad * (s + x * slope * bend))
        };
        (y, Box::new(backward))
    }

    fn valid<B: AutodiffBackend>(swish: &Swish<B>) -> Swish<B::InnerBackend> {
        swish.valid()
    }

    fn from_inner<B: AutodiffBackend>(swish: Swish<B::InnerBackend>) -> Swish<B> {
        Swish::from_inner(swish)
    }
}

#[derive(Debug)]
struct SwishNetwork;

impl CustomNetwork for SwishNetwork {
    fn layers<B: AutodiffBackend>(&self, builder: &mut LayerBuilder<'_, B>) -> Vec<AnyLayer<B>> {
        let linear =
            |n_inputs, n_outputs| LayerSpec::Linear { n_inputs, n_outputs, bias: true, scheme: None };
        vec![builder.layer(&linear(4, 8)), builder.custom(SwishOf(8)), builder.layer(&linear(8, 2))]
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let config = Config::builder("swish")
        .set("data.source", "synthetic")
        .set("data.n_features", 4)
        .set("model.kind", "custom")
        .set("model.gradient", "manual")
        .set("model.init.scheme", "pytorch")
        .set("training.epochs", 20)
        .set("training.optimizer.learning_rate", 0.5)
        .build()?;
    let trainer = Trainer::new(&config).network(SwishNetwork);
    if !trainer.gradcheck(&GradcheckOptions::default(), &NoProgress)?.passed {
        return Err("the derivative is wrong".into());
    }
    println!("gradcheck: passed");
    let artifacts = std::env::args_os().nth(1).unwrap_or("artifacts".into()).into();
    let options =
        TrainOptions { artifacts, existing: Existing::Replace, wait: false, git_commit: "unknown".into() };
    println!("run {}", trainer.train(&options, &QuietHost::shared())?.run.display());
    Ok(())
}

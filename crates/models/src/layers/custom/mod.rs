//! A layer from outside this crate: a Burn module, and, if there is one, its derivative by hand.
//!
//! [`AnyLayer`](super::AnyLayer) lists the layers of this crate. A [`CustomModule`] joins a network beside them as a
//! [`CustomLayer`], which hides the type of the module: visits and maps of Burn's modules, which are generic, go through
//! values of any type (`any_rank.rs`), and records are lists of tensors (`record.rs`).
//!
//! Modules of Burn that draw, such as `burn::nn::Dropout`, take their numbers from a generator of the backend that no
//! checkpoint holds. Before each training batch the layer gives that generator a seed from [`SharedRandom`], so that
//! resumed runs draw the same numbers.

mod any_rank;
mod erased;
mod module;
mod record;

pub use module::CustomModule;
pub use record::CustomRecord;

use super::{Layer, LayerVisitor, Path, Penalty, SharedRandom, TrainingPass, WithBackward};
use crate::description::Precision;
use any_rank::{Forward, VisitAny, rank_of};
use burn::module::{
    AutodiffModule, Content, Devices, Module, ModuleDisplay, ModuleDisplayDefault, ModuleMapper,
    ModuleVisitor, Param,
};
use burn::tensor::backend::{AutodiffBackend, Backend};
use burn::tensor::{Float, Tensor};
use erased::{Erased, Held, Lift};
use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

/// A [`CustomModule`] as a layer.
#[derive(Clone, Debug)]
pub struct CustomLayer<B: Backend> {
    module: Box<dyn Erased<B>>,
    /// Whether an optimizer updates each tensor of numbers, in the order in which the module shows them. Burn shows running means as
    /// parameters too; those alone have no gradient in a graph.
    trained: Arc<[bool]>,
    random: SharedRandom,
    /// The [`Lift`] back to the backend with autodiff, whose type only the constructor knows.
    lift: Arc<dyn Any + Send + Sync>,
}

impl<B: AutodiffBackend> CustomLayer<B> {
    /// The layer of a module. Modules of Burn that draw take their seeds from `random`.
    pub fn new<M: CustomModule>(custom: M, module: M::Module<B>, random: SharedRandom) -> Self {
        let mut trained = Trained(Vec::new());
        module.visit(&mut trained);
        let module = Box::new(Held::<M, B> { custom, module });
        Self { module, trained: trained.0.into(), random, lift: Arc::new(Lift::<B>::of::<M>()) }
    }
}

impl<B: Backend> CustomLayer<B> {
    fn with(self, module: Box<dyn Erased<B>>) -> Self {
        Self { module, ..self }
    }
}

impl<B: Backend> Layer<B> for CustomLayer<B> {
    fn group(&self) -> &'static str {
        "custom"
    }

    fn accept(&self, path: &Path<'_>, visitor: &mut impl LayerVisitor<B>) {
        visitor.random(&self.random);
        let trained = self.trained.iter();
        self.module.visit(&mut Named { path, names: Vec::new(), trained, visitor, backend: PhantomData });
    }

    fn forward(&self, input: Tensor<B, 2>) -> Tensor<B, 2> {
        self.module.forward(input)
    }

    fn forward_training(&self, input: Tensor<B, 2>, pass: &mut TrainingPass) -> Tensor<B, 2> {
        B::seed(&input.device(), self.random.seed());
        self.module.forward_training(input, pass)
    }

    fn differentiate(&self, input: Tensor<B, 2>, precision: Precision) -> WithBackward<'_, B> {
        B::seed(&input.device(), self.random.seed());
        self.module.differentiate(input, precision)
    }
}

/// Whether each tensor of numbers has a gradient.
struct Trained(Vec<bool>);

impl<B: Backend> ModuleVisitor<B> for Trained {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<B, D>>) {
        self.0.push(param.val().is_require_grad());
    }
}

/// Shows the tensors of a module with the names of its fields to a visitor of layers.
struct Named<'a, B: Backend, V> {
    path: &'a Path<'a>,
    names: Vec<String>,
    trained: std::slice::Iter<'a, bool>,
    visitor: &'a mut V,
    backend: PhantomData<B>,
}

impl<B: Backend, V: LayerVisitor<B>> VisitAny for Named<'_, B, V> {
    fn float(&mut self, param: &dyn Any) {
        let name = self.names.join(".");
        let path = self.path.child(&name);
        let is_trained = self.trained.next().is_none_or(|trained| *trained);
        rank_of!(param, B, Float, |param| {
            if !is_trained {
                self.visitor.custom_state(&path, param);
                return;
            }
            // As of PyTorch's layers: vectors are biases, or belong to a norm.
            let is_vector = param.val().dims().len() == 1;
            let penalty = if is_vector { Penalty::Excluded } else { Penalty::Included };
            self.visitor.parameter(&path, param, penalty)
        });
    }

    fn int(&mut self, _param: &dyn Any) {}

    fn bool(&mut self, _param: &dyn Any) {}

    fn enter(&mut self, name: &str, _container: &str) {
        self.names.push(name.to_owned());
    }

    fn exit(&mut self, _name: &str, _container: &str) {
        self.names.pop();
    }
}

impl<B: Backend> Module<B> for CustomLayer<B> {
    type Record = CustomRecord;

    fn collect_devices(&self, devices: Devices<B>) -> Devices<B> {
        self.module.collect_devices(devices)
    }

    fn fork(self, device: &B::Device) -> Self {
        let module = self.module.fork(device);
        self.with(module)
    }

    fn to_device(self, device: &B::Device) -> Self {
        let module = self.module.to_device(device);
        self.with(module)
    }

    fn visit<V: ModuleVisitor<B>>(&self, visitor: &mut V) {
        self.module.visit(&mut Forward::<B, V>::new(visitor));
    }

    fn map<M: ModuleMapper<B>>(self, mapper: &mut M) -> Self {
        let Self { module, trained, random, lift } = self;
        Self { module: module.map(&mut Forward::<B, M>::new(mapper)), trained, random, lift }
    }

    fn load_record(self, record: CustomRecord) -> Self {
        self.map(&mut record.loader())
    }

    fn into_record(self) -> CustomRecord {
        CustomRecord::of::<B>(|recorder| self.module.visit(&mut Forward::<B, _>::new(recorder)))
    }
}

impl<B: AutodiffBackend> AutodiffModule<B> for CustomLayer<B> {
    type InnerModule = CustomLayer<B::InnerBackend>;

    fn valid(&self) -> Self::InnerModule {
        CustomLayer {
            module: self.module.valid(),
            trained: Arc::clone(&self.trained),
            random: self.random.clone(),
            lift: Arc::clone(&self.lift),
        }
    }

    fn from_inner(CustomLayer { module, trained, random, lift }: Self::InnerModule) -> Self {
        let to = lift.downcast_ref::<Lift<B>>().expect("the layer was built for this backend");
        Self { module: to.lift(module), trained, random, lift }
    }
}

impl<B: Backend> ModuleDisplayDefault for CustomLayer<B> {
    fn content(&self, content: Content) -> Option<Content> {
        content.set_top_level_type(self.module.name()).optional()
    }
}

impl<B: Backend> ModuleDisplay for CustomLayer<B> {}

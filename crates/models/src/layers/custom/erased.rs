//! A custom module whose type is hidden.

use super::CustomModule;
use super::any_rank::{Erase, MapAny, VisitAny};
use crate::description::Precision;
use crate::layers::{TrainingPass, WithBackward};
use burn::module::{Devices, Module};
use burn::tensor::Tensor;
use burn::tensor::backend::{AutodiffBackend, Backend};
use std::any::Any;
use std::fmt::{self, Debug};

/// A custom module on one backend.
pub trait Erased<B: Backend>: Debug + Send + Sync {
    fn boxed_clone(&self) -> Box<dyn Erased<B>>;
    fn into_any(self: Box<Self>) -> Box<dyn Any>;
    fn name(&self) -> &str;
    fn forward(&self, input: Tensor<B, 2>) -> Tensor<B, 2>;
    fn forward_training(&self, input: Tensor<B, 2>, pass: &mut TrainingPass) -> Tensor<B, 2>;
    fn differentiate(&self, input: Tensor<B, 2>, precision: Precision) -> WithBackward<'_, B>;
    fn collect_devices(&self, devices: Devices<B>) -> Devices<B>;
    fn fork(&self, device: &B::Device) -> Box<dyn Erased<B>>;
    fn to_device(&self, device: &B::Device) -> Box<dyn Erased<B>>;
    fn visit(&self, visitor: &mut dyn VisitAny);
    fn map(self: Box<Self>, mapper: &mut dyn MapAny) -> Box<dyn Erased<B>>;
    fn valid(&self) -> Box<dyn Erased<B::InnerBackend>>
    where
        B: AutodiffBackend;
}

impl<B: Backend> Clone for Box<dyn Erased<B>> {
    fn clone(&self) -> Self {
        (**self).boxed_clone()
    }
}

/// The description of a module, and the module.
pub struct Held<M: CustomModule, B: Backend> {
    pub custom: M,
    pub module: M::Module<B>,
}

impl<M: CustomModule, B: Backend> Held<M, B> {
    fn with(&self, module: M::Module<B>) -> Box<dyn Erased<B>> {
        Box::new(Self { custom: self.custom.clone(), module })
    }
}

impl<M: CustomModule, B: Backend> Debug for Held<M, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.custom.fmt(f)
    }
}

impl<M: CustomModule, B: Backend> Erased<B> for Held<M, B> {
    fn boxed_clone(&self) -> Box<dyn Erased<B>> {
        self.with(self.module.clone())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }

    fn name(&self) -> &str {
        let path = std::any::type_name::<M>();
        path.rsplit("::").next().unwrap_or(path)
    }

    fn forward(&self, input: Tensor<B, 2>) -> Tensor<B, 2> {
        self.custom.forward(&self.module, input)
    }

    fn forward_training(&self, input: Tensor<B, 2>, pass: &mut TrainingPass) -> Tensor<B, 2> {
        self.custom.forward_training(&self.module, input, pass)
    }

    fn differentiate(&self, input: Tensor<B, 2>, precision: Precision) -> WithBackward<'_, B> {
        self.custom.differentiate(&self.module, input, precision)
    }

    fn collect_devices(&self, devices: Devices<B>) -> Devices<B> {
        self.module.collect_devices(devices)
    }

    fn fork(&self, device: &B::Device) -> Box<dyn Erased<B>> {
        self.with(self.module.clone().fork(device))
    }

    fn to_device(&self, device: &B::Device) -> Box<dyn Erased<B>> {
        self.with(self.module.clone().to_device(device))
    }

    fn visit(&self, visitor: &mut dyn VisitAny) {
        self.module.visit(&mut Erase(visitor));
    }

    fn map(self: Box<Self>, mapper: &mut dyn MapAny) -> Box<dyn Erased<B>> {
        let Self { custom, module } = *self;
        Box::new(Self { custom, module: module.map(&mut Erase(mapper)) })
    }

    fn valid(&self) -> Box<dyn Erased<B::InnerBackend>>
    where
        B: AutodiffBackend,
    {
        let module = M::valid::<B>(&self.module);
        Box::new(Held::<M, B::InnerBackend> { custom: self.custom.clone(), module })
    }
}

/// A module without a graph, and the same module with one.
type LiftFn<B> = fn(Box<dyn Erased<<B as AutodiffBackend>::InnerBackend>>) -> Option<Box<dyn Erased<B>>>;

/// Gives a hidden module a graph.
pub struct Lift<B: AutodiffBackend>(LiftFn<B>);

impl<B: AutodiffBackend> Lift<B> {
    /// The lift of modules of one type.
    pub fn of<M: CustomModule>() -> Self {
        Self(|inner| {
            let held = inner.into_any().downcast::<Held<M, B::InnerBackend>>().ok()?;
            let Held { custom, module } = *held;
            Some(Box::new(Held::<M, B> { custom, module: M::from_inner::<B>(module) }))
        })
    }

    /// The module with a graph.
    pub fn lift(&self, inner: Box<dyn Erased<B::InnerBackend>>) -> Box<dyn Erased<B>> {
        (self.0)(inner).expect("the module is of the type that the layer was built with")
    }
}

//! Visitors and mappers of parameters of any rank, behind interfaces without generics.
//!
//! Burn's visitors and mappers have methods that are generic over the rank of a tensor, which a value of hidden type cannot
//! have. [`Erase`] hands parameters on as values of any type, and [`Forward`] tries each rank.

use burn::module::{ModuleMapper, ModuleVisitor, Param};
use burn::tensor::backend::Backend;
use burn::tensor::{Bool, Float, Int, Tensor};
use std::any::Any;
use std::marker::PhantomData;

/// Receives parameters of any rank.
pub trait VisitAny {
    fn float(&mut self, param: &dyn Any);
    fn int(&mut self, param: &dyn Any);
    fn bool(&mut self, param: &dyn Any);
    fn enter(&mut self, name: &str, container: &str);
    fn exit(&mut self, name: &str, container: &str);
}

/// Replaces parameters of any rank.
pub trait MapAny {
    fn float(&mut self, param: Box<dyn Any>) -> Box<dyn Any>;
    fn int(&mut self, param: Box<dyn Any>) -> Box<dyn Any>;
    fn bool(&mut self, param: Box<dyn Any>) -> Box<dyn Any>;
    fn enter(&mut self, name: &str, container: &str);
    fn exit(&mut self, name: &str, container: &str);
}

/// Calls the block with the parameter in its own type. Modules have tensors of at most eight dimensions.
macro_rules! rank_of {
    ($any:expr, $backend:ty, $kind:ty, |$param:ident| $call:expr) => {
        rank_of!(@each $any, $backend, $kind, $param, $call, 1 2 3 4 5 6 7 8)
    };
    (@each $any:expr, $backend:ty, $kind:ty, $param:ident, $call:expr, $($rank:literal)*) => {
        $(rank_of!(@one $any, $backend, $kind, $param, $call, $rank);)*
    };
    (@one $any:expr, $backend:ty, $kind:ty, $param:ident, $call:expr, $rank:literal) => {
        if let Some($param) = $any.downcast_ref::<Param<Tensor<$backend, $rank, $kind>>>() {
            $call;
        }
    };
}
pub(super) use rank_of;

/// Hands the parameters of a module on without their types.
pub struct Erase<'a, T: ?Sized>(pub &'a mut T);

/// Hands parameters on to a visitor or a mapper of Burn, in their types.
pub struct Forward<'a, B, T>(&'a mut T, PhantomData<B>);

impl<'a, B, T> Forward<'a, B, T> {
    pub fn new(to: &'a mut T) -> Self {
        Self(to, PhantomData)
    }
}

impl<B: Backend> ModuleVisitor<B> for Erase<'_, dyn VisitAny + '_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<B, D>>) {
        self.0.float(param);
    }

    fn visit_int<const D: usize>(&mut self, param: &Param<Tensor<B, D, Int>>) {
        self.0.int(param);
    }

    fn visit_bool<const D: usize>(&mut self, param: &Param<Tensor<B, D, Bool>>) {
        self.0.bool(param);
    }

    fn enter_module(&mut self, name: &str, container: &str) {
        self.0.enter(name, container);
    }

    fn exit_module(&mut self, name: &str, container: &str) {
        self.0.exit(name, container);
    }
}

impl<B: Backend, V: ModuleVisitor<B>> VisitAny for Forward<'_, B, V> {
    fn float(&mut self, param: &dyn Any) {
        rank_of!(param, B, Float, |param| self.0.visit_float(param));
    }

    fn int(&mut self, param: &dyn Any) {
        rank_of!(param, B, Int, |param| self.0.visit_int(param));
    }

    fn bool(&mut self, param: &dyn Any) {
        rank_of!(param, B, Bool, |param| self.0.visit_bool(param));
    }

    fn enter(&mut self, name: &str, container: &str) {
        self.0.enter_module(name, container);
    }

    fn exit(&mut self, name: &str, container: &str) {
        self.0.exit_module(name, container);
    }
}

/// Hands a parameter over by value, so that a mapper changes it in place where nothing else holds it.
fn mapped<P: 'static>(param: P, map: impl FnOnce(Box<dyn Any>) -> Box<dyn Any>) -> P {
    *map(Box::new(param)).downcast().expect("a mapper returns what it received, in its type")
}

impl<B: Backend> ModuleMapper<B> for Erase<'_, dyn MapAny + '_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<B, D>>) -> Param<Tensor<B, D>> {
        mapped(param, |param| self.0.float(param))
    }

    fn map_int<const D: usize>(&mut self, param: Param<Tensor<B, D, Int>>) -> Param<Tensor<B, D, Int>> {
        mapped(param, |param| self.0.int(param))
    }

    fn map_bool<const D: usize>(&mut self, param: Param<Tensor<B, D, Bool>>) -> Param<Tensor<B, D, Bool>> {
        mapped(param, |param| self.0.bool(param))
    }

    fn enter_module(&mut self, name: &str, container: &str) {
        self.0.enter(name, container);
    }

    fn exit_module(&mut self, name: &str, container: &str) {
        self.0.exit(name, container);
    }
}

/// Maps the parameter in its own type, whatever its rank.
macro_rules! map_rank {
    ($any:ident, $kind:ty, $mapper:expr, $method:ident) => {
        map_rank!(@each $any, $kind, $mapper, $method, 1 2 3 4 5 6 7 8)
    };
    (@each $any:ident, $kind:ty, $mapper:expr, $method:ident, $($rank:literal)*) => {{
        $(let $any = match $any.downcast::<Param<Tensor<B, $rank, $kind>>>() {
            Ok(param) => return Box::new($mapper.$method(*param)),
            Err(other) => other,
        };)*
        $any
    }};
}

impl<B: Backend, M: ModuleMapper<B>> MapAny for Forward<'_, B, M> {
    fn float(&mut self, param: Box<dyn Any>) -> Box<dyn Any> {
        map_rank!(param, Float, self.0, map_float)
    }

    fn int(&mut self, param: Box<dyn Any>) -> Box<dyn Any> {
        map_rank!(param, Int, self.0, map_int)
    }

    fn bool(&mut self, param: Box<dyn Any>) -> Box<dyn Any> {
        map_rank!(param, Bool, self.0, map_bool)
    }

    fn enter(&mut self, name: &str, container: &str) {
        self.0.enter_module(name, container);
    }

    fn exit(&mut self, name: &str, container: &str) {
        self.0.exit_module(name, container);
    }
}

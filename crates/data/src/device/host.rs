//! Tensors of Burn's flex backend as slices, for the kernels of [`emberlab_kernels`].
//!
//! Layers, optimizers and batches are written in Burn's operations for any backend, and where a kernel computes the same faster they ask
//! here whether the tensor is one of flex. The type is asked when the program runs: Burn's way to extend a backend, a trait of our own as
//! the bound of every generic function, would need an implementation for each backend that Burn has, wrapped in
//! autodiff, fusion and remote ones.
//!
//! Autodiff's tensors are others, and so are those of 64 bits, in which gradients by hand are compared with autodiff: no kernel takes
//! part in that comparison.

use burn::backend::flex::FlexTensor;
use burn::tensor::backend::Backend;
use burn::tensor::{DType, Int, Tensor, TensorData, TensorPrimitive};
use std::any::Any;

/// A tensor of 32-bit numbers in this machine's memory, row after row.
#[derive(Debug)]
pub struct HostTensor(FlexTensor);

impl HostTensor {
    /// The tensor, if its backend is flex and its numbers have 32 bits. Copies a view; shares everything else.
    pub fn of<B: Backend, const D: usize>(tensor: &Tensor<B, D>) -> Option<Self> {
        if !is_flex::<B>() || tensor.dtype() != DType::F32 {
            return None;
        }
        let TensorPrimitive::Float(tensor) = tensor.clone().into_primitive() else { return None };
        let tensor = (&tensor as &dyn Any).downcast_ref::<FlexTensor>()?;
        Some(Self(if tensor.is_contiguous() { tensor.clone() } else { tensor.to_contiguous() }))
    }

    /// The numbers.
    pub fn values(&self) -> &[f32] {
        self.0.as_slice().unwrap_or_default()
    }
}

/// A tensor of bytes in this machine's memory, row after row.
#[derive(Debug)]
pub struct HostBytes(FlexTensor);

impl HostBytes {
    /// The tensor, if its backend is flex and its numbers are bytes. Copies a view; shares everything else.
    pub fn of<B: Backend, const D: usize>(tensor: &Tensor<B, D, Int>) -> Option<Self> {
        if !is_flex::<B>() || tensor.dtype() != DType::U8 {
            return None;
        }
        let tensor = tensor.clone().into_primitive();
        let tensor = (&tensor as &dyn Any).downcast_ref::<FlexTensor>()?;
        Some(Self(if tensor.is_contiguous() { tensor.clone() } else { tensor.to_contiguous() }))
    }

    /// The bytes.
    pub fn values(&self) -> &[u8] {
        self.0.as_slice().unwrap_or_default()
    }
}

/// Changes a tensor of 32-bit numbers of flex, and returns any other as it is. The numbers are changed in place, or copied where
/// another tensor shares them.
///
/// # Errors
///
/// The tensor, when it is another.
pub fn change<B: Backend, const D: usize>(
    tensor: Tensor<B, D>,
    change: impl FnOnce(&mut [f32]),
) -> Result<Tensor<B, D>, Tensor<B, D>> {
    match change_all([tensor], |[numbers]| change(numbers)) {
        Ok([tensor]) => Ok(tensor),
        Err([tensor]) => Err(tensor),
    }
}

/// Like [`change`], for several tensors.
///
/// # Errors
///
/// The tensors, when one of them is another.
pub fn change_all<B: Backend, const D: usize, const N: usize>(
    tensors: [Tensor<B, D>; N],
    change: impl FnOnce([&mut [f32]; N]),
) -> Result<[Tensor<B, D>; N], [Tensor<B, D>; N]> {
    if !is_flex::<B>() || tensors.iter().any(|tensor| tensor.dtype() != DType::F32) {
        return Err(tensors);
    }
    let mut primitives = tensors.map(Tensor::into_primitive);
    change(primitives.each_mut().map(|primitive| numbers(primitive).unwrap_or_default()));
    Ok(primitives.map(Tensor::from_primitive))
}

/// The numbers of a tensor of flex.
fn numbers<B: Backend>(primitive: &mut TensorPrimitive<B>) -> Option<&mut [f32]> {
    let TensorPrimitive::Float(tensor) = primitive else { return None };
    let flex = (tensor as &mut dyn Any).downcast_mut::<FlexTensor>()?;
    if !flex.is_contiguous() {
        *flex = flex.to_contiguous();
    }
    // A view may share a larger storage.
    let (start, end) = flex.layout().contiguous_offsets()?;
    flex.storage_mut().get_mut(start..end)
}

/// A tensor of bytes, row after row.
pub fn bytes<B: Backend, const D: usize>(
    values: Vec<u8>,
    shape: [usize; D],
    device: &B::Device,
) -> Tensor<B, D, Int> {
    Tensor::from_data(TensorData::new(values, shape), (device, DType::U8))
}

/// A tensor of numbers, row after row.
pub fn tensor<B: Backend, const D: usize>(
    values: Vec<f32>,
    shape: [usize; D],
    device: &B::Device,
) -> Tensor<B, D> {
    Tensor::from_data(TensorData::new(values, shape), device)
}

fn is_flex<B: Backend>() -> bool {
    std::any::TypeId::of::<B::FloatTensorPrimitive>() == std::any::TypeId::of::<FlexTensor>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::backend::{Autodiff, Flex, NdArray};

    fn matrix<B: Backend>() -> Tensor<B, 2> {
        tensor(vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [2, 3], &Default::default())
    }

    #[test]
    fn tensors_of_flex_are_slices_and_views_are_copied() {
        let values = |tensor: Tensor<Flex, 2>| HostTensor::of(&tensor).map(|host| host.values().to_vec());
        assert_eq!(values(matrix()), Some(vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
        assert_eq!(values(matrix().transpose()), Some(vec![1.0, 4.0, 2.0, 5.0, 3.0, 6.0]));
        assert_eq!(values(matrix().slice([1..2, 0..3])), Some(vec![4.0, 5.0, 6.0]));
        assert_eq!(values(matrix().cast(DType::F64)), None);
    }

    #[test]
    fn tensors_of_flex_are_changed_and_those_that_share_them_are_not() {
        let double = |numbers: &mut [f32]| numbers.iter_mut().for_each(|number| *number *= 2.0);
        let whole: Tensor<Flex, 2> = matrix();
        let row = change(whole.clone().slice([1..2, 0..3]), double).expect("flex");
        assert_eq!(row.to_data(), TensorData::from([[8.0f32, 10.0, 12.0]]));
        let turned = change(whole.clone().transpose(), double).expect("flex");
        assert_eq!(turned.to_data(), TensorData::from([[2.0f32, 8.0], [4.0, 10.0], [6.0, 12.0]]));
        assert_eq!(whole.to_data(), matrix::<Flex>().to_data());
        assert!(change(matrix::<NdArray>(), double).is_err());
    }

    #[test]
    fn bytes_of_flex_are_a_slice() {
        let data = TensorData::new(vec![7u8, 0, 255], [3]);
        let bytes = Tensor::<Flex, 1, Int>::from_data(data, (&Default::default(), DType::U8));
        assert_eq!(HostBytes::of(&bytes).map(|host| host.values().to_vec()), Some(vec![7, 0, 255]));
        assert!(HostBytes::of(&Tensor::<Flex, 1, Int>::from_data([7], &Default::default())).is_none());
        assert!(HostBytes::of(&Tensor::<NdArray, 1, Int>::from_data([7], &Default::default())).is_none());
    }

    #[test]
    fn tensors_of_other_backends_are_not() {
        assert!(HostTensor::of(&matrix::<NdArray>()).is_none());
        assert!(HostTensor::of(&matrix::<Autodiff<Flex>>()).is_none());
    }
}

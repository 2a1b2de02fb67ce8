//! Layers with PyTorch's weights, inputs and gradients, from the files of `tests/golden/`.

use burn::backend::Flex;
use burn::module::Param;
use burn::tensor::{DType, Device, Tensor, TensorData};
use emberlab_data::{ImageShape, RandomState};
use emberlab_models::layers::{AnyLayer, Convolution, Linear};
use emberlab_models::{Filters, Scheme};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::path::Path;

/// The images of all layers that take images.
pub const IMAGE: ImageShape = ImageShape { channels: 2, height: 4, width: 6 };

/// One layer or loss, with its settings `S`.
#[derive(Deserialize)]
pub struct Record<S> {
    pub layer: String,
    pub settings: S,
    tensors: BTreeMap<String, Numbers>,
}

#[derive(Deserialize)]
struct Golden<S> {
    records: Vec<Record<S>>,
}

#[derive(Deserialize)]
struct Numbers {
    shape: Vec<usize>,
    values: Vec<f64>,
}

/// The records of a file.
pub fn records<S: DeserializeOwned>(file: &str) -> Vec<Record<S>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden").join(file);
    serde_json::from_slice::<Golden<S>>(&std::fs::read(path).unwrap()).unwrap().records
}

impl<S> Record<S> {
    pub fn tensor<const D: usize>(&self, name: &str, dtype: DType) -> Tensor<Flex, D> {
        let data = TensorData::new(self.values(name).unwrap().to_vec(), self.shape::<D>(name));
        Tensor::from_data(data, (&Device::<Flex>::default(), dtype))
    }

    pub fn shape<const D: usize>(&self, name: &str) -> [usize; D] {
        self.tensors[name].shape.clone().try_into().unwrap()
    }

    pub fn values(&self, name: &str) -> Option<&[f64]> {
        self.tensors.get(name).map(|numbers| numbers.values.as_slice())
    }

    /// The linear layer with the record's weights.
    pub fn linear(&self, dtype: DType) -> AnyLayer<Flex> {
        let [n_outputs, n_inputs] = self.shape("weight");
        let (random, device) = (&mut RandomState::new(0), Default::default());
        let mut layer = Linear::new(n_inputs, n_outputs, true, Scheme::XavierUniform, random, &device);
        layer.weight = Param::from_tensor(self.tensor("weight", dtype));
        layer.bias = Some(Param::from_tensor(self.tensor("bias", dtype)));
        AnyLayer::Linear(layer)
    }

    /// The convolution with the record's weights.
    pub fn convolution(&self, dtype: DType) -> AnyLayer<Flex> {
        let [n_filters, _, kernel_size, _] = self.shape("weight");
        let (random, device) = (&mut RandomState::new(0), Default::default());
        let scheme = Scheme::XavierUniform;
        let mut layer =
            Convolution::new(IMAGE, Filters::same(n_filters, kernel_size), scheme, random, &device);
        layer.weight = Param::from_tensor(self.tensor("weight", dtype));
        layer.bias = Some(Param::from_tensor(self.tensor("bias", dtype)));
        AnyLayer::Convolution(layer)
    }
}

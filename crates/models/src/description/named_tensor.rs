//! Numbers of a network in host memory.

/// Numbers with a name and a shape.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedTensor {
    /// The name, as `layers.0.weight`.
    pub name: String,
    /// The size of each dimension.
    pub shape: Vec<usize>,
    /// The numbers in row-major order.
    pub values: Vec<f32>,
}

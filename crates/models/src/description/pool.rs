//! The kinds of pooling.

/// The function by which a pooling layer reduces each two by two pixels to one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pool {
    /// The largest.
    #[default]
    Max,
    /// The mean.
    Average,
}

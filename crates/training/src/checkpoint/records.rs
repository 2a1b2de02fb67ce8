//! Burn's records as bytes.

use crate::error::{Error, TrainingFailure};
use burn::record::{FullPrecisionSettings, NamedMpkBytesRecorder, Record, Recorder};
use burn::tensor::backend::Backend;

/// A record in named MessagePack, in full precision.
///
/// # Errors
///
/// [`Error::Training`] when Burn cannot encode it.
pub fn encode<B: Backend, R: Record<B>>(record: R) -> Result<Vec<u8>, Error> {
    let recorder = NamedMpkBytesRecorder::<FullPrecisionSettings>::default();
    Recorder::<B>::record(&recorder, record, ()).map_err(Error::encode("the weights"))
}

/// A record from the bytes that [`encode`] made.
///
/// # Errors
///
/// [`Error::Training`] when the bytes are something else.
pub fn decode<B: Backend, R: Record<B>>(bytes: Vec<u8>, device: &B::Device) -> Result<R, Error> {
    let recorder = NamedMpkBytesRecorder::<FullPrecisionSettings>::default();
    Recorder::<B>::load(&recorder, bytes, device).map_err(|_| TrainingFailure::Decode.into())
}

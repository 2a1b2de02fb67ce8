//! Burn's records as bytes.

use crate::error::{Error, TrainingFailure};
use burn::record::{BurnRecord, FullPrecisionSettings, NamedMpkBytesRecorder, Record, Recorder};
use burn::tensor::backend::Backend;
use std::io::{self, Write};

type MessagePack = NamedMpkBytesRecorder<FullPrecisionSettings>;

/// A record in named MessagePack, in full precision.
///
/// # Errors
///
/// [`Error::Training`] when Burn cannot encode it.
pub fn encode<B: Backend, R: Record<B>>(record: R) -> Result<Vec<u8>, Error> {
    let record = BurnRecord::<_, B>::new::<MessagePack>(record.into_item::<FullPrecisionSettings>());
    let encode = || {
        // Encoded twice, into memory of the right size: memory that grows takes three times as much.
        let mut size = Counted(0);
        rmp_serde::encode::write_named(&mut size, &record)?;
        let mut bytes = Vec::with_capacity(size.0);
        rmp_serde::encode::write_named(&mut bytes, &record)?;
        Ok::<_, rmp_serde::encode::Error>(bytes)
    };
    encode().map_err(Error::encode("the weights"))
}

/// The number of bytes written.
struct Counted(usize);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A record from the bytes that [`encode`] made.
///
/// # Errors
///
/// [`Error::Training`] when the bytes are something else.
pub fn decode<B: Backend, R: Record<B>>(bytes: Vec<u8>, device: &B::Device) -> Result<R, Error> {
    Recorder::<B>::load(&MessagePack::default(), bytes, device).map_err(|_| TrainingFailure::Decode.into())
}

//! The SHA-256 of the samples of a run.

use emberlab_data::text::hexadecimal;
use emberlab_data::{Features, LabelledData, Splits};
use sha2::{Digest, Sha256};

/// The SHA-256 of all parts, in hexadecimal. Each part adds its features (pixel bytes, or little-endian `f64`) and then its
/// labels (little-endian `u32`).
pub fn fingerprint(splits: &Splits) -> String {
    let mut hasher = Sha256::new();
    splits.parts().for_each(|(_, part)| update(&mut hasher, &part.samples));
    hexadecimal(&hasher.finalize())
}

fn update(hasher: &mut Sha256, data: &LabelledData) {
    match &data.features {
        Features::Table { values, .. } => values.iter().for_each(|value| hasher.update(value.to_le_bytes())),
        Features::Images { pixels, .. } => hasher.update(pixels),
    }
    data.labels.iter().for_each(|label| hasher.update(label.to_le_bytes()));
}

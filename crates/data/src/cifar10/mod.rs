//! CIFAR-10 in its official binary layout.
//!
//! `data_batch_1.bin` … `data_batch_5.bin` and `test_batch.bin` hold records of 3,073 bytes: one
//! label byte, then 1,024 red, 1,024 green and 1,024 blue bytes, row by row. `batches.meta.txt` has
//! the ten class names, a line each (A. Krizhevsky, "Learning Multiple Layers of Features from Tiny
//! Images", 2009). Any number of whole records per file is read, and any number of batches from 1
//! on, so a smaller set in the same layout works.

mod records;

pub use crate::cifar_records::IMAGE_SHAPE;
pub use records::{Cifar10, RECORD_SIZE};

use crate::cifar_records::RecordFormat;

/// The folder that the official archive unpacks to.
pub const FOLDER: &str = "cifar-10-batches-bin";

/// Number of classes.
pub const N_CLASSES: usize = 10;

/// The names of its classes.
pub const CLASS_NAMES: [&str; N_CLASSES] =
    ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

/// The layout of its records.
pub(crate) const FORMAT: RecordFormat = RecordFormat { n_classes: &[N_CLASSES], label: 0 };

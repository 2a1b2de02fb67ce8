//! One IDX file of bytes, plain or compressed with gzip.
//!
//! It begins with two zero bytes, the type of its numbers (0x08 for unsigned bytes) and the number of its dimensions, then
//! the size of each dimension as four bytes, the most significant first. The numbers follow, the last dimension fastest.

use crate::error::DataError;
use crate::labelled_data::ImageShape;
use crate::problem::IdxProblem;
use crate::regular_file::open_regular;
use flate2::read::MultiGzDecoder;
use std::io::{BufReader, ErrorKind, Read, Seek};
use std::path::Path;

/// The most items of a file, of which MNIST has 60,000.
const MAX_ITEMS: u32 = 1_000_000;
/// The code of unsigned bytes.
const UNSIGNED_BYTE: u8 = 0x08;
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Reads the pixels of all images, which must have one channel and the size of `shape`.
pub(super) fn read_images(path: &Path, shape: ImageShape) -> Result<Vec<u8>, DataError> {
    let kind = "images";
    read(path, kind, |[height, width]: [u32; 2]| {
        if (height as usize, width as usize) == (shape.height, shape.width) {
            return Ok(shape.height * shape.width);
        }
        let (expected_height, expected_width) = (shape.height, shape.width);
        Err(IdxProblem::ImageSize { height, width, expected_height, expected_width })
    })
}

/// Reads all labels.
pub(super) fn read_labels(path: &Path) -> Result<Vec<u8>, DataError> {
    read(path, "labels", |[]: [u32; 0]| Ok(1))
}

/// Reads a file of items with `N` dimensions each. `item_size` checks these and returns the bytes of an item.
fn read<const N: usize>(
    path: &Path,
    kind: &'static str,
    item_size: impl Fn([u32; N]) -> Result<usize, IdxProblem>,
) -> Result<Vec<u8>, DataError> {
    let mut file = BufReader::with_capacity(1 << 16, open_regular(path).map_err(DataError::open(path))?);
    let mut start = Vec::new();
    (&mut file).take(2).read_to_end(&mut start).map_err(DataError::read(path))?;
    file.rewind().map_err(DataError::read(path))?;
    let mut stream: Box<dyn Read> =
        if start == GZIP { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
    let stream = IdxStream { stream: &mut stream, path };
    stream.items(kind, item_size)
}

struct IdxStream<'a> {
    stream: &'a mut dyn Read,
    path: &'a Path,
}

impl IdxStream<'_> {
    fn items<const N: usize>(
        mut self,
        kind: &'static str,
        item_size: impl Fn([u32; N]) -> Result<usize, IdxProblem>,
    ) -> Result<Vec<u8>, DataError> {
        let path = self.path;
        let corrupt = |problem: IdxProblem| DataError::corrupt(path, problem);
        let head = self.up_to(4)?;
        match head[..] {
            [0, 0, UNSIGNED_BYTE, n] if usize::from(n) == 1 + N => (),
            [0, 0, UNSIGNED_BYTE, found] => {
                return Err(corrupt(IdxProblem::Dimensions { found, expected: 1 + N, kind }));
            }
            [0, 0, code, _] => return Err(corrupt(IdxProblem::ElementType { code })),
            [0, 0] | [0, 0, _] => {
                return Err(corrupt(IdxProblem::TruncatedHeader { found: head.len(), expected: 8 + 4 * N }));
            }
            _ => return Err(corrupt(IdxProblem::NotIdx)),
        }
        let sizes = self.up_to(4 * (1 + N))?;
        let mut sizes_read =
            sizes.chunks_exact(4).map(|bytes| u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
        if sizes.len() < 4 * (1 + N) {
            let (found, expected) = (4 + sizes.len(), 8 + 4 * N);
            return Err(corrupt(IdxProblem::TruncatedHeader { found, expected }));
        }
        let n = sizes_read.next().unwrap_or_default();
        let item = std::array::from_fn(|_| sizes_read.next().unwrap_or_default());
        let size = item_size(item).map_err(corrupt)?;
        if n == 0 || n > MAX_ITEMS {
            return Err(corrupt(IdxProblem::Count { found: n, kind, max: MAX_ITEMS }));
        }
        self.exactly(n as usize * size)
    }

    /// Reads `expected` bytes, after which the file must end.
    fn exactly(&mut self, expected: usize) -> Result<Vec<u8>, DataError> {
        let bytes = self.up_to(expected)?;
        let found = bytes.len();
        if found < expected {
            return Err(DataError::corrupt(self.path, IdxProblem::Truncated { found, expected }));
        }
        // The checksum of the compressed data is verified at its end.
        if !self.up_to(1)?.is_empty() {
            return Err(DataError::corrupt(self.path, IdxProblem::TooLong { expected }));
        }
        Ok(bytes)
    }

    /// Reads `n` bytes, or what there is. The vector grows with the bytes that come, not with those announced.
    fn up_to(&mut self, n: usize) -> Result<Vec<u8>, DataError> {
        let mut bytes = Vec::new();
        match (&mut self.stream).take(n as u64).read_to_end(&mut bytes) {
            Ok(_) => Ok(bytes),
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::UnexpectedEof
                ) =>
            {
                let problem = IdxProblem::Damaged { reason: error.to_string() };
                Err(DataError::corrupt(self.path, problem))
            }
            Err(error) => Err(DataError::read(self.path)(error)),
        }
    }
}

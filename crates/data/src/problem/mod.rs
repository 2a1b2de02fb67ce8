//! What can be wrong with a file or folder, by kind, each shown as the end of a sentence that begins with its path.

mod archive;
mod download;
mod folder;
mod idx;
mod image;
mod numpy;
mod parquet;
mod record;
mod table;

pub use archive::ArchiveProblem;
pub use download::DownloadProblem;
pub use folder::FolderProblem;
pub use idx::IdxProblem;
pub use image::{CannotDecode, ImageProblem};
pub use numpy::NumpyProblem;
pub use parquet::ParquetProblem;
pub use record::RecordProblem;
pub use table::{RowPlace, TableProblem, TextProblem};

/// What is wrong with the content of a file or folder.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// A file with more bytes than its format allows.
    #[error("is larger than {max} bytes")]
    TooLarge {
        /// The most bytes that are read.
        max: u64,
    },
    /// An archive.
    #[error(transparent)]
    Archive(#[from] ArchiveProblem),
    /// A folder of images.
    #[error(transparent)]
    Folder(#[from] FolderProblem),
    /// An image.
    #[error(transparent)]
    Image(#[from] ImageProblem),
    /// An IDX file.
    #[error(transparent)]
    Idx(#[from] IdxProblem),
    /// A file of CIFAR-10 or CIFAR-100.
    #[error(transparent)]
    Record(#[from] RecordProblem),
    /// A table.
    #[error(transparent)]
    Table(#[from] TableProblem),
    /// Arrays that NumPy saved.
    #[error(transparent)]
    Numpy(#[from] NumpyProblem),
}

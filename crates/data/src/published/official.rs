//! The files that are published: addresses, sizes and checksums.
//!
//! The pages of the sets give MD5 or nothing. The SHA-256 are those of TensorFlow Datasets 4.9.10, `url_checksums/`, of the
//! files at these addresses.

use super::PublishedSet;
use crate::cifar10::{self, RECORD_SIZE};
use crate::{cifar100, idx};

/// A file that is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfficialFile {
    /// Its name.
    pub name: &'static str,
    /// Its size in bytes.
    pub size: u64,
    /// Its SHA-256.
    pub sha256: &'static str,
}

/// The files in an archive of a set.
#[derive(Clone, Copy, Debug)]
pub struct ArchiveLayout {
    /// The set's name.
    pub title: &'static str,
    /// The folder that holds all files.
    pub folder: &'static str,
    /// Files that must be in it.
    pub needed: &'static [&'static str],
    /// Files that may be in it.
    pub optional: &'static [&'static str],
    /// The most bytes of a file of images, whose name ends in `.bin`.
    pub max_records: u64,
    /// Whether other small files are left out; otherwise they are an error.
    pub skips_others: bool,
}

/// CIFAR-10's archive.
const CIFAR10: OfficialFile = OfficialFile {
    name: "cifar-10-binary.tar.gz",
    size: 170_052_171,
    sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
};

/// CIFAR-100's archive, whose MD5 is 03b5dce01913d631647c71ecec9e9cb8.
const CIFAR100: OfficialFile = OfficialFile {
    name: "cifar-100-binary.tar.gz",
    size: 168_513_733,
    sha256: "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec",
};

const MNIST: [OfficialFile; 4] = [
    OfficialFile {
        name: idx::FILES[0],
        size: 9_912_422,
        sha256: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    },
    OfficialFile {
        name: idx::FILES[1],
        size: 28_881,
        sha256: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    },
    OfficialFile {
        name: idx::FILES[2],
        size: 1_648_877,
        sha256: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    },
    OfficialFile {
        name: idx::FILES[3],
        size: 4_542,
        sha256: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    },
];

const FASHION_MNIST: [OfficialFile; 4] = [
    OfficialFile {
        name: idx::FILES[0],
        size: 26_421_880,
        sha256: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
    },
    OfficialFile {
        name: idx::FILES[1],
        size: 29_515,
        sha256: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
    },
    OfficialFile {
        name: idx::FILES[2],
        size: 4_422_102,
        sha256: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
    },
    OfficialFile {
        name: idx::FILES[3],
        size: 5_148,
        sha256: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    },
];

impl PublishedSet {
    /// The files that are published.
    pub fn files(self) -> &'static [OfficialFile] {
        match self {
            Self::Cifar10 => &[CIFAR10],
            Self::Cifar100(_) => &[CIFAR100],
            Self::Mnist => &MNIST,
            Self::FashionMnist => &FASHION_MNIST,
        }
    }

    /// The address of the archive, or of the folder of the files where there are several.
    pub fn url(self) -> &'static str {
        match self {
            Self::Cifar10 => "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
            Self::Cifar100(_) => "https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz",
            // The copy that TensorFlow Datasets reads: the set's own page answers few requests.
            Self::Mnist => "https://storage.googleapis.com/cvdf-datasets/mnist",
            Self::FashionMnist => "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
        }
    }

    /// The layout of the archive, for a set that is published in one.
    pub fn archive(self) -> Option<ArchiveLayout> {
        match self {
            Self::Cifar10 => Some(ArchiveLayout {
                title: self.title(),
                folder: cifar10::FOLDER,
                needed: &[
                    "data_batch_1.bin",
                    "data_batch_2.bin",
                    "data_batch_3.bin",
                    "data_batch_4.bin",
                    "data_batch_5.bin",
                    "test_batch.bin",
                    "batches.meta.txt",
                ],
                optional: &["readme.html"],
                max_records: 10_000 * RECORD_SIZE as u64,
                skips_others: false,
            }),
            Self::Cifar100(labels) => Some(ArchiveLayout {
                title: self.title(),
                folder: cifar100::FOLDER,
                needed: &["train.bin", "test.bin", "coarse_label_names.txt", "fine_label_names.txt"],
                optional: &[],
                max_records: 50_000 * labels.format().size() as u64,
                skips_others: true,
            }),
            Self::Mnist | Self::FashionMnist => None,
        }
    }
}

//! The sources of samples, each with the keys of `[data]` that are its own.

use super::resolved::Resolved;
use super::rule::{Rule, count, flag, list, number, text, whole, word};
use super::section::Section;
use super::table;
use emberlab_data::cifar10::{IMAGE_SHAPE, N_CLASSES};
use emberlab_data::{
    ColumnValue, CsvFile, FolderNames, ImageFolder, ImageShape, LabelledData, MakeClassification, OnBadImage,
    ResizeFilter, Subsample, Synthetic, TestSize, TrainTestSplit,
};
use std::path::PathBuf;

/// A source of samples.
///
/// A synthetic source takes the parameters of [`MakeClassification`] and `test_size` (0.25). CIFAR-10
/// takes `directory` (`data`), the folder that holds `cifar-10-batches-bin/`, and `train_samples` and
/// `test_samples` (all). An image folder takes `directory`, the folder that holds
/// `train/<class>/`, and `test/<class>/` and `val/<class>/` where they are there, or `<class>/` alone;
/// `train_folder`, `validation_folder` and `test_folder`, other names of the three; `test_size` (0.25)
/// where there is no test folder; `image_size` (`[32, 32]`, height and width, or one number for both), the
/// `filter` that brings images to that size (`triangle`), `on_bad_image` (`error`, or `skip` to leave out
/// images that cannot be read), and the same two numbers. A CSV source takes `file` (also called
/// `train_file`), the keys that `table.rs` lists, and `test_file`, or else `test_size` (0.25).
#[derive(Clone, Debug)]
pub enum Source {
    /// scikit-learn's `make_classification`, then its `train_test_split`.
    Synthetic(Synthetic),
    /// CIFAR-10's record files.
    Cifar10 {
        /// The folder that holds `cifar-10-batches-bin/`.
        directory: PathBuf,
        /// How many images of each part are used.
        subsample: Subsample,
    },
    /// Folders of images.
    ImageFolder {
        /// The folder and what is made of its images.
        folder: ImageFolder,
        /// The share of the test part where the folder is not divided, if it is given.
        test_size: Option<TestSize>,
        /// Whether parts that are divided have equal shares of each class.
        stratify: bool,
        /// How many images of each part are used.
        subsample: Subsample,
    },
    /// A table in a CSV file.
    Csv {
        /// The table, or its training part.
        file: CsvFile,
        /// Where the test part comes from.
        test: CsvTest,
    },
}

/// Where the test part of a table comes from.
#[derive(Clone, Debug)]
pub enum CsvTest {
    /// The table is divided.
    Split(TrainTestSplit),
    /// Another file.
    File(PathBuf),
}

/// What a model must fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataShape {
    /// Numbers per sample.
    pub n_features: usize,
    /// The shape of the samples, where they are images.
    pub image: Option<ImageShape>,
    /// Number of classes.
    pub n_classes: usize,
}

impl DataShape {
    /// What samples that are there ask of a model.
    pub fn of(samples: &LabelledData) -> Self {
        Self {
            n_features: samples.n_features(),
            image: samples.features.image(),
            n_classes: samples.n_classes(),
        }
    }
}

impl Source {
    /// What a model must fit, where that is known before the data is read.
    pub fn shape(&self) -> Option<DataShape> {
        match self {
            Self::Synthetic(Synthetic { classification, .. }) => Some(DataShape {
                n_features: classification.n_features,
                image: None,
                n_classes: classification.n_classes,
            }),
            Self::Cifar10 { .. } => Some(DataShape {
                n_features: IMAGE_SHAPE.size(),
                image: Some(IMAGE_SHAPE),
                n_classes: N_CLASSES,
            }),
            Self::ImageFolder { .. } | Self::Csv { .. } => None,
        }
    }

    /// The shape of the samples, where they are images.
    pub fn image(&self) -> Option<ImageShape> {
        match self {
            Self::Synthetic(_) | Self::Csv { .. } => None,
            Self::Cifar10 { .. } => Some(IMAGE_SHAPE),
            Self::ImageFolder { folder, .. } => Some(folder.shape),
        }
    }

    /// Reads what a source of this kind takes.
    pub(super) fn read(kind: Kind, section: &mut Section<'_>, stratify: bool) -> Option<Self> {
        match kind {
            Kind::Synthetic => Some(Self::Synthetic(read_synthetic(section, stratify))),
            Kind::Cifar10 => Some(read_cifar10(section)),
            Kind::ImageFolder => read_image_folder(section, stratify),
            Kind::Csv => read_csv(section, stratify),
        }
    }

    pub(super) fn write(&self, out: &mut Resolved<'_>) {
        match self {
            Self::Synthetic(synthetic) => {
                out.entry("source", "synthetic");
                write_synthetic(synthetic, out);
            }
            Self::Cifar10 { directory, subsample } => {
                out.entry("source", "cifar10");
                out.entry("directory", directory.to_string_lossy().as_ref());
                write_subsample(subsample, out);
            }
            Self::ImageFolder { folder, test_size, stratify, subsample } => {
                write_image_folder(folder, out);
                test_size.inspect(|test_size| write_test_size(*test_size, out));
                out.entry("stratify", *stratify);
                write_subsample(subsample, out);
            }
            Self::Csv { file, test } => write_csv(file, test, out),
        }
    }

    /// Whether the source itself is divided into training and test part.
    pub(super) fn is_divided(&self) -> bool {
        // Whether an image folder is divided already shows when it is read.
        matches!(
            self,
            Self::Synthetic(_) | Self::ImageFolder { .. } | Self::Csv { test: CsvTest::Split(_), .. }
        )
    }

    /// Whether the source itself can bring a validation part; an image folder shows that when it is read.
    pub(super) fn can_bring_validation(&self) -> bool {
        matches!(self, Self::ImageFolder { .. })
    }
}

/// The word for each source.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Synthetic,
    Cifar10,
    ImageFolder,
    Csv,
}

pub(super) const KINDS: [(&str, Kind); 4] = [
    ("synthetic", Kind::Synthetic),
    ("cifar10", Kind::Cifar10),
    ("image-folder", Kind::ImageFolder),
    ("csv", Kind::Csv),
];

/// A file's or a folder's path; `what` is named in the message.
fn path<'a>(what: &str) -> Rule<'a, PathBuf> {
    text(&format!("a {what}'s path"), |path| !path.is_empty() && !path.contains(char::is_control))
        .map(PathBuf::from)
}

fn read_subsample(section: &mut Section<'_>) -> Subsample {
    Subsample {
        train_samples: section.optional("train_samples", count(1)),
        test_samples: section.optional("test_samples", count(1)),
    }
}

fn write_subsample(subsample: &Subsample, out: &mut Resolved<'_>) {
    out.optional("train_samples", subsample.train_samples.map(|samples| samples as i64));
    out.optional("test_samples", subsample.test_samples.map(|samples| samples as i64));
}

fn read_cifar10(section: &mut Section<'_>) -> Source {
    Source::Cifar10 {
        directory: section.value("directory", path("folder"), "data".into()),
        subsample: read_subsample(section),
    }
}

const FILTERS: [(&str, ResizeFilter); 5] = [
    ("nearest", ResizeFilter::Nearest),
    ("triangle", ResizeFilter::Triangle),
    ("catmull-rom", ResizeFilter::CatmullRom),
    ("gaussian", ResizeFilter::Gaussian),
    ("lanczos3", ResizeFilter::Lanczos3),
];

/// The largest side of images that a model is given.
const MAX_SIDE: u64 = 1024;

const ON_BAD_IMAGE: [(&str, OnBadImage); 2] = [("error", OnBadImage::Error), ("skip", OnBadImage::Skip)];

fn read_image_folder(section: &mut Section<'_>, stratify: bool) -> Option<Source> {
    let directory = section.required("directory", path("folder"));
    let names = FolderNames {
        train: section.optional("train_folder", folder_name()),
        validation: section.optional("validation_folder", folder_name()),
        test: section.optional("test_folder", folder_name()),
    };
    if names.validation.is_some() && section.has("validation_fraction") {
        section
            .problem("validation_fraction", "has no meaning beside `validation_folder`, which is that part");
    }
    if names.test.is_some() && section.has("test_size") {
        section.problem("test_size", "has no meaning beside `test_folder`, which is the test part");
    }
    let given = [
        ("train_folder", &names.train),
        ("validation_folder", &names.validation),
        ("test_folder", &names.test),
    ];
    for (index, (key, name)) in given.iter().enumerate() {
        let same = given[..index].iter().find(|(_, other)| name.is_some() && *other == *name);
        if let Some((other, _)) = same {
            section.problem(key, format!("is that of `{other}`, must be another folder"));
        }
    }
    let size = section.value("image_size", image_size(), vec![32, 32]);
    let filter = section.value("filter", word(&FILTERS), ResizeFilter::default());
    let on_bad_image = section.value("on_bad_image", word(&ON_BAD_IMAGE), OnBadImage::default());
    let test_size = section.optional("test_size", test_size());
    let subsample = read_subsample(section);
    let [height, width] = size[..] else {
        let reason = format!("has {} items, must have 2, height and width", size.len());
        section.problem("image_size", reason);
        return None;
    };
    let shape = ImageShape { channels: 3, height, width };
    let folder = ImageFolder { directory: directory?, names, shape, filter, on_bad_image };
    Some(Source::ImageFolder { folder, test_size, stratify, subsample })
}

/// Height and width, or one number for both.
fn image_size<'a>() -> Rule<'a, Vec<usize>> {
    let side = || whole(1..=MAX_SIDE).map(|side| side as usize);
    let mut rule = list(side(), 1).or(side().map(|side| vec![side, side]));
    rule.allowed =
        format!("a whole number from 1 to {MAX_SIDE}, or a list of two such numbers, height and width");
    rule
}

fn folder_name<'a>() -> Rule<'a, String> {
    text("a folder's path from `directory`", |name| !name.is_empty() && !name.contains('\0'))
}

fn write_image_folder(folder: &ImageFolder, out: &mut Resolved<'_>) {
    let ImageFolder { directory, names, shape, filter, on_bad_image } = folder;
    out.entry("source", "image-folder");
    out.entry("directory", directory.to_string_lossy().as_ref());
    out.optional("train_folder", names.train.as_deref());
    out.optional("validation_folder", names.validation.as_deref());
    out.optional("test_folder", names.test.as_deref());
    out.counts("image_size", &[shape.height, shape.width]);
    let filter = FILTERS.iter().find(|(_, named)| named == filter);
    out.optional("filter", filter.map(|(word, _)| *word));
    let on_bad_image = ON_BAD_IMAGE.iter().find(|(_, rule)| rule == on_bad_image);
    out.optional("on_bad_image", on_bad_image.map(|(word, _)| *word));
}

fn read_csv(section: &mut Section<'_>, stratify: bool) -> Option<Source> {
    let file = match section.has("train_file") {
        true => section.optional("file", path("file")),
        false => section.required("file", path("file")),
    };
    let train_file = section.optional("train_file", path("file"));
    if train_file.is_some() && file.is_some() {
        section.problem("train_file", "has no meaning beside `file`, which is the same key");
    }
    let file = file.or(train_file);
    let (label, ignore, options) = table::read(section);
    let test_file = section.optional("test_file", path("file"));
    let test_size = section.value("test_size", test_size(), TrainTestSplit::default().test_size);
    if test_file.is_some() && section.has("test_size") {
        section.problem("test_size", "has no meaning beside `test_file`, which is the test part");
    }
    let test = match test_file {
        Some(path) => CsvTest::File(path),
        None => CsvTest::Split(TrainTestSplit { test_size, stratify }),
    };
    Some(Source::Csv { file: CsvFile { path: file?, label, ignore, options }, test })
}

fn write_csv(file: &CsvFile, test: &CsvTest, out: &mut Resolved<'_>) {
    out.entry("source", "csv");
    out.entry("file", file.path.to_string_lossy().as_ref());
    table::write(file, out);
    match test {
        CsvTest::File(path) => out.entry("test_file", path.to_string_lossy().as_ref()),
        CsvTest::Split(split) => {
            write_test_size(split.test_size, out);
            out.entry("stratify", split.stratify);
        }
    }
}

fn read_synthetic(section: &mut Section<'_>, stratify: bool) -> Synthetic {
    let default = MakeClassification::default();
    let real = || number("a number", |_| true);
    let classification = MakeClassification {
        n_samples: section.value("n_samples", count(1), default.n_samples),
        n_features: section.value("n_features", count(1), default.n_features),
        n_informative: section.value("n_informative", count(1), default.n_informative),
        n_redundant: section.value("n_redundant", count(0), default.n_redundant),
        n_repeated: section.value("n_repeated", count(0), default.n_repeated),
        n_classes: section.value("n_classes", count(2), default.n_classes),
        n_clusters_per_class: section.value("n_clusters_per_class", count(1), default.n_clusters_per_class),
        weights: section.optional("weights", list(real(), 1)),
        flip_y: section.value("flip_y", real(), default.flip_y),
        class_sep: section.value("class_sep", real(), default.class_sep),
        hypercube: section.value("hypercube", flag(), default.hypercube),
        shift: section.value("shift", column_value(), default.shift),
        scale: section.value("scale", column_value(), default.scale),
        shuffle: section.value("shuffle", flag(), default.shuffle),
    };
    let default = TrainTestSplit::default();
    let split =
        TrainTestSplit { test_size: section.value("test_size", test_size(), default.test_size), stratify };
    let size_problem = split.sizes(classification.n_samples).err();
    for problem in classification.problems().into_iter().chain(size_problem) {
        section.problem(problem.name, format!("is {}, must be {}", problem.value, problem.allowed));
    }
    Synthetic { classification, split }
}

fn column_value<'a>() -> Rule<'a, ColumnValue> {
    let real = || number("a number", |_| true);
    let random = word(&[("random", ())]).map(|()| ColumnValue::Random);
    real().map(ColumnValue::Same).or(random).or(list(real(), 1).map(ColumnValue::PerFeature))
}

fn test_size<'a>() -> Rule<'a, TestSize> {
    let share = number("a share above 0 and below 1", |share| share > 0.0 && share < 1.0);
    count(1).map(TestSize::Samples).or(share.map(TestSize::Share))
}

fn write_synthetic(synthetic: &Synthetic, out: &mut Resolved<'_>) {
    let Synthetic { classification, split } = synthetic;
    out.count("n_samples", classification.n_samples);
    out.count("n_features", classification.n_features);
    out.count("n_informative", classification.n_informative);
    out.count("n_redundant", classification.n_redundant);
    out.count("n_repeated", classification.n_repeated);
    out.count("n_classes", classification.n_classes);
    out.count("n_clusters_per_class", classification.n_clusters_per_class);
    out.optional("weights", classification.weights.clone());
    out.entry("flip_y", classification.flip_y);
    out.entry("class_sep", classification.class_sep);
    out.entry("hypercube", classification.hypercube);
    out.entry("shift", written_column(&classification.shift));
    out.entry("scale", written_column(&classification.scale));
    out.entry("shuffle", classification.shuffle);
    write_test_size(split.test_size, out);
    out.entry("stratify", split.stratify);
}

fn write_test_size(test_size: TestSize, out: &mut Resolved<'_>) {
    match test_size {
        TestSize::Share(share) => out.entry("test_size", share),
        TestSize::Samples(samples) => out.count("test_size", samples),
    }
}

fn written_column(column: &ColumnValue) -> toml::Value {
    match column {
        ColumnValue::Same(value) => (*value).into(),
        ColumnValue::PerFeature(values) => values.clone().into(),
        ColumnValue::Random => "random".into(),
    }
}

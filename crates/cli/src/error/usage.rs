//! Arguments that cannot work.

use emberlab_data::text::shown;
use std::path::PathBuf;

/// An argument that cannot work, or that does not fit the run or the data it is about.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UsageError {
    /// `compare --plot` and `--html` with one file.
    #[error("`--plot` and `--html` name the same file")]
    SameOutput,
    /// `compare --metric` with a metric that no run has.
    #[error("none of the runs has recorded `{0}`")]
    NotRecorded(&'static str),
    /// `sweep --metric` with a metric that the runs do not compute.
    #[error("no run computes `{0}`, which `--metric` ranks by; add it to `metrics.names`")]
    NotComputed(&'static str),
    /// `--dashboard tui` without a terminal.
    #[error("`--dashboard tui` needs a terminal; without one, take `--dashboard plain`")]
    NoTerminal,
    /// `serve` without `--expose`.
    #[error(
        "Burn's server listens on every network interface of this machine without a password: anyone who can reach the port \
         can compute here, fill the memory, and read the data of others. If only machines that you trust can reach it, \
         start it with `--expose`. To use it from elsewhere, keep the port closed in the firewall and open a tunnel: \
         `ssh -L 3000:localhost:3000 THIS_MACHINE`, then train there with `--remote ws://localhost:3000`"
    )]
    NotExposed,
    /// `config explain` of a key that does not exist.
    #[error(
        "`{}` is not a key of configurations{}",
        shown(key),
        nearest.as_ref().map_or_else(String::new, |nearest| format!(", did you mean `{nearest}`?"))
    )]
    NoKey {
        /// The key.
        key: String,
        /// The key that it probably stands for.
        nearest: Option<String>,
    },
    /// A key of a sweep that is given twice.
    #[error("the key `{0}` is given twice")]
    KeyTwice(String),
    /// `--range` without `--random`.
    #[error("a range has no end of values; say how many to draw with `--random N`")]
    RangeWithoutRandom,
    /// A key among those that are tried, which a sweep sets itself.
    #[error("{by} sets `{key}` itself; leave it out of the keys that are tried")]
    SweptKey {
        /// The key.
        key: &'static str,
        /// What sets it.
        by: &'static str,
    },
    /// `train --folds` of a configuration that is about one fold.
    #[error(
        "`data.fold` has no meaning beside `--folds`, which trains without each fold in turn; leave it out with \
         `--unset data.fold --unset data.folds`"
    )]
    FoldIsSet,
    /// `train --folds --dashboard tui`.
    #[error("`--dashboard tui` shows one run, but `--folds` trains several; take `--dashboard plain`")]
    FoldsOnDashboard,
    /// `find-rate` with a last rate that is not above the first.
    #[error("the rates go from {from} to {to}, must grow; give `--to` a larger value than `--from`")]
    RatesFall {
        /// The first rate.
        from: f64,
        /// The last rate.
        to: f64,
    },
    /// `sweep --halving` of settings that have no score in common.
    #[error(
        "the settings cannot be ranked, so that none is trained for longer; a validation part ranks them: `--set data.validation_fraction=0.2`"
    )]
    NotRanked,
    /// A sweep of more than so many combinations.
    #[error("the sweep has more than {0} combinations")]
    GridTooLarge(usize),
    /// `--set name=…` for the lab.
    #[error("the lab names its runs itself; choose another `--artifacts`")]
    LabNames,
    /// An output that is the configuration, or a file that the samples are read from.
    #[error("`{}` is the configuration or a file that the samples are read from; choose another `--out`", .0.display())]
    OverwritesSource(PathBuf),
    /// `data preview --columns` of images.
    #[error("images have no columns; leave `--columns` out")]
    NoColumns,
    /// A column that the table does not have.
    #[error("`{wanted}` is not a column, must be one of {}", quoted(columns))]
    NoColumn {
        /// The column.
        wanted: String,
        /// The columns of the table.
        columns: Vec<String>,
    },
    /// A `data.source` that cannot be fetched.
    #[error(
        "`data.source` is none of \"cifar10\", \"cifar100\", \"mnist\" and \"fashion-mnist\", which are fetched"
    )]
    NotFetched,
    /// `data fetch --sha256` of a set that is not one archive.
    #[error(
        "`--sha256` is the checksum of one archive; {0} has {1} files, whose checksums `--no-verify` waives"
    )]
    SeveralChecksums(&'static str, usize),
    /// Data with which a run cannot be evaluated any more.
    #[error("the data of `{run}` {change}")]
    OtherData {
        /// The name of the run.
        run: String,
        /// What is different.
        change: DataChange,
    },
    /// `evaluate --split validation` of a run without one.
    #[error("the run has no validation part; it sets no `data.validation_fraction`")]
    NoValidation,
    /// `new` with a name that Cargo or the dependencies of the project do not allow.
    #[error(
        "`{}` is not the name of a project, must be lower-case letters, digits, `-` and `_`, first a letter, and not a word \
         of Rust or the name of a dependency, such as `burn`",
        shown(.0)
    )]
    ProjectName(String),
    /// `new` where there is such a folder or file.
    #[error("`{}` exists; choose another name", .0.display())]
    ProjectExists(PathBuf),
    /// `new --clone` of another folder.
    #[error("`{}` is not a clone of emberlab: it has no `crates/cli/Cargo.toml`", .0.display())]
    NotAClone(PathBuf),
    /// A part of the data that has no sample.
    #[error("the part has no sample")]
    NoSamples,
}

/// How data differs from what a run was trained on.
#[derive(Debug, thiserror::Error)]
pub enum DataChange {
    /// Other class names.
    #[error("has other classes now than the run was trained on")]
    Classes,
    /// Another number of features.
    #[error("has {is} features now, the run was trained on {was}")]
    Features {
        /// The number now.
        is: usize,
        /// The number that the run was trained on.
        was: usize,
    },
    /// Another column or category in the same place.
    #[error("has the column `{is}` now in the place of `{was}`, which the run was trained on")]
    Column {
        /// Its name now.
        is: String,
        /// The name that the run was trained on.
        was: String,
    },
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

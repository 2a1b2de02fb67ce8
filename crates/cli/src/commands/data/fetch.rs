//! `emberlab data fetch`.

use super::{ConfigArgs, print};
use crate::error::{Error, UsageError};
use crate::output::ProgressBars;
use clap::Args;
use emberlab_config::Source;
use emberlab_data::Patience;
use emberlab_data::cifar10::FOLDER;
use emberlab_data::cifar10::archive::{ArchiveSource, Checksum, Fetch, Fetched, URL};
use std::path::PathBuf;
use std::time::Duration;

#[derive(Args, Debug)]
pub struct FetchArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// Another address of the archive
    #[arg(long, value_name = "URL", default_value = URL, conflicts_with = "from")]
    url: String,
    /// An archive that is on disk already
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// The SHA-256 that another archive than the official one must have
    #[arg(long, value_name = "HEX", value_parser = checksum)]
    sha256: Option<String>,
    /// Take any archive that holds a set in CIFAR-10's layout
    #[arg(long, conflicts_with = "sha256")]
    no_verify: bool,
    /// Seconds without a byte after which the server is asked again
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
    stall: u64,
}

fn checksum(text: &str) -> Result<String, String> {
    match text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        true => Ok(text.to_owned()),
        false => Err("must be 64 hexadecimal digits".to_owned()),
    }
}

pub fn run(arguments: &FetchArgs) -> Result<(), Error> {
    let config = arguments.config.load()?;
    let Source::Cifar10 { directory, .. } = &config.data.source else {
        return Err(UsageError::NotFetched.into());
    };
    let source = match &arguments.from {
        Some(file) => ArchiveSource::File(file.clone()),
        None => ArchiveSource::Url(arguments.url.clone()),
    };
    let checksum = match (&arguments.sha256, arguments.no_verify) {
        (Some(sha256), _) => Checksum::Sha256(sha256.clone()),
        (None, true) => Checksum::Unverified,
        (None, false) => Checksum::Official,
    };
    let patience = Patience { stall: Duration::from_secs(arguments.stall), ..Patience::default() };
    let fetched = Fetch { source, checksum, patience }.run(directory, &ProgressBars::new())?;
    let Fetched { already, n_train, n_test } = fetched;
    let is = if already { "is there already" } else { "is there" };
    let folder = directory.join(FOLDER);
    print::text(&format!("{} {is}: {n_train} training and {n_test} test images\n", folder.display()))
}

//! `emberlab data fetch`.

use super::{ConfigArgs, print};
use crate::error::{Error, UsageError};
use crate::output::ProgressBars;
use clap::Args;
use emberlab_config::Source;
use emberlab_data::Patience;
use emberlab_data::published::{Checksum, Fetch, FetchSource, Fetched};
use std::path::PathBuf;
use std::time::Duration;

#[derive(Args, Debug)]
pub struct FetchArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// Another address: of the archive, or of the folder with the four files of MNIST
    #[arg(long, value_name = "URL", conflicts_with = "from")]
    url: Option<String>,
    /// Read the archive, or the folder with the four files of MNIST, from disk instead of downloading it
    #[arg(long, value_name = "PATH")]
    from: Option<PathBuf>,
    /// The expected SHA-256 of an archive that is not the official one
    #[arg(long, value_name = "HEX", value_parser = checksum)]
    sha256: Option<String>,
    /// Accept any files in the set's layout, without checking their SHA-256
    #[arg(long, conflicts_with = "sha256")]
    no_verify: bool,
    /// Seconds without data after which the request is repeated
    #[arg(long, value_name = "SECONDS", default_value_t = 30, conflicts_with = "from", value_parser = clap::value_parser!(u64).range(1..=3600))]
    stall: u64,
}

fn checksum(text: &str) -> Result<String, String> {
    if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(text.to_owned())
    } else {
        Err("must be 64 hexadecimal digits".to_owned())
    }
}

pub fn run(arguments: &FetchArgs) -> Result<(), Error> {
    let config = arguments.config.load()?;
    let Source::Published { set, directory, .. } = &config.data.source else {
        return Err(UsageError::NotFetched.into());
    };
    let source = match (&arguments.from, &arguments.url) {
        (Some(path), _) => FetchSource::File(path.clone()),
        (None, Some(url)) => FetchSource::Url(url.clone()),
        (None, None) => FetchSource::Url(set.url().to_owned()),
    };
    let checksum = match (&arguments.sha256, arguments.no_verify) {
        (Some(_), _) if set.files().len() > 1 => {
            return Err(UsageError::SeveralChecksums(set.title(), set.files().len()).into());
        }
        (Some(sha256), _) => Checksum::Sha256(sha256.clone()),
        (None, true) => Checksum::Unverified,
        (None, false) => Checksum::Official,
    };
    let patience = Patience { stall: Duration::from_secs(arguments.stall), ..Patience::default() };
    let fetched = Fetch { set: *set, source, checksum, patience }.run(directory, &ProgressBars::new())?;
    let Fetched { already, n_train, n_test } = fetched;
    let is = if already { "is there already" } else { "is there" };
    let folder = directory.join(set.folder());
    print::text(&format!("{} {is}: {n_train} training and {n_test} test images\n", folder.display()))
}

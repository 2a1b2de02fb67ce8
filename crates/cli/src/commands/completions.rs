//! `emberlab completions`.

use crate::error::Error;
use crate::output::print;
use clap::Args;
use clap_complete::{Shell, generate};

#[derive(Args, Debug)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub fn run(arguments: &CompletionsArgs, mut command: clap::Command) -> Result<(), Error> {
    let mut script = Vec::new();
    generate(arguments.shell, &mut command, "emberlab", &mut script);
    print::text(&String::from_utf8_lossy(&script))
}

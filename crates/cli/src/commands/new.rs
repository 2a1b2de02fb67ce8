//! `emberlab new`.

use crate::error::{Error, UsageError};
use crate::output::print;
use clap::Args;
use emberlab_training::BURN_VERSION;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

const MANIFEST: &str = include_str!("../../template/Cargo.toml.txt");
const README: &str = include_str!("../../template/README.md");
const MAIN: &str = include_str!("../../examples/module.rs");
const CONFIG: &str = include_str!("../../examples/module.toml");

/// Names that Rust or the dependencies of the project have.
const TAKEN: [&str; 14] = [
    "alloc", "burn", "core", "crate", "emberlab", "fn", "impl", "main", "mod", "self", "std", "super",
    "test", "use",
];

#[derive(Args, Debug)]
pub struct NewArgs {
    /// The project, and its folder: lower-case letters, digits, `-` and `_`, first a letter
    #[arg(value_name = "NAME")]
    name: String,
    /// A clone of emberlab whose crates the project uses, in place of the published ones
    #[arg(long, value_name = "DIR")]
    clone: Option<PathBuf>,
}

pub fn run(arguments: &NewArgs) -> Result<(), Error> {
    let name = &arguments.name;
    if !is_name(name) {
        return Err(UsageError::ProjectName(name.clone()).into());
    }
    let clone = arguments.clone.as_deref().map(crates_of).transpose()?;
    let folder = Path::new(name);
    if folder.symlink_metadata().is_ok() {
        return Err(UsageError::ProjectExists(folder.to_owned()).into());
    }
    let unfinished = PathBuf::from(format!(".{name}.{}", std::process::id()));
    let written = write(&unfinished, name, clone.as_deref()).and_then(|()| publish(&unfinished, folder));
    if written.is_err() && unfinished.is_dir() {
        // The first error says more than one about what it left.
        let _ = fs::remove_dir_all(&unfinished);
    }
    written?;
    print::strong_lines(&format!(
        "new    {name}\nnext   cd {name}\n\x20      cargo run --release -- config.toml\n"
    ))
}

/// Whether Cargo takes the name for a package that depends on emberlab.
fn is_name(name: &str) -> bool {
    let allowed =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "-_".contains(letter);
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.len() <= 64
        && name.chars().all(allowed)
        && !TAKEN.contains(&name)
        && !name.starts_with("emberlab-")
}

/// The folder of the crates in a clone.
fn crates_of(clone: &Path) -> Result<PathBuf, Error> {
    let crates = clone.join("crates");
    if !crates.join("cli/Cargo.toml").is_file() {
        return Err(UsageError::NotAClone(clone.to_owned()).into());
    }
    fs::canonicalize(&crates).map_err(|error| Error::artifact(crates, error))
}

/// Writes the files of a project into a new folder.
fn write(folder: &Path, name: &str, crates: Option<&Path>) -> Result<(), Error> {
    let create = |folder: &Path| fs::create_dir(folder).map_err(Error::write(folder));
    create(folder)?;
    create(&folder.join("src"))?;
    let files = [
        ("Cargo.toml", manifest(name, crates)),
        ("src/main.rs", MAIN.to_owned()),
        ("config.toml", CONFIG.replace("\"gated\"", &format!("{name:?}"))),
        ("README.md", README.replace("NAME", name)),
        (".gitignore", "/artifacts\n/target\n".to_owned()),
    ];
    for (file, text) in files {
        let path = folder.join(file);
        fs::write(&path, text).map_err(Error::write(path))?;
    }
    Ok(())
}

/// Gives the finished folder its name, unless something has it by now.
fn publish(unfinished: &Path, folder: &Path) -> Result<(), Error> {
    fs::rename(unfinished, folder).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists | ErrorKind::DirectoryNotEmpty | ErrorKind::NotADirectory => {
            UsageError::ProjectExists(folder.to_owned()).into()
        }
        _ => Error::write(folder)(error),
    })
}

/// The manifest, with the crates of a clone or the published ones of this version.
fn manifest(name: &str, crates: Option<&Path>) -> String {
    let dependency = |line: &str| match (crates, line.split_once("SOURCE/")) {
        (_, None) => line.to_owned(),
        (Some(crates), Some((before, after))) => {
            let (crate_folder, rest) = after.split_once('"').unwrap_or((after, ""));
            let path = toml::Value::from(crates.join(crate_folder).to_string_lossy().into_owned());
            format!("{before}path = {path}{rest}")
        }
        (None, Some((before, after))) => {
            let rest = after.split_once('"').map_or("", |(_, rest)| rest);
            format!("{before}version = \"{}\"{rest}", env!("CARGO_PKG_VERSION"))
        }
    };
    let text: Vec<String> = MANIFEST.lines().map(dependency).collect();
    let text = text.join("\n") + "\n";
    text.replace("NAME", name).replace("RUST", env!("CARGO_PKG_RUST_VERSION")).replace("BURN", BURN_VERSION)
}

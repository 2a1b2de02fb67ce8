//! The README's commands, run as it gives them, print what it shows, on the default backend.

use crate::support::{Lab, root};
use std::fs;

/// A command of the README and the lines shown under it.
struct Shown {
    arguments: Vec<String>,
    output: String,
}

/// The ```` ```console ```` blocks; each begins with its command.
fn shown() -> Vec<Shown> {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let blocks = readme.split("```console\n$ ").skip(1);
    let shown = blocks.map(|block| {
        let block = block.split("```").next().unwrap();
        let (command, output) = block.split_once('\n').unwrap();
        let arguments = command.strip_prefix("cargo run --release -- ").expect(command);
        let arguments = arguments.split(' ').map(str::to_owned).collect();
        Shown { arguments, output: output.to_owned() }
    });
    shown.collect()
}

#[test]
fn every_command_shown_prints_what_is_shown() {
    let shown = shown();
    assert!(shown.len() >= 3);
    let lab = Lab::new();
    lab.write("mistakes.toml", include_str!("mistakes.toml"));
    for folder in ["configs", "configs/lab"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.file_name().unwrap().to_str().unwrap();
                lab.write(&format!("{folder}/{name}"), fs::read(&path).unwrap());
            }
        }
    }
    for Shown { arguments, output } in shown {
        let said = lab.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        assert_shown(&(said.stdout + &said.stderr), &output);
    }
}

/// Whether `said` is what is `shown`, where a line `...` stands for any lines.
#[track_caller]
fn assert_shown(said: &str, shown: &str) {
    match shown.split_once("...\n") {
        None => assert_eq!(said, shown),
        Some((start, end)) => {
            assert_eq!(&said[..start.len().min(said.len())], start);
            assert_eq!(&said[said.len().saturating_sub(end.len())..], end);
        }
    }
}

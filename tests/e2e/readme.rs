//! Runs the commands of the README and the documentation and compares their output with what is shown, on the default backend.

use crate::support::{Lab, root};
use std::fs;

/// A command that is shown and the lines under it.
struct Shown {
    arguments: Vec<String>,
    output: String,
}

/// The README, then the pages that it leads to.
fn pages() -> Vec<String> {
    let docs = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let mut docs: Vec<_> =
        docs.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect();
    docs.sort();
    docs.insert(0, root().join("README.md"));
    docs.into_iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// The commands of the ```` ```console ```` blocks; each stands behind a `$`.
fn shown(page: &str) -> Vec<Shown> {
    let blocks = page.split("```console\n$ ").skip(1).map(|block| block.split("```").next().unwrap());
    let commands = blocks.flat_map(|block| block.split("\n$ "));
    let shown = commands.map(|command| {
        let (command, output) = command.split_once('\n').unwrap();
        let arguments =
            ["cargo run --release -- ", "emberlab "].iter().find_map(|start| command.strip_prefix(start));
        let arguments = arguments.expect(command).split(' ').map(str::to_owned).collect();
        Shown { arguments, output: output.to_owned() }
    });
    shown.collect()
}

#[test]
fn every_command_shown_prints_what_is_shown() {
    let shown: Vec<Shown> = pages().iter().flat_map(|page| shown(page)).collect();
    assert!(shown.len() >= 8);
    let lab = Lab::new();
    lab.write("tests/e2e/mistakes.toml", include_str!("mistakes.toml"));
    for folder in ["configs", "configs/lab", "configs/full"] {
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

/// The tolerance of printed numbers, because processors round differently.
const TOLERANCE: f64 = 1e-4;

/// Whether `said` is what is `shown`, where a line `...` stands for any lines. Numbers with a decimal point are
/// compared as numbers, everything else to the letter.
#[track_caller]
fn assert_shown(said: &str, shown: &str) {
    let said: Vec<&str> = said.lines().collect();
    let shown: Vec<&str> = shown.lines().collect();
    let (start, end) = match shown.iter().position(|line| *line == "...") {
        None => (shown.as_slice(), [].as_slice()),
        Some(gap) => (&shown[..gap], &shown[gap + 1..]),
    };
    let is_whole = end.is_empty() && shown.len() == start.len();
    assert!(said.len() >= start.len() + end.len(), "{said:#?}\nis shorter than\n{shown:#?}");
    assert!(!is_whole || said.len() == start.len(), "{said:#?}\nis longer than\n{shown:#?}");
    let last = &said[said.len() - end.len()..];
    for (said, shown) in said.iter().zip(start).chain(last.iter().zip(end)) {
        assert!(is_same_line(said, shown), "said  {said}\nshown {shown}");
    }
}

fn is_same_line(said: &str, shown: &str) -> bool {
    let said = without_pace(said, shown);
    let (said, shown): (Vec<&str>, Vec<&str>) = (said.split(' ').collect(), shown.split(' ').collect());
    let is_same = |(said, shown): (&&str, &&str)| match (decimal(said), decimal(shown)) {
        (Some(said_number), Some(number)) => {
            said.len() == shown.len() && (said_number - number).abs() <= TOLERANCE
        }
        _ => said == shown,
    };
    said.len() == shown.len() && said.iter().zip(&shown).all(is_same)
}

/// A line without the learning rate and the pace, which runs of ten seconds and more append: the README shows the lines
/// of a fast machine.
fn without_pace<'a>(said: &'a str, shown: &str) -> &'a str {
    match said.rfind("  rate ") {
        Some(end) if !shown.contains("  rate ") => &said[..end],
        _ => said,
    }
}

fn decimal(word: &str) -> Option<f64> {
    if word.contains('.') { word.parse().ok() } else { None }
}

#[test]
fn a_shown_line_may_differ_by_rounding_only() {
    assert!(is_same_line("loss 0.606664  accuracy  80.00 %", "loss 0.606665  accuracy  80.00 %"));
    assert!(!is_same_line("loss 0.606964  accuracy  80.00 %", "loss 0.606665  accuracy  80.00 %"));
    assert!(!is_same_line("epoch  2/25", "epoch  3/25"));
    assert!(!is_same_line("loss 0.60666", "loss 0.606665"));
    let slow = "loss 0.606664  accuracy  80.00 %  rate 1.00e-2      160 samples/s  0:12 gone  0:40 left";
    assert!(is_same_line(slow, "loss 0.606665  accuracy  80.00 %"));
}

//! Configurations that are huge, deeply nested, invalid TOML, or not regular files.

use crate::support::Lab;
#[cfg(unix)]
use crate::support::make_pipe;
use std::time::{Duration, Instant};

const GOOD: &str = "name = \"good\"\n[data]\nsource = \"csv\"\nfile = \"good.csv\"\n[model]\nkind = \"linear\"\n[training]\nepochs = 1\noptimizer = { learning_rate = 0.1 }\n";

#[test]
fn of_a_hundred_thousand_unknown_keys_ten_are_told_at_once() {
    let lab = Lab::new();
    let in_lines: String = (0..100_000).map(|key| format!("a{key}=1\n")).collect();
    let in_one_line: Vec<String> = (0..90_000).map(|key| format!("a{key}=1")).collect();
    lab.write("lines.toml", format!("{in_lines}{GOOD}"));
    lab.write("line.toml", format!("{GOOD}schedule = {{ {} }}\n", in_one_line.join(",")));
    for (file, more) in [("lines.toml", "99,990"), ("line.toml", "89,990")] {
        let start = Instant::now();
        let said = lab.emberlab(&format!("config check {file}"));
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
        assert_eq!((said.code, said.stderr.lines().count()), (2, 11), "{}", said.stderr);
        assert_eq!(said.stderr.lines().last().unwrap(), format!("error: {file}: and {more} more"));
    }
}

#[test]
fn long_values_are_cut_with_their_length() {
    let lab = Lab::new();
    let long = GOOD.replace("\"linear\"", &format!("\"{}\"", "l".repeat(60_000)));
    let listed: Vec<String> = (0..5000).map(|unit| unit.to_string()).collect();
    lab.write("long.toml", long.replace("epochs = 1", &format!("epochs = [{}]", listed.join(","))));
    let said = lab.emberlab("config check long.toml");
    let wanted = format!("`model.kind` is \"{}\"… (60000 characters), must be ", "l".repeat(100));
    assert!(said.stderr.contains(&wanted), "{}", said.stderr);
    assert!(
        said.stderr.contains("is [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, and 4,990 more], must be"),
        "{}",
        said.stderr
    );
    let deep = format!("{GOOD}[x]\n{}1{}\n", "a.b.c.d.e.f.g.h = { ".repeat(60), " }".repeat(60));
    lab.write("deep.toml", deep.replace("{ 1", "1"));
    for nested in [format!("x = {}{}", "[".repeat(60), "]".repeat(60)), format!("{}x = 1", "x.".repeat(60))] {
        lab.write("nested.toml", nested);
        let said = lab.emberlab("config check nested.toml");
        assert_eq!(said.code, 2);
        assert!(said.stderr.contains("nested more than 32 deep"), "{}", said.stderr);
    }
    assert_eq!(lab.emberlab("config check deep.toml").code, 2);
}

#[test]
fn paths_of_windows_are_told_to_stand_in_single_quotes() {
    let lab = Lab::new();
    let hint = "in double quotes a `\\` begins an escape: write a path in single quotes, or each `\\` twice";
    for (path, line) in [("C:\\Users\\me\\iris.csv", 4), ("C:\\new\\tables.csv", 4)] {
        lab.write("windows.toml", GOOD.replace("good.csv", path));
        let said = lab.emberlab("config check windows.toml");
        assert_eq!(said.code, 2);
        assert!(said.stderr.starts_with(&format!("error: windows.toml:{line}:")), "{}", said.stderr);
        assert!(said.stderr.contains(hint), "{}", said.stderr);
    }
    lab.write("windows.toml", GOOD.replace("\"good.csv\"", "'C:\\Users\\me\\iris.csv'"));
    let said = lab.emberlab("config check windows.toml");
    assert_eq!(said.code, 0);
    assert!(
        said.stderr.starts_with("warning: `C:\\Users\\me\\iris.csv` does not exist, so "),
        "{}",
        said.stderr
    );
}

#[test]
fn arguments_that_begin_as_toml_and_are_none_are_told() {
    let lab = Lab::new();
    lab.write("good.toml", GOOD);
    let said = lab.emberlab("config check good.toml --set model.hidden=[4");
    assert_eq!(said.code, 2);
    assert!(said.stderr.starts_with("error: --set model.hidden=[4: `[4` is not TOML: "), "{}", said.stderr);
    let said = lab.emberlab("config check good.toml --set data.file=7");
    assert!(said.stderr.contains("`data.file` is 7, must be a file's path; text must be in quotes: `\"7\"`"));
}

#[test]
fn a_relative_path_that_is_not_there_is_told_with_where_it_starts() {
    let lab = Lab::new();
    lab.write("folder/good.toml", GOOD);
    let said = lab.emberlab("train folder/good.toml");
    let folder = lab.path("").canonicalize().unwrap();
    let wanted = format!(
        "error: `good.csv` does not exist; a relative path starts from the current folder, `{}`\n",
        folder.display()
    );
    assert_eq!((said.code, said.stderr), (3, wanted));
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file_is_refused_at_once() {
    let lab = Lab::new();
    lab.write("good.toml", GOOD);
    make_pipe(&lab.path("pipe.toml"));
    std::fs::create_dir(lab.path("folder.toml")).unwrap();
    for (path, kind) in
        [("pipe.toml", "a named pipe"), ("folder.toml", "a folder"), ("/dev/zero", "a device")]
    {
        let start = Instant::now();
        let wanted = format!("error: {path}: is {kind}, must be a regular file");
        lab.emberlab(&format!("config check {path}")).fails(2, &wanted);
        assert!(start.elapsed() < Duration::from_secs(5));
    }
}

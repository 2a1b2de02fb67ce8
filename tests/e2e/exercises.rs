//! `emberlab lab --exercises`, `check` and `grade`.

use crate::support::{Lab, json, root};
use serde_json::Value;
use std::fs;
use std::time::{Duration, Instant};

/// A mistake of `tests/exercises/mistakes.*`.
struct Mistake {
    function: String,
    output: String,
    name: String,
    code: String,
}

/// The mistakes of a file: a comment with function, output and name, then the function.
fn mistakes(file: &str) -> Vec<Mistake> {
    let text = fs::read_to_string(root().join("tests/exercises").join(file)).unwrap();
    let blocks = text.split("mistake: ").skip(1);
    let found: Vec<Mistake> = blocks
        .map(|block| {
            let (title, code) = block.split_once('\n').unwrap();
            let mut words = title.split(':').map(|word| word.trim().to_owned());
            let mut next = || words.next().unwrap();
            let code = code.trim_end_matches(['#', '/', ' ', '\n']).to_owned() + "\n";
            Mistake { function: next(), output: next(), name: next(), code }
        })
        .collect();
    assert!(found.len() > 20, "{file}");
    found
}

/// The report of a folder.
fn report(lab: &Lab, arguments: &str) -> Value {
    json(&lab.emberlab(&format!("check {arguments} --json")).stdout)
}

/// What `check` prints of a folder in which something is not right, without its colours.
#[track_caller]
fn unsolved(lab: &Lab, arguments: &str) -> String {
    let said = lab.emberlab(&format!("check {arguments}"));
    assert_eq!(said.code, 4, "{}", said.stderr);
    assert!(said.stderr.contains("not right yet") && !said.stderr.contains("panicked"), "{}", said.stderr);
    said.stdout
}

/// Checks that each mistake is named, and that every function that does not call the wrong one is right.
fn each_is_named(
    language: &str,
    file: &str,
    mistakes: &[Mistake],
    arguments: &str,
    with: impl Fn(&str, &Mistake) -> String,
) {
    let lab = Lab::new();
    lab.emberlab("lab --exercises work --solutions --student ada").succeeds();
    let path = format!("work/ada/{file}");
    let solution = lab.read(&path);
    let other = if language == "python" { "rust/src/tasks.rs" } else { "python/tasks.py" };
    fs::remove_file(lab.path(&format!("work/ada/{other}"))).unwrap();
    for mistake in mistakes {
        lab.write(&path, with(&solution, mistake));
        let report = report(&lab, &format!("work/ada {arguments}"));
        let functions = report["functions"].as_array().unwrap();
        let wrong: Vec<&Value> = functions.iter().filter(|function| function["verdict"] != "right").collect();
        let found = wrong.iter().find(|function| function["function"] == *mistake.function);
        let found =
            found.unwrap_or_else(|| panic!("{} of {} is not seen: {report}", mistake.name, mistake.function));
        let finding = &found["findings"]
            .as_array()
            .unwrap()
            .iter()
            .find(|finding| finding["output"] == *mistake.output);
        assert_eq!(
            finding.map(|finding| &finding["mistake"]),
            Some(&Value::from(mistake.name.as_str())),
            "{found}"
        );
        let callers: &[&str] = match mistake.function.as_str() {
            "sigmoid" => &["sigmoid_derivative"],
            "softmax" => &["softmax_derivative", "mlp_backward"],
            _ => &[],
        };
        let others = wrong.iter().filter(|one| one["function"] != *mistake.function);
        for other in others {
            assert!(
                callers.contains(&other["function"].as_str().unwrap()),
                "{} makes {other} wrong",
                mistake.name
            );
        }
    }
}

#[test]
fn common_mistakes_in_rust_are_named() {
    each_is_named("rust", "rust/src/tasks.rs", &mistakes("mistakes.rs"), "", |solution, mistake| {
        let start = solution.find(&format!("pub fn {}(", mistake.function)).unwrap();
        let end = start + solution[start..].find("\n}\n").unwrap() + 3;
        format!("{}{}{}", &solution[..start], mistake.code, &solution[end..])
    });
}

/// Python with NumPy, for tests that need it.
fn python() -> String {
    std::env::var("EMBERLAB_TESTS_PYTHON").expect("EMBERLAB_TESTS_PYTHON names no Python with NumPy")
}

#[test]
#[ignore = "needs Python with NumPy, named by EMBERLAB_TESTS_PYTHON"]
fn common_mistakes_in_python_are_named() {
    let arguments = format!("--python {}", python());
    each_is_named("python", "python/tasks.py", &mistakes("mistakes.py"), &arguments, |solution, mistake| {
        format!("{solution}\n\n{}", mistake.code)
    });
}

#[test]
#[ignore = "needs Python with NumPy, named by EMBERLAB_TESTS_PYTHON"]
fn solutions_are_right_in_both_languages_and_templates_are_open() {
    let lab = Lab::new();
    lab.emberlab("lab --exercises work --solutions --student ada").succeeds();
    let said = lab.emberlab(&format!("check work/ada --python {}", python())).succeeds();
    assert!(
        said.stdout.ends_with("24 of 24 points: 12 functions and 12 answers are right\n"),
        "{}",
        said.stdout
    );
    assert_eq!(said.stdout.matches(" right\n").count(), 24 + 12 + 1);

    // A template is not run, so that nothing needs to be installed.
    lab.emberlab("lab --exercises work --student grace").succeeds();
    let said = unsolved(&lab, "work/grace --python none");
    assert!(said.contains("No function is begun") && said.contains("0 of 24 points"), "{said}");

    // Both templates can be loaded as they are handed out.
    for (file, comment) in [("python/tasks.py", "#"), ("rust/src/tasks.rs", "//")] {
        let path = format!("work/grace/{file}");
        lab.write(&path, lab.read(&path) + comment + " begun\n");
    }
    let report = report(&lab, &format!("work/grace --python {}", python()));
    let functions = report["functions"].as_array().unwrap();
    assert_eq!(functions.len(), 24);
    assert!(functions.iter().all(|function| function["verdict"] == "open"), "{report}");
}

/// The answers that the program gives itself are the losses of its own runs.
#[test]
fn the_answers_are_the_losses_of_the_experiments() {
    let lab = Lab::new();
    lab.emberlab("lab --exercises work --solutions --student ada").succeeds();
    let answers: toml::Table = lab.read("work/ada/answers.toml").parse().unwrap();
    for (experiment, question) in
        [("2-loss", "first_loss"), ("4-update", "last_loss"), ("5-mlp", "last_loss_of_mlp")]
    {
        lab.emberlab(&format!("train work/ada/experiments/{experiment}.toml")).succeeds();
        let loss = *lab.metric(experiment, "train", "loss").last().unwrap();
        let answer = answers[question].as_float().unwrap();
        assert!((loss - answer).abs() < 1e-4, "{experiment}: {loss} and {answer}");
    }
    for experiment in ["1-probabilities", "3-derivatives"] {
        lab.emberlab(&format!("config check work/ada/experiments/{experiment}.toml")).succeeds();
    }
    lab.emberlab("gradcheck work/ada/experiments/3-derivatives.toml").succeeds();
    let layers = lab.emberlab("config show --layers work/ada/experiments/6-convolution.toml");
    let count = answers["n_parameters_of_convolution"].as_integer().unwrap().to_string();
    let digits: String = layers.stdout.chars().filter(|character| *character != ',').collect();
    assert!(digits.contains(&count), "{count} is not in\n{}", layers.stdout);
}

#[test]
fn students_have_numbers_of_their_own_and_their_work_is_not_replaced() {
    let lab = Lab::new();
    lab.emberlab("lab --exercises --student ada --student grace").succeeds();
    assert_ne!(lab.read("exercises/ada/index.html"), lab.read("exercises/grace/index.html"));
    assert_ne!(
        lab.read("exercises/ada/experiments/4-update.toml"),
        lab.read("exercises/grace/experiments/4-update.toml")
    );
    lab.emberlab("lab --exercises --student ada")
        .fails(2, "error: `exercises/ada` exists; it may hold a student's work and is left alone");
    for id in ["..", "a/b", ""] {
        let said = lab.run(&["lab", "--exercises", "work", "--student", "ada", "--student", id]);
        assert_eq!(said.code, 2);
        assert!(said.stderr.starts_with("error: the student ID `"), "{}", said.stderr);
    }
    assert!(!lab.exists("work"));
    lab.emberlab("check work").fails(2, "error: `work` holds no exercises: it has no `student.toml`");
}

/// Puts pipes without a writer in the place of files.
const PIPES: &str = r#"{
    let path = std::env::args().nth(1).unwrap();
    std::fs::remove_file(&path).unwrap();
    std::process::Command::new("mkfifo").args([&path, "messages.txt", "results.txt", "calls.txt"]).status().unwrap();
    std::process::exit(8)
}"#;

/// Code that harms, each with a part of what is said of it.
const HARMFUL: [(&str, &str); 9] = [
    ("loop {}", "takes more than 2 s"),
    ("std::thread::sleep(std::time::Duration::from_secs(1000)); z.clone()", "takes more than 2 s"),
    ("let mut v = Vec::new(); loop { v.push(vec![1u8; 1 << 20]); }", "MiB of memory"),
    ("sigmoid(z).map(|x| x + 1.0)", "calls itself without end"),
    ("std::process::exit(7)", "exit code 7"),
    (PIPES, "exit code 8"),
    ("Array::zeros(&[1 << 20, 4])", "wrong"),
    ("panic!(\"on \\u{1b}[31m purpose\")", "on "),
    ("z.map(|_| f64::NAN)", "not a number"),
];

#[test]
fn harmful_code_harms_nobody() {
    let lab = Lab::new();
    lab.emberlab("lab --exercises work --student ada").succeeds();
    let template = lab.read("work/ada/rust/src/tasks.rs");
    for (body, said) in HARMFUL {
        lab.write("work/ada/rust/src/tasks.rs", template.replacen("todo!()", body, 1));
        let start = Instant::now();
        let checked = unsolved(&lab, "work/ada --seconds 2 --memory 256");
        assert!(checked.contains(said), "{body}: {checked}");
        assert!(!checked.contains('\u{1b}'), "{body}");
        assert!(checked.contains("softmax                          not begun"), "{body}: {checked}");
        assert!(start.elapsed() < Duration::from_secs(60), "{body}");
    }
    lab.write("work/ada/rust/src/tasks.rs", "this is no Rust");
    let checked = unsolved(&lab, "work/ada");
    assert!(checked.contains("it does not compile: tasks.rs:1:"), "{checked}");
}

#[test]
fn hostile_files_are_reported() {
    let lab = Lab::new();
    lab.emberlab("lab --exercises work --student ada").succeeds();
    for (file, content, code) in [
        ("answers.toml", "first_loss = [[[", 4),
        ("answers.toml", "first_loss = \"many\"\nn_parameters = -5\nlearning_rate = inf\n", 4),
        ("rust/src/tasks.rs", "\0\0\0", 4),
        ("student.toml", "id = 5", 3),
        ("student.toml", "id = \"../../etc\"", 2),
    ] {
        lab.write(&format!("work/ada/{file}"), content);
        let said = lab.emberlab("check work/ada");
        assert_eq!(said.code, code, "{file}: {}", said.stderr);
        assert!(!said.stderr.contains("panicked"), "{}", said.stderr);
    }
}

#[test]
fn a_class_is_graded() {
    let lab = Lab::new();
    lab.emberlab("lab --exercises class --student none --student half --student copy").succeeds();
    lab.emberlab("lab --exercises class --student all --solutions").succeeds();
    fs::remove_file(lab.path("class/all/python/tasks.py")).unwrap();
    let template = lab.read("class/half/rust/src/tasks.rs");
    let wrong = template.replacen("todo!()", "z.map(|z| 1.0 / (1.0 + z.exp()))", 1);
    lab.write("class/half/rust/src/tasks.rs", &wrong)
        .write("class/copy/rust/src/tasks.rs", wrong.replace("    ", "  "));
    lab.write("class/not-a-student/file", "").write("class/damaged/student.toml", "id = 5");
    let said = lab.emberlab("grade class").succeeds();
    assert!(
        said.stdout.contains("the same Rust code as half") && said.stdout.contains("the solution in Rust"),
        "{}",
        said.stdout
    );
    let csv = lab.read("class/grades.csv");
    let points: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').take(4).collect()).collect();
    let of = |folder: &str| {
        points.iter().find(|row| row[0] == folder).unwrap_or_else(|| panic!("{csv}"))[2].to_owned()
    };
    assert_eq!([of("all"), of("half"), of("none"), of("damaged")], ["24", "0", "0", "0"].map(str::to_owned));
    let page = lab.read("class/grades.html");
    assert!(page.contains("sign of the exponent") && page.contains("names no student"), "{page}");
    // A second time, with the same result.
    lab.emberlab("grade class --jobs 1").succeeds();
    assert_eq!(lab.read("class/grades.csv"), csv);
    lab.emberlab("grade class/all/experiments")
        .fails(2, "error: no folder in `class/all/experiments` holds exercises");
}

//! Tables with the irregularities of real data, from the file to the prediction.

use crate::process::Process;
use crate::support::{Lab, json, root};

const CONFIG: &str = r#"
name = "table"
[data]
source = "csv"
file = "train.csv"
label = -1
[model]
kind = "linear"
[training]
epochs = 30
batch_size = 8
[training.optimizer]
kind = "adam"
learning_rate = 0.1
"#;

/// A lab with a table and a configuration with more keys of `[data]`.
fn lab(table: &str, keys: &str) -> Lab {
    let lab = Lab::new();
    lab.write("train.csv", table);
    lab.write("table.toml", CONFIG.replace("label = -1\n", &format!("label = -1\n{keys}\n")));
    lab
}

/// Animals by weight and colour, with missing values, semicolons and decimal commas; the weight determines the class.
fn animals() -> String {
    let mut text = "Gewicht;Farbe;Art\n".to_owned();
    for row in 0..40 {
        let weight = match row % 10 {
            7 => "?".to_owned(),
            _ => format!("{},{row}", if row % 2 == 0 { 3 } else { 30 }),
        };
        let colour = ["rot", "grau", "weiß", ""][(row / 2) % 4];
        text += &format!("{weight};{colour};{}\n", if row % 2 == 0 { "Katze" } else { "Hund" });
    }
    text
}

const ANIMALS: &str = "decimal = \",\"\nmissing = \"median\"\ncategories = \"one-hot\"";

#[test]
fn a_table_with_holes_and_words_is_learnt_told_and_predicted() {
    let lab = lab(&animals(), ANIMALS);
    let said = lab.emberlab("train table.toml --dashboard none");
    assert_eq!(said.code, 0, "{}", said.stderr);
    let told = "warning: `train.csv`: missing numbers become the median of the training part, missing words a category: \
                4 in column `Gewicht`, 10 in column `Farbe`\n\
                warning: `train.csv`: 1 column is made of words and becomes 4 inputs, one for each category: column `Farbe` (4)\n";
    assert_eq!(said.stderr, told);
    let info = lab.emberlab("data info table.toml --json");
    assert_eq!(info.stderr, told);
    let notes = json(&info.stdout)["notes"].as_array().unwrap().clone();
    let notes: String = notes.iter().map(|note| format!("warning: {}\n", note.as_str().unwrap())).collect();
    assert_eq!(notes, told);

    let record = json(&lab.read("artifacts/table/run.json"));
    assert_eq!(record["data"]["n_train"].as_u64().unwrap() + record["data"]["n_test"].as_u64().unwrap(), 40);
    assert_eq!(record["data"]["columns"][1], "Farbe=grau");
    let evaluation = json(&lab.emberlab("evaluate table --json").succeeds().stdout);
    assert_eq!(evaluation["loss"], record["metrics"]["test"]["loss"]);

    lab.write("new.csv", "Farbe;Gewicht\nrot;3,5\n;31,5\n");
    let predictions = json(&lab.emberlab("predict table new.csv --json").succeeds().stdout);
    assert_eq!((&predictions[0]["class"], &predictions[1]["class"]), (&"Katze".into(), &"Hund".into()));
    assert_eq!(predictions[1]["input"], "new.csv:3");
    lab.write("new.csv", "Farbe;Gewicht\nlila;3,5\n");
    let said = lab.emberlab("predict table new.csv");
    let wanted = "warning: `new.csv`: column `Farbe` has words that the training part does not have, first \"lila\"; its inputs \
                  are 0 in 1 row that has them, the first in line 2\n";
    assert_eq!((said.code, said.stderr.as_str()), (0, wanted));
    lab.write("new.csv", "Farbe;Weight;Art\nrot;3,5;Katze\n");
    lab.emberlab("predict table new.csv").fails(
        3,
        "error: `new.csv` has no column `Gewicht`, which the run's data has, and has a column `Weight`, which the run's \
         data does not have",
    );
}

#[test]
fn a_test_file_is_named_in_what_is_said_of_it() {
    let lab = lab("x,c,label\n1,red,a\n2,blue,b\n3,blue,a\n6,red,b\n", "");
    let with_test = |file: &str| {
        let keys = format!("label = -1\ntest_file = \"{file}\"\ncategories = \"one-hot\"");
        lab.write("table.toml", CONFIG.replace("label = -1", &keys));
        lab.emberlab("data info table.toml").stderr
    };
    lab.write("test.csv", "x,c,label\n1,green,a\n");
    let said = with_test("test.csv");
    assert!(said.contains("`test.csv`: column `c` has words that the training part does not have"), "{said}");
    assert!(!said.contains("is the training part and the test part"), "{said}");
    let said = with_test("./train.csv");
    assert!(said.contains("warning: `./train.csv` is the training part and the test part"), "{said}");
}

#[test]
fn a_run_is_evaluated_by_its_own_statistics_after_rows_were_added() {
    let lab = lab("x,c,label\n1,red,a\n2,,b\n3,blue,a\n6,red,b\n,blue,b\n", "");
    let keys = "label = -1\ntest_file = \"test.csv\"\nmissing = \"mean\"\ncategories = \"one-hot\"";
    lab.write("table.toml", CONFIG.replace("label = -1", keys));
    lab.write("test.csv", "x,c,label\n,red,a\n2,blue,b\n4,,b\n");
    assert_eq!(lab.emberlab("train table.toml --dashboard none").code, 0);
    let loss = |lab: &Lab| {
        let said = lab.emberlab("evaluate table --json");
        assert_eq!(said.code, 0, "{}", said.stderr);
        json(&said.stdout)["loss"].clone()
    };
    let before = loss(&lab);
    lab.write("train.csv", lab.read("train.csv") + "100,green,a\n");
    assert_eq!(loss(&lab), before);
}

#[test]
fn standard_input_is_predicted() {
    use std::io::Write;
    use std::process::Stdio;
    let lab = lab("1,a\n9,b\n2,a\n8,b\n1.5,a\n8.5,b\n2.5,a\n7,b\n", "");
    lab.emberlab("train table.toml --dashboard none").succeeds();
    let predict = |input: &[u8]| {
        let mut command = lab.command(&["predict", "table", "-", "--csv"]);
        let mut child = Process::start(command.stdin(Stdio::piped()));
        child.stdin().write_all(input).unwrap();
        let said = child.ends();
        (said.stdout, said.stderr)
    };
    let (stdout, stderr) = predict(b"1\n9\n");
    assert_eq!(stderr, "");
    let classes: Vec<&str> = stdout.lines().skip(1).map(|line| line.split(',').nth(1).unwrap()).collect();
    assert_eq!(classes, ["a", "b"]);
    assert!(stdout.lines().nth(2).unwrap().starts_with("-:2,"), "{stdout}");
    assert_eq!(predict(b"").1, "error: `standard input` has no row\n");
    assert_eq!(predict(b"1,\"2\n").1.lines().count(), 1);
}

#[test]
fn keys_of_tables_are_shown_and_their_mistakes_are_told() {
    let lab = lab(
        "x,c\n1,a\n2,b\n",
        "ignore = [0, \"name\", \"\"]\ndelimiter = \"\\t\"\nheader = true\nmissing_values = [\"-\", -999]\n\
         missing = \"drop\"\ncategories = \"one-hot\"\ndecimal = \",\"\ncomment = \"#\"",
    );
    let shown = lab.emberlab("config show table.toml").succeeds().stdout;
    for line in [
        "label = -1 ",
        "ignore = [0, \"name\", \"\"] ",
        "delimiter = \"\\t\" ",
        "header = true ",
        "missing_values = [\"-\", \"-999\"] ",
        "missing = \"drop\" ",
        "categories = \"one-hot\" ",
        "decimal = \",\" ",
        "comment = \"#\" ",
    ] {
        assert!(shown.contains(&format!("\n{line}")), "{line}: {shown}");
    }
    lab.write("table.toml", CONFIG).write("train.csv", "x,c\n1,a\n2,b\n3,a\n4,b\n");
    let shown = lab.emberlab("config show table.toml --set data.label=1 --set data.ignore=name").succeeds();
    for line in ["label = 1 ", "ignore = [\"name\"] ", "delimiter = \"auto\" ", "header = \"auto\" "] {
        assert!(shown.stdout.contains(&format!("\n{line}")), "{line}: {}", shown.stdout);
    }
    lab.emberlab("train table.toml --dashboard none --set data.label=1").succeeds();
    let both = CONFIG.replace("file =", "train_file = \"train.csv\"\nfile =");
    lab.write("table.toml", both);
    lab.emberlab("config check table.toml").fails(
        2,
        "error: table.toml:5:14: `data.train_file` has no meaning beside `file`, which is the same key",
    );
    lab.write("table.toml", CONFIG.replace("file =", "train_file ="));
    lab.emberlab("config check table.toml").succeeds();
    for (argument, message) in [
        (
            "data.label=1.5",
            "`data.label` is 1.5, must be a column's name or its position from 0, or from the end with -1",
        ),
        ("data.header=yes", "`data.header` is \"yes\", must be true or false or \"auto\""),
        (
            "data.delimiter=ab",
            "`data.delimiter` is \"ab\", must be an ASCII character that is no quote, letter, digit or line break, \"whitespace\" or \"auto\"",
        ),
        (
            "data.missing=median_",
            "`data.missing` is \"median_\", must be \"error\", \"drop\", \"mean\" or \"median\"; did you mean \"median\"?",
        ),
    ] {
        lab.run(&["config", "check", "table.toml", "--set", argument])
            .fails(2, &format!("error: --set {argument}: {message}"));
    }
}

#[test]
fn what_is_wrong_with_a_table_is_told_before_training() {
    for (table, wanted) in [
        (
            "x,c\n1,a\n2,\"b\n3,a\n",
            "has a quote in line 3 that is not closed; close it, or double each quote that belongs to a cell",
        ),
        ("x,c,c\n1,a,a\n2,b,b\n", "has two columns `c`, at positions 1 and 2; rename one"),
        (
            "x,c\n1,0\n2,0.0\n3,1\n",
            "has the labels \"0\" in line 2 and \"0.0\" in line 3 in column `c`, which are the same number; write each class in one way",
        ),
    ] {
        let lab = lab(table, "");
        lab.emberlab("train table.toml").fails(3, &format!("error: `train.csv` {wanted}"));
        lab.emberlab("data info table.toml").fails(3, &format!("error: `train.csv` {wanted}"));
        assert!(!lab.exists("artifacts"));
    }
}

#[test]
fn a_table_with_other_columns_than_the_run_has_is_not_scored() {
    let rows = |names: &str| {
        let row = |n: usize| format!("{n},{},{},{}\n", 3 * n % 7, ["red", "blue"][n % 2], ["p", "q"][n / 8]);
        format!("{names}\n{}", (0..16).map(row).collect::<String>())
    };
    let lab = lab(&rows("x,y,c,label"), "categories = \"one-hot\"");
    assert_eq!(lab.emberlab("train table.toml --dashboard none").code, 0);
    lab.emberlab("evaluate table").succeeds();
    for (names, is, was) in [("y,x,c,label", "y", "x"), ("x,y,d,label", "d=blue", "c=blue")] {
        lab.write("train.csv", rows(names));
        let wanted = format!(
            "error: the data of `table` has the column `{is}` now in the place of `{was}`, which the run was trained on"
        );
        let said = lab.emberlab("evaluate table");
        assert_eq!((said.code, said.stderr.lines().last()), (2, Some(wanted.as_str())));
    }
}

#[test]
fn a_run_from_before_its_table_was_recorded_is_still_used() {
    let lab = lab("x,y,c\n1,2,a\n9,8,b\n2,1,a\n8,9,b\n1.5,2,a\n8.5,7,b\n2.5,3,a\n7,9,b\n", "");
    lab.emberlab("train table.toml --dashboard none").succeeds();
    let run = "artifacts/table";
    let mut record = json(&lab.read(&format!("{run}/run.json")));
    record["data"].as_object_mut().unwrap().remove("table").unwrap();
    lab.write(&format!("{run}/run.json"), record.to_string());
    let config = lab.read(&format!("{run}/config.toml"));
    let new = ["delimiter", "header", "missing", "categories", "decimal"];
    let kept = config.lines().filter(|line| !new.iter().any(|key| line.starts_with(key)));
    lab.write(&format!("{run}/config.toml"), kept.collect::<Vec<_>>().join("\n"));
    lab.write("new.csv", "y,x\n2,1\n8,9\n");
    let predictions = json(&lab.emberlab("predict table new.csv --json").succeeds().stdout);
    assert_eq!((&predictions[0]["class"], &predictions[1]["class"]), (&"a".into(), &"b".into()));
    lab.emberlab("evaluate table").succeeds();
    lab.emberlab("train table.toml --resume --set training.epochs=31 --dashboard none").succeeds();
}

#[test]
fn a_parquet_file_is_trained_on_evaluated_and_predicted() {
    let lab = Lab::new();
    let golden = root().join("tests/golden/parquet/whole_labels.parquet");
    std::fs::copy(golden, lab.path("table.parquet")).unwrap();
    let keys = "label = \"label\"\ntest_size = 15";
    let config =
        CONFIG.replace("label = -1", keys).replace("train.csv", "table.parquet").replace("csv", "parquet");
    lab.write("table.toml", config);
    lab.emberlab("train table.toml --dashboard none").succeeds();
    let record = json(&lab.read("artifacts/table/run.json"));
    assert_eq!((&record["data"]["n_train"], &record["data"]["n_test"]), (&45.into(), &15.into()));
    let evaluation = json(&lab.emberlab("evaluate table --json").succeeds().stdout);
    assert_eq!(evaluation["loss"], record["metrics"]["test"]["loss"]);
    let predictions = json(&lab.emberlab("predict table table.parquet --json").succeeds().stdout);
    assert_eq!(
        (predictions.as_array().unwrap().len(), &predictions[59]["input"]),
        (60, &"table.parquet:60".into())
    );
    lab.write("new.csv", "x\n0.5\n");
    lab.emberlab("predict table new.csv --json").succeeds();
    lab.write("table.toml", CONFIG.replace("label = -1", keys).replace("train.csv", "table.parquet"));
    lab.emberlab("train table.toml --overwrite")
        .fails(3, "error: `table.parquet` is a Parquet file; set `source = \"parquet\"`");
}

//! From the columns of a table to numbers: missing values, words, the test part and new rows.

use crate::case::case;
use emberlab_data::{ColumnRef, EncodedTable, Features, MissingPolicy, TestSize, TrainTestSplit};
use tempfile::TempDir;

#[test]
fn rows_with_missing_values_are_dropped_and_told() {
    let table = case("x,y,label\n1,2,a\n?,3,b\n4,N/A,a\n5,null,b\n6,7,b\n").missing(MissingPolicy::Drop);
    assert_eq!(table.values(), [1.0, 2.0, 6.0, 7.0]);
    assert_eq!(table.encoded().unwrap().splits.train.rows, [0, 4]);
    let wanted = "3 of 5 rows have a missing value and are left out, the first in line 3";
    assert_eq!(table.notes()[0], wanted);
    // A label in such rows alone is no class.
    let table = case("x,label\n1,a\n?,c\n3,b\n").missing(MissingPolicy::Drop).read().2;
    assert_eq!((table.class_names, table.labels), (vec!["a".to_owned(), "b".to_owned()], vec![0, 1]));
    case("x,label\n?,a\n,b\n")
        .missing(MissingPolicy::Drop)
        .fails("has a missing value in every row, so that none is left");
}

#[test]
fn numbers_that_single_precision_does_not_hold_are_errors_unless_they_stand_for_missing_values() {
    let text = "x,label\n1,a\n-1.7976931348623157e308,b\n3,a\n";
    case(text).fails(
        "has \"-1.7976931348623157e308\" in line 3, column `x`, must lie between -3.4e38 and 3.4e38; if it stands for a missing \
         value, add it to `missing_values`",
    );
    let table = case(text)
        .with(|options| options.missing_values = vec!["-1.7976931348623157e+308".into()])
        .missing(MissingPolicy::Mean);
    assert_eq!(table.values(), [1.0, 2.0, 3.0]);
    let largest = case("x,label\n3.4028234663852886e38,a\n1,b\n");
    assert_eq!(largest.values(), [f64::from(f32::MAX), 1.0]);
}

#[test]
fn truth_values_are_numbers_as_in_pandas_and_a_missing_number_has_the_precision_of_its_column() {
    // >>> pandas.read_csv("table.csv")[["x", "y"]].astype(float)
    let table = case("x,y,label\nTrue,FALSE,a\nFalse,TRUE,b\nTrue,TRUE,a\n");
    assert_eq!(table.values(), [1.0, 0.0, 0.0, 1.0, 1.0, 1.0]);
    case("x,label\nTrue,a\nmaybe,b\n").fails(
        "has \"maybe\" in line 3, column `x`, must be a finite number; 1 column with words: column `x`; set \
         `categories = \"one-hot\"`, or leave it out with `ignore`",
    );
    // >>> float(numpy.float32(-999.9))
    let single = case("x,label\n1,a\n-999.9000244140625,b\n3,a\n")
        .with(|options| options.missing_values = vec!["-999.9".into()])
        .missing(MissingPolicy::Mean);
    assert_eq!(single.values(), [1.0, 2.0, 3.0]);
}

#[test]
fn labels_that_are_numbers_are_classes_in_the_order_of_numbers() {
    // >>> sklearn.preprocessing.LabelEncoder().fit([-1.0, 10.0, -2.0, 3.0]).classes_
    let classes = case("x,label\n1,-1.0\n2,10.0\n3,-2.0\n4,3.0\n").read().2.class_names;
    assert_eq!(classes, ["-2.0", "-1.0", "3.0", "10.0"]);
    // Double precision does not tell them apart.
    let large = case("x,label\n1,9007199254740993\n2,9007199254740992\n").read().2.class_names;
    assert_eq!(large, ["9007199254740992", "9007199254740993"]);
}

#[test]
fn a_column_of_indices_that_pandas_wrote_is_told_in_any_order() {
    for (name, values) in [("Unnamed: 0", [3, 0, 2, 1]), ("__index_level_0__", [4, 2, 1, 3])] {
        let rows: String =
            values.iter().zip("abab".chars()).map(|(i, label)| format!("{i},5,{label}\n")).collect();
        let table = case(format!("{name},x,label\n{rows}"));
        let wanted = format!("column `{name}` numbers the rows and is an input; leave it out with `ignore`");
        assert!(table.notes().iter().any(|note| note.ends_with(&wanted)), "{:?}", table.notes());
    }
    let table = case("Unnamed: 0,x,label\n3,5,a\n3,5,b\n1,5,a\n0,5,b\n");
    assert!(!table.notes().iter().any(|note| note.contains("numbers the rows")), "{:?}", table.notes());
}

#[test]
fn words_for_missing_values_can_be_chosen_and_numbers_stand_for_all_their_spellings() {
    let table = case("x,y,label\n1,-999,a\nnone,5,b\n,-999.0,a\n")
        .with(|options| options.missing_values = vec!["-999".into(), "none".into()])
        .missing(MissingPolicy::Median);
    assert_eq!(table.values(), [1.0, 5.0, 1.0, 5.0, 1.0, 5.0]);
    case("x,label\n1,a\n2,-999.0\n3,b\n")
        .with(|options| options.missing_values = vec!["-999".into()])
        .fails(
            "has no label in line 3, column `label`: \"-999.0\" stands for a missing value; if it is a class, list \
             `missing_values` without it",
        );
    let commas = case("x;label\n-9,9;a\n1,5;b\n-9,90;b\n2,5;a\n")
        .with(|options| {
            options.decimal_comma = true;
            options.missing_values = vec!["-9.9".into()];
        })
        .missing(MissingPolicy::Mean);
    assert_eq!(commas.values(), [2.0, 1.5, 2.0, 2.5]);
    let problem = case("x,label\nNA,a\n1,b\n2,a\n").with(|options| options.missing_values = Vec::new());
    problem.fails(
        "has \"NA\" in line 2, column `x`, must be a finite number; if it stands for a missing value, add it to \
         `missing_values`",
    );
}

#[test]
fn statistics_and_categories_are_those_of_the_training_part() {
    let table = case("x,c,label\n1,red,a\n,blue,b\n5,red,a\n").one_hot().missing(MissingPolicy::Mean);
    let encoded = table.encoded_with_test(b"c,label,x\ngreen,a,100\nred,b,\n,a,7\n").unwrap();
    let Features::Table { values, columns } = encoded.splits.train.samples.features else { panic!() };
    assert_eq!(columns, ["x", "c=blue", "c=red"]);
    assert_eq!(values, [1.0, 0.0, 1.0, 3.0, 1.0, 0.0, 5.0, 0.0, 1.0]);
    let Features::Table { values, .. } = encoded.splits.test.samples.features else { panic!() };
    assert_eq!(values, [100.0, 0.0, 0.0, 3.0, 0.0, 1.0, 7.0, 0.0, 0.0]);
    let unknown = "column `c` has words that the training part does not have, first \"green\"; its inputs are 0 in 2 rows that have them of the test part";
    assert!(encoded.notes.iter().any(|note| note.ends_with(unknown)), "{:?}", encoded.notes);
}

#[test]
fn what_is_unusual_is_told_in_a_line_each() {
    let table = case(",x,k,s,label\n0,1.5,0.1,u,a\n1,2.5,0.1,v,b\n2,3.5,0.1,u,a\n").one_hot();
    assert_eq!(
        table.notes(),
        [
            "column 0 has no name and is an input; if it numbers the rows, leave it out with `ignore = [\"\"]`",
            "1 column is made of words and becomes 2 inputs, one for each category: column `s` (2)",
            "column `k` never changes in the training part",
        ]
    );
    let quiet = case(",x,label\n0,1,a\n1,2,b\n").ignore("".into());
    assert_eq!(quiet.notes(), Vec::<String>::new());
    assert_eq!(quiet.values(), [1.0, 2.0]);
    let numbered = case("Id,x,label\n1,5,a\n2,3,b\n3,4,a\n");
    assert_eq!(
        numbered.notes(),
        ["column `Id` numbers the rows and is an input; leave it out with `ignore`"]
    );
    assert_eq!(case("Id,x,label\n1,5,a\n3,3,b\n2,4,a\n").notes(), Vec::<String>::new());
    let trailing = case("x,label,\n1,a,\n2,b,\n");
    assert_eq!(trailing.notes(), ["column 2 has no name and no value and is left out"]);
    case("x,label,\n1,a,\n2,b,\n").ignore("".into()).read();
}

#[test]
fn a_word_that_makes_categories_of_a_column_of_numbers_is_told() {
    let table = case("x,label\n1.5,a\nNone,b\n3,a\n4,b\n").one_hot();
    let wanted = "column `x` has 3 numbers among its 4 categories, and the word \"None\"; if that stands for a missing \
                  value, add it to `missing_values`";
    assert_eq!(table.notes()[1], wanted);
    assert_eq!(case("x,label\n1,a\n2,b\np,a\nq,b\n").one_hot().notes().len(), 1);
}

#[test]
fn a_test_file_has_the_columns_and_the_labels_of_the_training_file() {
    let train = case("a,b,label\n1,2,x\n3,4,y\n");
    let encoded = train.encoded_with_test(b"b,label,a\n20,y,10\n").unwrap();
    let test = encoded.splits.test.samples;
    assert_eq!(
        test.features,
        Features::Table { values: vec![10.0, 20.0], columns: vec!["a".into(), "b".into()] }
    );
    assert_eq!((test.labels, test.class_names), (vec![1], vec!["x".to_owned(), "y".to_owned()]));
    for (content, wanted) in [
        ("a,b,label\n1,2,z\n", "has the label \"z\" in line 2, which the training file does not have"),
        ("a,label\n1,x\n", "has no column `b`, which the training file has"),
        ("a,b\n1,2\n", "has no column `label` for the labels, which the training file has"),
        ("a,b,c,label\n1,2,3,x\n", "has a column `c`, which the training file does not have"),
        ("1,2,x\n3,4,y\n", "has no header, which the training file has; name its columns"),
    ] {
        assert_eq!(train.encoded_with_test(content.as_bytes()).unwrap_err(), wanted);
    }
    let bare = case("1,2,x\n3,4,y\n").label(-1);
    assert!(bare.encoded_with_test(b"5,6,x\n").is_ok());
    let wanted = "has a header, which the training file does not have; leave it out";
    assert_eq!(bare.encoded_with_test(b"a,b,label\n5,6,x\n").unwrap_err(), wanted);
}

#[test]
fn classes_without_a_training_sample_and_labels_with_decimals_are_told() {
    let table = case("x,label\n1,a\n2,a\n3,a\n4,a\n5,a\n6,b\n");
    let folder = TempDir::new().unwrap();
    let file = table.file(&folder, "table.csv", &table.content);
    let split = TrainTestSplit { test_size: TestSize::Samples(5), stratify: false };
    let told = (0..20).filter(|&seed| {
        let (splits, encoding) = file.read().unwrap().divide(&split, seed).unwrap();
        let EncodedTable { splits, notes, .. } = encoding.encode(splits).unwrap();
        let absent = if splits.train.samples.labels == [0] { "b" } else { "a" };
        let wanted = format!("the training part has no sample of the class {absent:?}");
        notes.iter().any(|note| note.ends_with(&wanted))
    });
    assert_eq!(told.count(), 20);
    let measured = case("x,label\n1,0.5\n2,1\n3,2.25\n");
    let wanted = "its labels are numbers with decimals, such as \"0.5\", of which each is a class: 3 in all";
    assert_eq!(measured.notes(), [wanted]);
    assert_eq!(case("x,label\n1,0.0\n2,1.0\n").notes(), Vec::<String>::new());
}

#[test]
fn inputs_go_by_name() {
    let table = case("id,a,b,label\n7,1,2,x\n8,3,4,y\n").ignore("id".into());
    assert_eq!(table.predicts("b,a\n2,1\n"), [1.0, 2.0]);
    assert_eq!(table.predicts("label,b,a,id\n?,2,1,none\n"), [1.0, 2.0]);
    assert_eq!(table.predict(b"a,b\n\n1,2\n").unwrap().lines, [3]);
    for (content, wanted) in [
        ("a\n1\n", "has no column `b`, which the run's data has"),
        (
            "p,q\n1,2\n",
            "has no columns `a`, `b`, which the run's data has, and has the columns `p`, `q`, which the run's data does not have",
        ),
        ("a,b,c\n1,2,3\n", "has a column `c`, which the run's data does not have"),
        ("?,2\n3,4\n", "has no header, which the run's data has; name its columns"),
        ("1,2\n", "has no header, which the run's data has; name its columns"),
        ("a,a,b\n1,1,2\n", "has two columns `a`, at positions 0 and 1; rename one"),
        ("a,b\n1,\n", "has no value in line 2, column `b`"),
        ("a,b\n1,two\n", "has \"two\" in line 2, column `b`, must be a finite number"),
        ("a,b\n1\n", "has 1 cell in line 2, must have 2, as its header"),
        (
            "a,b\n1,\"2\n",
            "has a quote in line 2 that is not closed; close it, or double each quote that belongs to a cell",
        ),
        ("a,b\n", "has no row under its header"),
        ("", "has no row"),
    ] {
        assert_eq!(table.predict(content.as_bytes()).unwrap_err(), wanted, "{content}");
    }
}

#[test]
fn inputs_without_header_go_by_position_where_the_training_file_had_none() {
    let table = case("7,1,x,2\n8,3,y,4\n").label(2).ignore(ColumnRef::Position(0));
    for content in ["7,1,x,2\n", "7,1,2\n", "1,2\n"] {
        assert_eq!(table.predicts(content), [1.0, 2.0], "{content}");
    }
    let wanted = "has 1 column, must have 2 or 3 or 4, as the run's data";
    assert_eq!(table.predict(b"1\n").unwrap_err(), wanted);
    let wanted = "has a header, which the run's data does not have; leave it out";
    assert_eq!(table.predict(b"a,b\n1,2\n").unwrap_err(), wanted);
}

#[test]
fn inputs_with_missing_values_and_words_are_made_as_the_training_part_was() {
    let table = case("x,c,label\n1,red,a\n,blue,b\n5,,a\n").one_hot().missing(MissingPolicy::Median);
    assert_eq!(table.predicts("c,x\nblue,\n,2\n"), [3.0, 1.0, 0.0, 0.0, 2.0, 0.0, 0.0, 1.0]);
    let rows = table.predict(b"c,x\nblue,1\npink,2\n").unwrap();
    let note = "column `c` has words that the training part does not have, first \"pink\"; its inputs are 0 in 1 row that has them, the first in line 3";
    assert!(rows.notes[0].ends_with(note), "{:?}", rows.notes);
    let table = case("x,label\n1,a\n2,b\n").missing(MissingPolicy::Drop);
    let rows = table.predict(b"x\n?\n7\n").unwrap();
    assert_eq!(rows.lines, [3]);
    assert!(rows.notes[0].ends_with("1 row with a missing value left out, the first in line 2"));
}

#[test]
fn wide_tables_and_tables_of_one_row_are_read() {
    let names: Vec<String> = (0..3000).map(|column| format!("c{column}")).collect();
    let row = |first: usize| (0..3000).map(|n| (n + first).to_string()).collect::<Vec<_>>().join(",");
    let text = format!("{},label\n{},a\n{},b\n", names.join(","), row(0), row(7));
    assert_eq!(case(text).read().0.len(), 3000);
    case("x,label\n1,a\n").fails("has only one label, \"a\", in column `label`, must have two or more");
}

#[test]
fn a_class_with_one_sample_is_named_as_the_table_names_it() {
    let table = case("x,label\n1,2\n2,2\n3,1\n4,1\n5,7\n");
    let folder = TempDir::new().unwrap();
    let file = table.file(&folder, "table.csv", &table.content);
    let split = TrainTestSplit { test_size: TestSize::Share(0.5), stratify: true };
    let error = file.read().unwrap().divide(&split, 0).unwrap_err();
    let wanted =
        "`stratify` is true, must be false, for class \"7\" has one sample only and cannot be in both parts";
    assert_eq!(error.to_string(), wanted);
}

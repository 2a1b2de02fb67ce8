//! Reading tables from text files.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use emberlab_data::{
    Categories, ColumnRef, DataError, Delimiter, EncodedTable, Features, Header, InputRows, LabelledData,
    MissingPolicy, Normalization, Normalizer, TableFile, TableFormat, TableOptions, TestSize, TrainTestSplit,
};
use serde::Deserialize;
use std::fs;
use std::io::Write;
use std::path::Path;
use tempfile::TempDir;

/// A table and how it is read.
struct Case {
    content: Vec<u8>,
    label: ColumnRef,
    ignore: Vec<ColumnRef>,
    options: TableOptions,
}

fn case(content: impl AsRef<[u8]>) -> Case {
    let content = content.as_ref().to_vec();
    Case { content, label: "label".into(), ignore: Vec::new(), options: TableOptions::default() }
}

impl Case {
    fn with(mut self, set: impl FnOnce(&mut TableOptions)) -> Self {
        set(&mut self.options);
        self
    }

    fn label(mut self, position: i64) -> Self {
        self.label = ColumnRef::Position(position);
        self
    }

    fn ignore(mut self, column: ColumnRef) -> Self {
        self.ignore.push(column);
        self
    }

    fn one_hot(self) -> Self {
        self.with(|options| options.categories = Categories::OneHot)
    }

    fn missing(self, policy: MissingPolicy) -> Self {
        self.with(|options| options.missing = policy)
    }

    fn file(&self, folder: &TempDir, name: &str, content: &[u8]) -> TableFile {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        TableFile {
            path,
            format: TableFormat::Text,
            label: self.label.clone(),
            ignore: self.ignore.clone(),
            options: self.options.clone(),
        }
    }

    /// The table as a training part, with another one as its test part.
    fn encoded_with_test(&self, test: &[u8]) -> Result<EncodedTable, String> {
        let folder = TempDir::new().unwrap();
        let read = || {
            let train = self.file(&folder, "table.csv", &self.content).read()?;
            let test = self.file(&folder, "test.csv", test).read_like(&train)?;
            let (splits, encoding) = train.with_test(test);
            encoding.encode(splits)
        };
        read().map_err(|error| said(&error, folder.path()))
    }

    fn encoded(&self) -> Result<EncodedTable, String> {
        self.encoded_with_test(&self.content)
    }

    #[track_caller]
    fn read(&self) -> (Vec<String>, Vec<f64>, LabelledData) {
        let samples = self.encoded().unwrap().splits.train.samples;
        let Features::Table { values, columns } = samples.features.clone() else { panic!("not a table") };
        (columns, values, samples)
    }

    #[track_caller]
    fn values(&self) -> Vec<f64> {
        self.read().1
    }

    /// What is told of the table, without its path.
    #[track_caller]
    fn notes(&self) -> Vec<String> {
        let notes = self.encoded().unwrap().notes;
        notes.iter().map(|note| note.split_once("`: ").unwrap().1.to_owned()).collect()
    }

    #[track_caller]
    fn fails(&self, wanted: &str) {
        assert_eq!(self.encoded().unwrap_err(), wanted, "{}", String::from_utf8_lossy(&self.content));
    }

    /// The rows of another file as inputs of a model of this table.
    fn predict(&self, content: &[u8]) -> Result<InputRows, String> {
        let folder = TempDir::new().unwrap();
        let schema = self.encoded().unwrap().schema;
        let file = self.file(&folder, "new.csv", content);
        file.read_inputs(&schema).map_err(|error| said(&error, folder.path()))
    }

    #[track_caller]
    fn predicts(&self, content: &str) -> Vec<f64> {
        match self.predict(content.as_bytes()).unwrap().features {
            Features::Table { values, .. } => values,
            Features::Images { .. } => panic!("not a table"),
        }
    }
}

/// An error without the folder's path: of a damaged file only what is wrong.
fn said(error: &DataError, folder: &Path) -> String {
    match error {
        DataError::Corrupt { problem, .. } => problem.to_string(),
        error => error.to_string().replace(folder.to_str().unwrap(), ""),
    }
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn columns_keep_their_order_and_words_become_classes_in_alphabetical_order() {
    let (columns, values, data) = case("a, label ,b\n1,pear,-2.5\n\n3e2 , apple,4\n5,pear,6\n").read();
    assert_eq!(columns, ["a", "b"]);
    assert_eq!(values, [1.0, -2.5, 300.0, 4.0, 5.0, 6.0]);
    assert_eq!(data.class_names, ["apple", "pear"]);
    assert_eq!(data.labels, [1, 0, 1]);
}

#[test]
fn whole_numbers_become_classes_in_their_own_order() {
    let data = case("x,label\n0,10\n0,9\n0,-1\n").read().2;
    assert_eq!(data.class_names, ["-1", "9", "10"]);
    assert_eq!(data.labels, [2, 1, 0]);
}

#[test]
fn every_way_to_write_a_table_gives_the_same_table() {
    let plain = case("a,b,label\n1.5,-2,x\n3,4,y\n").read();
    let windows = "a,b,label\r\n1.5,-2,x\r\n3,4,y\r\n";
    let ways = [
        case(windows),
        case("a,b,label\r1.5,-2,x\r3,4,y"),
        case("\u{feff}a,b,label\n1.5,-2,x\n3,4,y\n"),
        case("a;b;label\n1.5;-2;x\n3;4;y\n"),
        case("a\tb\tlabel\n1.5\t-2\tx\n3\t4\ty\n"),
        case("a|b|label\n1.5|-2|x\n3|4|y\n"),
        case("\"a\", \"b\" ,\"label\"\n\"1.5\",-2,\"x\"\n 3 ,4 , \"y\"  \n\n  \n"),
        case("a;b;label\n1,5;-2;x\n3;4;y\n").with(|options| options.decimal_comma = true),
        case("  a b\t label\n1.5   -2 x\n\n3 4 \"y\" \n")
            .with(|options| options.delimiter = Delimiter::Whitespace),
        case("# made by hand\na,b,label\n1.5,-2,x # the first\n  # none\n3,4,y\n")
            .with(|options| options.comment = Some(b'#')),
        case("a^b^label\n1.5^-2^x\n3^4^y\n").with(|options| options.delimiter = Delimiter::Character(b'^')),
        case("a,b,label,\n1.5,-2,x,\n3,4,y,\n"),
        case("a,b,label\n1.5,-2,x,\n3,4,y,\n"),
        case(gzip(windows.as_bytes())),
        case([gzip(b"a,b,label\n1.5,-2,x\n"), gzip(b"3,4,y\n")].concat()),
    ];
    for way in ways {
        let content = String::from_utf8_lossy(&way.content).into_owned();
        assert_eq!(way.read(), plain, "{content}");
    }
}

#[test]
fn numbers_are_read_as_they_are_written_elsewhere() {
    let values = case("x,label\n1e5,a\n+3,b\n.5,a\n5.,b\n-1E-2,a\n").values();
    assert_eq!(values, [1e5, 3.0, 0.5, 5.0, -0.01]);
    for word in ["1_000", "50%", "0x10", "1,5", "1 000"] {
        let text = format!("x;label\n1;a\n{word};b\n2;a\n3;b\n");
        let problem = case(text).encoded().unwrap_err();
        let start = format!("has {word:?} in line 3, column `x`, must be a finite number");
        assert!(problem.starts_with(&start), "{problem}");
    }
    for number in ["inf", "-Infinity", "1e999"] {
        let wanted = format!("has {number:?} in line 3, column `x`, must be a finite number");
        case(format!("x,label\n1,a\n{number},b\n")).fails(&wanted);
        case(format!("x,label\n1,a\n{number},b\n")).one_hot().fails(&wanted);
    }
}

#[test]
fn decimal_commas_are_recognised_and_asked_for() {
    let text = "x;label\n1,5;a\n2,5;b\n";
    let wanted = "has \"1,5\" in line 2, column `x`, must be a finite number; set `decimal = \",\"`";
    case(text).fails(wanted);
    case(text).one_hot().fails(wanted);
    assert_eq!(case(text).with(|options| options.decimal_comma = true).values(), [1.5, 2.5]);
    // What may be thousands is not taken for decimals.
    case("x,label\n\"1,234\",a\n\"2,500\",b\n").fails(
        "has \"1,234\" in line 2, column `x`, must be a finite number; set `decimal = \",\"` if it has decimals, \
         take ',' out of the file if it has thousands",
    );
    let points = case("x;label\n1.5;a\n2.5;b\n").with(|options| options.decimal_comma = true);
    points.fails("has \"1.5\" in line 2, column `x`, must be a finite number; set `decimal = \".\"`");
    // Three cells by commas and two by semicolons: the latter are numbers.
    let bare = case("5,1;3,5\n4,9;3,0\n4,7;3,2\n").label(1).with(|options| options.decimal_comma = true);
    assert_eq!(bare.values(), [5.1, 4.9, 4.7]);
}

#[test]
fn a_delimiter_that_cannot_be_told_is_an_error() {
    let text = "1,5;p\n2,5;q\n3,5;p\n";
    let wanted =
        "is divided as well by ',' as by ';'; set `delimiter`, and `decimal = \",\"` if numbers have commas";
    case(text).label(-1).fails(wanted);
    let told = case(text).label(-1).with(|options| options.decimal_comma = true);
    assert_eq!(told.values(), [1.5, 2.5, 3.5]);
    let words = case(text).label(-1).with(|options| options.delimiter = Delimiter::Character(b','));
    assert_eq!(words.values(), [1.0, 2.0, 3.0]);
}

#[test]
fn columns_are_named_by_name_or_position() {
    let text = "id,x,label\nseven,1,a\neight,2,b\n";
    for table in [
        case(text).ignore("id".into()),
        case(text).ignore(ColumnRef::Position(0)),
        case(text).label(-1).ignore(ColumnRef::Position(-3)),
        case(text).label(2).ignore("id".into()),
        case("seven,1,a\neight,2,b\nnine,3,a\n").label(-1).ignore(ColumnRef::Position(0)),
    ] {
        assert_eq!(&table.values()[..2], [1.0, 2.0]);
    }
    case(text).label(3).fails("has no column 3, as `label` says: positions are 0 to 2 and -1 to -3");
    case("2019,2020,y\n1,2,a\n3,4,b\n")
        .label(2019)
        .with(|options| options.header = Header::Present)
        .fails("has no column 2019, as `label` says: positions are 0 to 2 and -1 to -3; the column named \"2019\" is written in quotes");
    case("1,a\n2,b\n").fails(
        "has no header, so `label` cannot be \"label\": give a position, from 0, or -1 for the last of the 2 columns; \
         or set `header = true` if the first row names the columns",
    );
}

#[test]
fn a_first_row_is_a_header_when_it_holds_no_number_where_the_rows_below_do() {
    assert_eq!(case("x,y,c\n1,2,a\n3,4,b\n").label(-1).values(), [1.0, 2.0, 3.0, 4.0]);
    assert_eq!(case("1,2,a\n3,4,b\n").label(-1).values(), [1.0, 2.0, 3.0, 4.0]);
    // A missing value is neither.
    let missing = case("?,2,a\n3,4,b\n").label(-1).missing(MissingPolicy::Mean);
    assert_eq!(missing.values(), [3.0, 2.0, 3.0, 4.0]);
    // Where a column that is asked for is named, there is a header, whatever it holds.
    assert_eq!(case("2019,2020,label\n1,2,a\n3,4,b\n").read().0, ["2019", "2020"]);
    let unclear = "; set `header = true` or `header = false`";
    for (text, reason) in [
        ("a,b\nc,d\n", "no column holds numbers below it"),
        ("2019,2020,2021,y\n1,4,2,a\n3,4,9,b\n", "it counts up, as names that are numbers do"),
        ("1990,2000,2010,y\n1,2,3,a\n3,4,9,b\n0,4,9,b\n", "it counts up, as names that are numbers do"),
        ("x,2,a\n3,4,b\n5,6,a\n", "it holds both numbers and words where the rows below hold numbers"),
        ("1,a\n", "no column holds numbers below it"),
    ] {
        let start = format!("has a first row that may be a header or not: {reason}{unclear}");
        case(text).label(-1).one_hot().fails(&start);
    }
    let words = case("a,b\nc,d\n").label(-1).one_hot();
    let absent = words.with(|options| options.header = Header::Absent);
    assert_eq!(absent.read().0, ["0=a", "0=c"]);
}

#[test]
fn quotes_that_are_open_or_stray_are_told_with_the_line_where_they_open() {
    let rows = "1,a\n2,b\n".repeat(20);
    for (text, wanted) in [
        (
            format!("x,label\n1,\"a\n{rows}"),
            "has a quote in line 2 that is not closed; close it, or double each quote that belongs to a cell",
        ),
        (
            format!("x,label\n1,a\n2,\"b\n{rows}3,\"a\n4,b\n"),
            "has a stray quote: one opens in line 3, and text follows where it closes, in line 44; double each quote that belongs to a cell",
        ),
        (
            format!("x,label\n1,a\"\n{rows}"),
            "has a stray quote in line 2, inside of a cell; quote the whole cell and double the quote",
        ),
        (
            format!("x,label\n1,\"a\n{rows}3,b\"\n4,a\n"),
            "has a label with a line break in it in the row of line 2, column `label`: \"a\\n1,a\\n2,b\\n1,a\\n2,b\\n1,a\\n2,b\\n1,a\\n2,b\\n1,a\\n2,b\\n1,a\\n2,b\\n1,a\\n2,b\\n1,a\\n2,b\\n1,a\\n2,b\\n1,a\\n2,\"… (165 characters); does a quote open there that should not?",
        ),
        (
            "x,\"label\n1,a\n2,b\n".to_owned(),
            "has a quote in line 1 that is not closed; close it, or double each quote that belongs to a cell",
        ),
    ] {
        case(text).fails(wanted);
    }
    // Quotes that are in order: delimiters, line breaks and doubled quotes inside of them.
    let good = case("\"x\",note,label\n1,\"a, \"\"b\"\"\nand more\",p\n\"2\",\"\",q\n").ignore("note".into());
    assert_eq!(good.values(), [1.0, 2.0]);
    // Lines are counted as an editor counts them.
    case("x,note,label\r\n1,\"two\r\nlines\",a\r\n\r\ny,z,b\r\n")
        .ignore("note".into())
        .fails("has \"y\" in line 5, column `x`, must be a finite number; 1 column with words: column `x`; set `categories = \"one-hot\"`, or leave it out with `ignore`");
}

#[test]
fn bad_cells_are_named_with_line_and_column() {
    let missing = "; set `missing` to \"drop\", \"mean\" or \"median\" (missing values: ";
    for (content, wanted) in [
        ("x,y,label\n1,2,a\n3,,b\n", format!("has no value in line 3, column `y`{missing}1 in column `y`)")),
        ("x,y,label\n1,NA,a\n?,3,b\n4,nan,a\n", format!("has \"NA\" in line 2, column `y`, which stands for a missing value{missing}1 in column `x`, 2 in column `y`)")),
        ("x,y,label\n1,2,a\n\n3,four,b\n5,6,a\n1,1,a\n", "has \"four\" in line 4, column `y`, must be a finite number; if it stands for a missing value, add it to `missing_values`".into()),
        ("x,y,z,label\n1,p,u,a\n1,q,v,b\n", "has \"p\" in line 2, column `y`, must be a finite number; 2 columns with words: column `y`, column `z`; set `categories = \"one-hot\"`, or leave them out with `ignore`".into()),
        ("x,y,label\n1,2,\n", "has no label in line 2, column `label`".into()),
        ("x,y,label\n1,2,a\n1,2,NA\n", "has no label in line 3, column `label`: \"NA\" stands for a missing value; if it is a class, list `missing_values` without it".into()),
        ("x,y,label\n1,2\n", "has 2 cells in line 2, must have 3, as its header".into()),
        ("x,y,label\n1,2,a,b\n", "has 4 cells in line 2, must have 3, as its header; the header must name every column, and a cell with the delimiter in it must be quoted".into()),
        ("x,y\n1,2\n", "has no header".into()),
        ("x,x,label\n1,2,a\n", "has two columns `x`, at positions 0 and 1; rename one".into()),
        ("label,x,label\n1,2,a\n", "has two columns `label`, at positions 0 and 2; rename one".into()),
        ("label\na\nb\n", "has no column of numbers beside the label".into()),
        ("x,label\n", "has no row under its header".into()),
        ("", "has no row".into()),
        ("x,label\n1,a\n2,a\n", "has only one label, \"a\", in column `label`, must have two or more".into()),
        ("x,label\n1,0\n2,0.0\n3,1\n", "has the labels \"0\" in line 2 and \"0.0\" in line 3 in column `label`, which are the same number; write each class in one way".into()),
        ("x,label\n1,01\n2,1\n", "has the labels \"01\" in line 2 and \"1\" in line 3 in column `label`, which are the same number; write each class in one way".into()),
    ] {
        if wanted == "has no header" {
            let problem = case(content).encoded().unwrap_err();
            assert_eq!(problem, "has no column `label`, as `label` says; its columns are `x`, `y`");
            continue;
        }
        case(content).fails(&wanted);
    }
    case("x;label\n1;0\n2;0,0\n3;1\n").fails(
        "has the labels \"0\" in line 2 and \"0,0\" in line 3 in column `label`, which are the same number; write \
         each class in one way",
    );
    let many: String = (0..10_001).map(|row| format!("{row},{row}\n")).collect();
    case(format!("x,label\n{many}")).fails(
        "has 10001 different labels in column `label`, must have at most 10000; is it the right column?",
    );
    case("# made by hand\nx,label\n1,a\n2,b\n").label(-1).fails(
        "has no column of numbers beside the label; if its first line is a comment, set `comment = \"#\"`",
    );
    case("x y label\n1 2 a\n3 4 b\n").fails(
        "has a first row that may be a header or not: no column holds numbers below it; set `header = true` or \
         `header = false`; its cells seem to be divided by blanks: set `delimiter = \"whitespace\"`",
    );
}

#[test]
fn text_that_is_not_utf8_is_told_for_what_it_is() {
    let utf16: Vec<u8> = "x,label\n1,a\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut cut = gzip(b"x,label\n1,a\n2,b\n");
    cut.truncate(20);
    let mut wrong = gzip(b"x,label\n1,a\n2,b\n");
    let checksum = wrong.len() - 8;
    wrong[checksum] ^= 1;
    for (content, start) in [
        (b"x,label\n1,caf\xe9\n2,a\n".to_vec(), "is not UTF-8 text in line 2; if it is Latin-1"),
        ([b"\xff\xfe".to_vec(), utf16.clone()].concat(), "is UTF-16 text, must be UTF-8"),
        (utf16, "has a NUL byte in line 1, so it is UTF-16 or no text"),
        (b"sep=;\nx;label\n1;a\n2;b\n".to_vec(), "has a first line, `sep=`, that is for Excel alone"),
        (b"PK\x03\x04table".to_vec(), "is a ZIP archive or an Excel workbook"),
        (cut, "is a gzip file that is cut off"),
        (wrong, "is a damaged gzip file: "),
    ] {
        let problem = case(content).encoded().unwrap_err();
        assert!(problem.starts_with(start), "{problem}");
    }
}

#[test]
fn files_that_are_none_are_errors() {
    let folder = TempDir::new().unwrap();
    let file = |path: &Path| TableFile::new(path).read();
    assert!(matches!(file(&folder.path().join("none.csv")), Err(DataError::Missing { .. })));
    let error = file(folder.path()).unwrap_err().to_string();
    assert!(error.ends_with("` is a folder, must be a regular file"), "{error}");
    if cfg!(unix) {
        let error = file(Path::new("/dev/zero")).unwrap_err();
        assert_eq!(error.to_string(), "`/dev/zero` is a device, must be a regular file");
    }
}

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
fn words_for_missing_values_can_be_chosen_and_numbers_stand_for_all_their_spellings() {
    let table = case("x,y,label\n1,-999,a\nnone,5,b\n,-999.0,a\n")
        .with(|options| options.missing_values = vec!["-999".into(), "none".into()])
        .missing(MissingPolicy::Median);
    assert_eq!(table.values(), [1.0, 5.0, 1.0, 5.0, 1.0, 5.0]);
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
    let unknown = "column `c` has words that the training part has not, first \"green\"; its inputs are 0 in 2 rows that have them of the test part";
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
        ("a,b,label\n1,2,z\n", "has the label \"z\" in line 2, which the training file has not"),
        ("a,label\n1,x\n", "has no column `b`, which the training file has"),
        ("a,b\n1,2\n", "has no column `label` for the labels, which the training file has"),
        ("a,b,c,label\n1,2,3,x\n", "has a column `c`, which the training file has not"),
        ("1,2,x\n3,4,y\n", "has no header, which the training file has; name its columns"),
    ] {
        assert_eq!(train.encoded_with_test(content.as_bytes()).unwrap_err(), wanted);
    }
    let bare = case("1,2,x\n3,4,y\n").label(-1);
    assert!(bare.encoded_with_test(b"5,6,x\n").is_ok());
    let wanted = "has a header, which the training file has not; leave it out";
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
            "has no columns `a`, `b`, which the run's data has, and has the columns `p`, `q`, which the run's data has not",
        ),
        ("a,b,c\n1,2,3\n", "has a column `c`, which the run's data has not"),
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
    let wanted = "has a header, which the run's data has not; leave it out";
    assert_eq!(table.predict(b"a,b\n1,2\n").unwrap_err(), wanted);
}

#[test]
fn inputs_with_missing_values_and_words_are_made_as_the_training_part_was() {
    let table = case("x,c,label\n1,red,a\n,blue,b\n5,,a\n").one_hot().missing(MissingPolicy::Median);
    assert_eq!(table.predicts("c,x\nblue,\n,2\n"), [3.0, 1.0, 0.0, 0.0, 2.0, 0.0, 0.0, 1.0]);
    let rows = table.predict(b"c,x\nblue,1\npink,2\n").unwrap();
    let note = "column `c` has words that the training part has not, first \"pink\"; its inputs are 0 in 1 row that has them, the first in line 3";
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

#[derive(Deserialize)]
struct Golden {
    tables: Vec<GoldenTable>,
    scale: Vec<ScaleCase>,
}

#[derive(Deserialize)]
struct GoldenTable {
    content: String,
    seed: u32,
    decimal: String,
    missing: String,
    columns: Vec<String>,
    rows: [Vec<usize>; 2],
    labels: [Vec<u32>; 2],
    features: [Vec<f64>; 2],
    scaled: [Vec<f64>; 2],
}

/// A column of `n` values, those in even and in odd places.
#[derive(Deserialize)]
struct ScaleCase {
    n: usize,
    even: f64,
    odd: f64,
    scale: f64,
}

fn golden() -> Golden {
    serde_json::from_slice(&support::golden("tables.json")).unwrap()
}

#[track_caller]
fn assert_close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{found} for {expected}");
    }
}

#[test]
fn missing_values_and_words_become_what_pandas_and_scikit_learn_make_of_them() {
    for golden in golden().tables {
        let policy = match golden.missing.as_str() {
            "mean" => MissingPolicy::Mean,
            "median" => MissingPolicy::Median,
            _ => MissingPolicy::Drop,
        };
        let table = case(&golden.content).label(-1).one_hot().missing(policy);
        let table = table.with(|options| options.decimal_comma = golden.decimal == ",");
        let folder = TempDir::new().unwrap();
        let read = table.file(&folder, "table.csv", &table.content).read().unwrap();
        let split = TrainTestSplit { test_size: TestSize::Share(0.3), stratify: false };
        let (splits, encoding) = read.divide(&split, golden.seed).unwrap();
        let EncodedTable { splits, schema, .. } = encoding.encode(splits).unwrap();
        assert_eq!(schema.feature_names(), golden.columns);
        let normalizer = Normalizer::fit(Normalization::Standard, &splits.train.samples.features);
        for (index, part) in [&splits.train, &splits.test].into_iter().enumerate() {
            assert_eq!(part.rows, golden.rows[index]);
            assert_eq!(part.samples.labels, golden.labels[index]);
            let Features::Table { values, .. } = &part.samples.features else { panic!("not a table") };
            assert_close(values, &golden.features[index]);
            assert_close(&normalizer.apply(&part.samples.features), &golden.scaled[index]);
        }
    }
}

#[test]
fn columns_that_are_constant_up_to_rounding_are_divided_by_1_as_by_scikit_learn() {
    for ScaleCase { n, even, odd, scale } in golden().scale {
        let values: Vec<f64> = (0..n).map(|row| if row % 2 == 0 { even } else { odd }).collect();
        let features = Features::table(values.clone(), 1);
        let normalizer = Normalizer::fit(Normalization::Standard, &features);
        let divisor = if normalizer.std[0] == 0.0 { 1.0 } else { normalizer.std[0] };
        assert!((divisor - scale).abs() <= 1e-6 * scale, "{divisor} for {scale}: {n} times {even} and {odd}");
        // Another value keeps its distance, instead of being blown up.
        let other = normalizer.apply(&Features::table(vec![even + 0.1], 1))[0];
        assert!(scale != 1.0 || (other - 0.1).abs() < 1e-6 || even.abs() > 1.0, "{other} for {even}");
    }
}

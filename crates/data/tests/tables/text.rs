//! Reading a table from a text file.

use crate::case::{case, gzip};
use emberlab_data::{ColumnRef, DataError, Delimiter, Header, MissingPolicy, TableFile};
use std::path::Path;
use tempfile::TempDir;

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
        (
            "350.2,351.9,kind\n1,2,a\n3,4,b\n5,9,a\n7,2,b\n",
            "it holds numbers, but its label stands in no row below",
        ),
        ("2018,2019\n0.5,1\n1.5,0\n1,1\n1,0\n", "it holds numbers, but its label stands in no row below"),
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

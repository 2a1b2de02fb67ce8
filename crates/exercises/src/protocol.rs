//! Calls and their results as lines of text, for the programs that run students' functions.
//!
//! ```text
//! call update 3                     result 1
//! array 2 1 : 0.5 -0.25             array 2 1 : 0.4 -0.3
//! array 2 1 : 1 0.5
//! array : 0.1
//! ```
//!
//! In place of `result` a function may have `open`, if it is not begun, or `error` and a message. Results come from a process
//! that is not trusted, so that everything in them may be anything.

use crate::array::Array;
use std::fmt::Write;

/// Entries of an array that is read; the right outputs are far smaller.
const MAX_ENTRIES: usize = 100_000;
/// Characters of a message.
const MAX_MESSAGE: usize = 300;

/// What a call led to.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It returned arrays.
    Returned(Vec<Array>),
    /// The function is not begun.
    Open,
    /// It raised an exception or panicked, with its message and line.
    Failed(String),
}

/// The lines of a call.
pub fn call(name: &str, arguments: &[Array]) -> String {
    let mut lines = format!("call {name} {}\n", arguments.len());
    for argument in arguments {
        lines += "array";
        for length in argument.shape() {
            let _ = write!(lines, " {length}");
        }
        lines += " :";
        for value in argument.values() {
            let _ = write!(lines, " {value}");
        }
        lines.push('\n');
    }
    lines
}

/// The message of code that cannot be loaded, so that no function was called.
pub fn broken(text: &str) -> Option<String> {
    text.strip_prefix("broken ").and_then(|text| text.lines().next()).map(message)
}

/// The outcomes of calls, as many as were written whole.
pub fn outcomes(text: &str) -> Vec<Outcome> {
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let mut lines = whole.lines();
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
        found.push(match kind {
            "open" => Outcome::Open,
            "error" => Outcome::Failed(message(rest)),
            "result" => match arrays(rest, &mut lines) {
                Some(arrays) => Outcome::Returned(arrays),
                None => break,
            },
            _ => break,
        });
    }
    found
}

fn message(text: &str) -> String {
    text.chars().take(MAX_MESSAGE).collect()
}

fn arrays<'a>(count: &str, lines: &mut impl Iterator<Item = &'a str>) -> Option<Vec<Array>> {
    let count: usize = count.trim().parse().ok().filter(|count| *count <= 16)?;
    (0..count).map(|_| array(lines.next()?)).collect()
}

fn array(line: &str) -> Option<Array> {
    let (shape, values) = line.strip_prefix("array")?.split_once(':')?;
    let shape: Vec<usize> = shape.split_whitespace().map(|word| word.parse().ok()).collect::<Option<_>>()?;
    let values = values.split_whitespace().take(MAX_ENTRIES + 1).map(|word| word.parse().ok());
    let values: Vec<f64> = values.collect::<Option<_>>()?;
    if values.len() > MAX_ENTRIES { None } else { Array::new(&shape, values) }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn arrays_survive_the_way_there_and_back() {
        let array = Array::new(&[2, 2], vec![0.1, -1e300, f64::NAN, f64::INFINITY]).unwrap();
        let lines = call("f", std::slice::from_ref(&array)).replace("call f 1", "result 1");
        let Some(Outcome::Returned(back)) = outcomes(&lines).pop() else { panic!("{lines}") };
        assert_eq!(back[0].shape(), array.shape());
        assert_eq!(back[0].values()[..2], array.values()[..2]);
        assert!(back[0].values()[2].is_nan() && back[0].values()[3].is_infinite());
    }

    #[test]
    fn what_is_damaged_ends_the_results() {
        for damaged in [
            "result 1\narray 2 2 : 1\n",
            "result 99999999999\n",
            "result 1\narray 9999999999 9999999999 9 : 1\n",
            "result 2\narray : 1\n",
            "anything\n",
            "result 1\narray : x\n",
            "result 1\narray : 1",
        ] {
            assert_eq!(outcomes(&format!("open\n{damaged}")), [Outcome::Open], "{damaged}");
        }
    }
}

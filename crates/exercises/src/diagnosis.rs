//! Finds out which mistake a function makes.

use crate::array::Array;
use crate::tasks::Task;

/// Mistakes that can be made in any function, from the number of samples, the arguments and the right output.
type General = (&'static str, &'static str, fn(f64, &[Array], &Array) -> Option<Array>);

const GENERAL: [General; 7] = [
    ("sign", "all signs are turned round", |_, _, right| Some(right.map(|value| -value))),
    (
        "sum instead of mean",
        "the loss is a mean over the samples: divide by their number m",
        |m, _, right| (m > 0.0).then(|| right.map(|value| value * m)),
    ),
    ("divided by m twice", "the division by the number of samples is made once too often", |m, _, right| {
        (m > 0.0).then(|| right.map(|value| value / m))
    }),
    (
        "sign, and sum instead of mean",
        "all signs are turned round, and the division by the number of samples m is missing",
        |m, _, right| (m > 0.0).then(|| right.map(|value| -value * m)),
    ),
    ("transposed", "rows and columns are exchanged", |_, _, right| {
        (right.shape().len() == 2).then(|| right.transposed())
    }),
    ("zeros", "all numbers are 0", |_, _, right| Some(right.map(|_| 0.0))),
    ("argument returned", "this is the argument, unchanged", |_, arguments, _| arguments.first().cloned()),
];

/// What is wrong with one output of a function.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// The output; empty if the function has one.
    pub output: String,
    /// The mistake's name.
    pub mistake: String,
    /// What is seen, and how to mend it.
    pub advice: String,
}

/// One output in every case: the arguments, the output that is right, and the one returned.
pub struct Compared<'a> {
    /// Of each case.
    pub cases: Vec<(&'a [Array], &'a Array, &'a Array)>,
    /// The right output by difference quotients, of each case.
    pub quotients: Vec<Option<&'a Array>>,
}

/// Names the mistake in an output; `None` if it is right.
pub fn name_mistake(task: &Task, output: &str, compared: &Compared<'_>) -> Option<Finding> {
    let cases = &compared.cases;
    if cases.iter().all(|(_, right, returned)| agree(right, returned)) {
        return None;
    }
    let finding = |mistake: &str, advice: String| {
        Some(Finding { output: output.to_owned(), mistake: mistake.to_owned(), advice })
    };
    for mistake in task.mistakes.iter().filter(|mistake| mistake.concerns(output)) {
        if cases
            .iter()
            .all(|(arguments, right, returned)| agree(&(mistake.wrong)(arguments, right), returned))
        {
            return finding(mistake.name, mistake.advice.to_owned());
        }
    }
    for (name, advice, wrong) in GENERAL {
        let made = |(arguments, right, returned): &(&[Array], &Array, &Array)| {
            let m = task.n_samples.map_or(0.0, |n_samples| n_samples(arguments) as f64);
            wrong(m, arguments, right).is_some_and(|wrong| agree(&wrong, returned))
        };
        if cases.iter().all(made) {
            return finding(name, advice.to_owned());
        }
    }
    let (mistake, advice) = describe(compared);
    finding(mistake, advice)
}

/// What can be said of a mistake without a name.
fn describe(compared: &Compared<'_>) -> (&'static str, String) {
    let wrong = |(_, right, returned): &(&[Array], &Array, &Array)| !agree(right, returned);
    let Some(at) = compared.cases.iter().position(wrong) else {
        return ("wrong", "the numbers differ".to_owned());
    };
    let (_, right, returned) = compared.cases[at];
    if right.shape() != returned.shape() {
        let same = right.values().len() == returned.values().len()
            && right
                .values()
                .iter()
                .zip(returned.values())
                .all(|(right, returned)| near(*right, *returned, largest(right_of(compared, at))));
        let numbers = if same { "the numbers are right, but " } else { "" };
        let text = format!("{numbers}the shape is {}, and should be {}", shape(returned), shape(right));
        return ("shape", text);
    }
    if let Some(place) = returned.values().iter().position(|value| !value.is_finite()) {
        let text = format!(
            "{} is {}, and should be {}",
            entry(right, place),
            returned.values()[place],
            short(right.values()[place])
        );
        return ("not a number", text);
    }
    if let Some(factor) = common_factor(compared) {
        return ("constant factor", format!("all numbers are {} times the right ones", short(factor)));
    }
    let place = worst(right, returned);
    let by =
        if compared.quotients[at].is_some() { "; the difference quotient is " } else { ", and should be " };
    let wanted = compared.quotients[at].unwrap_or(right).values()[place];
    let text = format!("{} is {}{by}{}", entry(right, place), short(returned.values()[place]), short(wanted));
    ("wrong numbers", text)
}

fn right_of<'a>(compared: &Compared<'a>, at: usize) -> &'a Array {
    compared.cases[at].1
}

/// The factor between the returned numbers and the right ones, if it is the same for all.
fn common_factor(compared: &Compared<'_>) -> Option<f64> {
    let (_, right, returned) = compared.cases.first()?;
    let place = (0..right.values().len())
        .max_by(|a, b| right.values()[*a].abs().total_cmp(&right.values()[*b].abs()))?;
    let factor = returned.values().get(place)? / right.values()[place];
    let holds = |(_, right, returned): &(&[Array], &Array, &Array)| {
        agree(&right.map(|value| value * factor), returned)
    };
    (factor.is_finite() && factor != 0.0 && compared.cases.iter().all(holds)).then_some(factor)
}

/// The place of the largest difference.
fn worst(right: &Array, returned: &Array) -> usize {
    let distance = |place: usize| (right.values()[place] - returned.values()[place]).abs();
    (0..right.values().len()).max_by(|a, b| distance(*a).total_cmp(&distance(*b))).unwrap_or(0)
}

/// Whether two arrays have the same shape and numbers, up to rounding. NaN agrees with NaN.
pub fn agree(right: &Array, returned: &Array) -> bool {
    let scale = largest(right);
    right.shape() == returned.shape()
        && right
            .values()
            .iter()
            .zip(returned.values())
            .all(|(right, returned)| near(*right, *returned, scale))
}

fn near(right: f64, returned: f64, scale: f64) -> bool {
    /// Far more than rounding, and less than any mistake.
    const TOLERANCE: f64 = 1e-6;
    right == returned
        || (right.is_nan() && returned.is_nan())
        || (right - returned).abs() <= TOLERANCE * scale
}

/// The largest number that is finite.
fn largest(array: &Array) -> f64 {
    array.values().iter().map(|value| value.abs()).filter(|value| value.is_finite()).fold(0.0, f64::max)
}

fn shape(array: &Array) -> String {
    match array.shape() {
        [] => "a single number".to_owned(),
        [length] => format!("({length},)"),
        lengths => format!("({})", lengths.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/// The name of an entry, as `entry [1, 2]`.
fn entry(array: &Array, place: usize) -> String {
    if array.shape().is_empty() {
        return "the result".to_owned();
    }
    let mut rest = place;
    let mut index: Vec<String> = array
        .shape()
        .iter()
        .rev()
        .map(|length| {
            let at = rest % length;
            rest /= length;
            at.to_string()
        })
        .collect();
    index.reverse();
    format!("entry [{}]", index.join(", "))
}

/// Six digits of a number.
fn short(value: f64) -> String {
    if value != 0.0 && !(1e-4..1e6).contains(&value.abs()) {
        format!("{value:.5e}")
    } else {
        format!("{value:.6}")
    }
}

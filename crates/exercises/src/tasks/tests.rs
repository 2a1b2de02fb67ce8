//! The right outputs beside PyTorch's and difference quotients, and the names of mistakes.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use crate::diagnosis::{Compared, agree, name_mistake};
use std::collections::HashMap;

/// Seeds that the solutions are tried with.
const SEEDS: std::ops::Range<u32> = 0..40;

#[derive(serde::Deserialize)]
struct Golden {
    arguments: Vec<GoldenArray>,
    outputs: Vec<GoldenArray>,
}

#[derive(serde::Deserialize)]
struct GoldenArray {
    shape: Vec<usize>,
    values: Vec<f64>,
}

impl GoldenArray {
    fn array(&self) -> Array {
        Array::new(&self.shape, self.values.clone()).unwrap()
    }
}

/// `tests/golden/exercises.py` made the numbers: PyTorch in f64, derivatives by its autograd.
#[test]
fn the_solutions_have_the_numbers_of_pytorch() {
    let text = include_str!("../../../../tests/golden/exercises.json");
    let golden: HashMap<String, Vec<Golden>> = serde_json::from_str(text).unwrap();
    for task in &TASKS {
        for record in golden.get(task.name).unwrap_or_else(|| panic!("{} has no golden numbers", task.name)) {
            let arguments: Vec<Array> = record.arguments.iter().map(GoldenArray::array).collect();
            let solved = (task.solve)(&arguments);
            assert_eq!(solved.len(), record.outputs.len(), "{}", task.name);
            for (solved, golden) in solved.iter().zip(&record.outputs) {
                let golden = golden.array();
                assert_eq!(solved.shape(), golden.shape(), "{}", task.name);
                let far = |(a, b): (&f64, &f64)| (a - b).abs() > 1e-12 * b.abs().max(1.0);
                assert!(
                    !solved.values().iter().zip(golden.values()).any(far),
                    "{}: {solved:?} {golden:?}",
                    task.name
                );
            }
        }
    }
}

#[test]
fn derivatives_are_their_difference_quotients() {
    for task in &TASKS {
        let Some(quotient) = task.quotient else { continue };
        for arguments in SEEDS.flat_map(|seed| task.cases_of(seed)) {
            for (solved, quotient) in (task.solve)(&arguments).iter().zip(quotient(&arguments)) {
                let far = |(a, b): (&f64, &f64)| (a - b).abs() > 1e-7 * b.abs().max(1.0);
                assert_eq!(solved.shape(), quotient.shape(), "{}", task.name);
                assert!(
                    !solved.values().iter().zip(quotient.values()).any(far),
                    "{}: {solved:?} {quotient:?}",
                    task.name
                );
            }
        }
    }
}

/// An output as a mistake returns it, in every case of a seed, and what it is called.
fn named(task: &Task, seed: u32, output: usize, wrong: impl Fn(&[Array], &Array) -> Array) -> Option<String> {
    let cases = task.cases_of(seed);
    let right: Vec<Array> =
        cases.iter().map(|arguments| (task.solve)(arguments).swap_remove(output)).collect();
    let returned: Vec<Array> =
        cases.iter().zip(&right).map(|(arguments, right)| wrong(arguments, right)).collect();
    let compared = Compared {
        cases: cases
            .iter()
            .map(Vec::as_slice)
            .zip(&right)
            .zip(&returned)
            .map(|((a, b), c)| (a, b, c))
            .collect(),
        quotients: vec![None; right.len()],
    };
    name_mistake(task, task.outputs[output], &compared).map(|finding| finding.mistake)
}

#[test]
fn what_is_right_has_no_mistake_and_each_mistake_has_its_name() {
    for task in &TASKS {
        for (seed, output) in SEEDS.flat_map(|seed| (0..task.outputs.len()).map(move |output| (seed, output)))
        {
            assert_eq!(named(task, seed, output, |_, right| right.clone()), None);
            for mistake in task.mistakes.iter().filter(|mistake| mistake.concerns(task.outputs[output])) {
                let said = named(task, seed, output, mistake.wrong);
                assert_eq!(said.as_deref(), Some(mistake.name), "{}, seed {seed}", task.name);
            }
        }
    }
}

#[test]
fn what_has_no_name_is_described() {
    let task = Task::named("linear_gradient").unwrap();
    let said = |wrong: fn(&[Array], &Array) -> Array| named(task, 7, 0, wrong).unwrap();
    assert_eq!(said(|_, right| right.map(|value| 3.0 * value)), "constant factor");
    assert_eq!(
        said(|_, right| Array::new(&[right.values().len()], right.values().to_vec()).unwrap()),
        "shape"
    );
    assert_eq!(said(|_, right| right.map(|value| value + 0.1)), "wrong numbers");
    assert_eq!(said(|_, right| right.map(|_| f64::NAN)), "not a number");
    assert_eq!(said(|_, right| right.transposed()), "transposed");
}

#[test]
fn numbers_of_two_students_differ() {
    for task in &TASKS {
        assert!(task.cases_of(1) == task.cases_of(1));
        assert!(
            task.cases_of(1).iter().zip(&task.cases_of(2)).any(|(a, b)| !agree(&a[0], &b[0])),
            "{}",
            task.name
        );
    }
}

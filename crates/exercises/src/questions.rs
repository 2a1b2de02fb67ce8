//! The questions, with numbers of the student's own.

use crate::array::Array;
use crate::error::Error;
use crate::experiment::{Experiment, Setting};
use crate::solution;
use crate::student::Student;
use emberlab_config::DataShape;
use emberlab_data::{RandomState, cifar10};

/// Updates of the experiments that are trained.
const N_UPDATES: usize = 200;
/// Hidden units of the fifth experiment.
const N_HIDDEN: usize = 8;
/// The rate whose loss, and a little more, is to be reached.
const GOOD_RATE: f64 = 0.5;
/// How near a number must be; students round to three decimals.
const TOLERANCE: f64 = 0.001;

/// The answer that is right.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// A number, within [`TOLERANCE`].
    Number(f64),
    /// Numbers in this order, within [`TOLERANCE`].
    Numbers(Vec<f64>),
    /// A whole number.
    Count(u64),
    /// A word out of a few.
    Word {
        /// The right one.
        right: &'static str,
        /// All of them.
        of: &'static [&'static str],
    },
    /// A learning rate with which the fourth experiment ends below a loss.
    Rate {
        /// The loss.
        below: f64,
    },
}

/// A question.
#[derive(Clone, Debug)]
pub struct Question {
    /// Its key in `answers.toml`.
    pub key: &'static str,
    /// The part of the exercises, from 1.
    pub part: usize,
    /// The question; LaTeX between dollar signs.
    pub text: String,
    /// The right answer.
    pub answer: Answer,
}

/// What is said of an answer.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct QuestionReport {
    /// The key.
    pub question: &'static str,
    /// `right`, `open`, or what is wrong.
    pub verdict: String,
}

impl QuestionReport {
    /// Whether the answer is right.
    pub fn is_right(&self) -> bool {
        self.verdict == RIGHT
    }

    /// Whether there is no answer yet.
    pub fn is_open(&self) -> bool {
        self.verdict == OPEN
    }
}

/// The verdict of a right answer.
pub const RIGHT: &str = "right";
/// The verdict of an answer that is left empty.
pub const OPEN: &str = "open";

/// The questions of a student.
///
/// # Errors
///
/// [`Error::Config`], [`Error::Data`].
pub fn questions(student: &Student) -> Result<Vec<Question>, Error> {
    let random = &mut RandomState::new(student.seed());
    let question = |key, part, text, answer| Question { key, part, text, answer };
    let mut all = Vec::new();
    let scores: Vec<f64> = (0..3).map(|_| decimals(random.uniform(-2.0, 2.0), 1)).collect();
    let row = |values: &[f64]| Array::from_fn([1, values.len()], |_, column| values[column]);
    let probabilities = solution::softmax(&row(&scores));
    all.push(question(
        "first_probability",
        1,
        format!("Three classes have the scores $z = ({})$. What is the probability of the first class, by the softmax?", listed(&scores)),
        Answer::Number(probabilities[[0, 0]]),
    ));
    all.push(question(
        "scores_plus_100",
        1,
        "100 is added to each of the scores. Does the probability of the first class become \"larger\", \"smaller\", or does it stay the \"same\"?".to_owned(),
        Answer::Word { right: "same", of: &["larger", "smaller", "same"] },
    ));
    let n_classes = random.randint(4, 21)? as u64;
    all.push(question(
        "loss_by_chance",
        2,
        format!("A classifier gives each of $K = {n_classes}$ classes the same probability. What is its cross-entropy?"),
        Answer::Number((n_classes as f64).ln()),
    ));
    let first = Setting::new(Experiment::LOSS, student)?;
    all.push(question(
        "first_loss",
        2,
        format!(
            "Train `{}`. What is the loss before the first update? It is in the file metrics.csv of the run.",
            Experiment::LOSS.path()
        ),
        Answer::Number(first.linear_losses(1, first.learning_rate())[0]),
    ));
    all.extend(derivative_questions(random)?);
    all.extend(update_questions(student)?);
    all.extend(network_questions(random, student)?);
    Ok(all)
}

fn derivative_questions(random: &mut RandomState) -> Result<Vec<Question>, Error> {
    let first = decimals(random.uniform(0.1, 0.5), 2);
    let second = decimals(random.uniform(0.1, 0.4), 2);
    let probabilities = [first, second, decimals(1.0 - first - second, 2)];
    let class = random.randint(0, 3)? as usize;
    let by_scores = (0..3).map(|k| probabilities[k] - f64::from(k == class)).collect();
    let score = decimals(random.uniform(0.5, 2.5), 1);
    let slope = solution::sigmoid_derivative(&Array::scalar(score)).values()[0];
    Ok(vec![
        Question {
            key: "derivative_by_scores",
            part: 3,
            text: format!(
                "A sample of class {class} (classes count from 0) has the probabilities $p = ({})$. What is the derivative of its cross-entropy by each of the three scores?",
                listed(&probabilities)
            ),
            answer: Answer::Numbers(by_scores),
        },
        Question {
            key: "slope_of_sigmoid",
            part: 3,
            text: format!("What is the derivative of the sigmoid at $z = {score}$?"),
            answer: Answer::Number(slope),
        },
    ])
}

fn update_questions(student: &Student) -> Result<Vec<Question>, Error> {
    let setting = Setting::new(Experiment::UPDATE, student)?;
    let last = |rate: f64| setting.linear_losses(N_UPDATES, rate)[N_UPDATES - 1];
    // Rounded up to three decimals.
    let below = (last(GOOD_RATE) * 1.02 * 1000.0).ceil() / 1000.0;
    let path = Experiment::UPDATE.path();
    Ok(vec![
        Question {
            key: "last_loss",
            part: 4,
            text: format!(
                "Train `{path}`. What is the training loss of the last update in metrics.csv, number {N_UPDATES}?"
            ),
            answer: Answer::Number(last(setting.learning_rate())),
        },
        Question {
            key: "learning_rate",
            part: 4,
            text: format!(
                "Find a learning rate with which the loss of update {N_UPDATES} of the same file is below {below}."
            ),
            answer: Answer::Rate { below },
        },
    ])
}

fn network_questions(random: &mut RandomState, student: &Student) -> Result<Vec<Question>, Error> {
    let mut draw = |low: i64, high: i64| random.randint(low, high).map(|number| number as u64);
    let (n, h, n_classes) = (draw(20, 200)?, draw(10, 100)?, draw(3, 12)?);
    let (side, k, stride, padding) = (draw(20, 64)?, 1 + 2 * draw(1, 4)?, draw(1, 4)?, draw(0, 3)?);
    let mlp = Setting::new(Experiment::MLP, student)?.mlp_losses(N_HIDDEN, N_UPDATES);
    let convolution = Experiment::CONVOLUTION.config(student)?;
    let shape = DataShape {
        n_features: cifar10::IMAGE_SHAPE.size(),
        image: Some(cifar10::IMAGE_SHAPE),
        n_classes: cifar10::N_CLASSES,
    };
    let architecture = convolution.model.architecture(&shape).map_err(|error| {
        Error::content(Experiment::CONVOLUTION.path(), format!("has a network that cannot be: {error:?}"))
    })?;
    Ok(vec![
        Question {
            key: "n_parameters",
            part: 5,
            text: format!(
                "A network has {n} inputs, one hidden layer of {h} units and {n_classes} classes. How many parameters has it, biases included?"
            ),
            answer: Answer::Count((n + 1) * h + (h + 1) * n_classes),
        },
        Question {
            key: "last_loss_of_mlp",
            part: 5,
            text: format!(
                "Train `{}`. What is the training loss of its last update?",
                Experiment::MLP.path()
            ),
            answer: Answer::Number(mlp[N_UPDATES - 1]),
        },
        Question {
            key: "output_side",
            part: 6,
            text: format!(
                "A filter of ${k} \\times {k}$ pixels is moved over an image of ${side} \\times {side}$ pixels with a padding of {padding} on each side and a stride of {stride}. How many places a side has the output?"
            ),
            answer: Answer::Count((side + 2 * padding - k) / stride + 1),
        },
        Question {
            key: "n_parameters_of_convolution",
            part: 6,
            text: format!("How many parameters has the network of `{}`?", Experiment::CONVOLUTION.path()),
            answer: Answer::Count(architecture.n_parameters() as u64),
        },
    ])
}

impl Question {
    /// Says whether an answer is right; `None` in TOML is an answer that is left empty.
    ///
    /// # Errors
    ///
    /// [`Error::Config`], [`Error::Data`].
    pub fn judge(&self, given: Option<&toml::Value>, student: &Student) -> Result<String, Error> {
        let Some(given) = given.filter(|given| !is_empty(given)) else { return Ok(OPEN.to_owned()) };
        let number = given.as_float().or_else(|| given.as_integer().map(|count| count as f64));
        let near = |right: f64, given: f64| (right - given).abs() <= TOLERANCE;
        let wrong = |is_right: bool| (if is_right { RIGHT } else { "wrong" }).to_owned();
        Ok(match &self.answer {
            Answer::Number(right) => {
                number.map_or_else(|| "must be a number".to_owned(), |given| wrong(near(*right, given)))
            }
            Answer::Count(right) => match given.as_integer() {
                Some(given) => wrong(u64::try_from(given) == Ok(*right)),
                None => "must be a whole number".to_owned(),
            },
            Answer::Numbers(right) => match numbers(given).filter(|given| given.len() == right.len()) {
                Some(given) => wrong(right.iter().zip(given).all(|(right, given)| near(*right, given))),
                None => format!("must be {} numbers, as [0.1, 0.2, 0.3]", right.len()),
            },
            Answer::Word { right, of } => match given.as_str().filter(|given| of.contains(given)) {
                Some(given) => wrong(given == *right),
                None => format!("must be one of {}", of.join(", ")),
            },
            Answer::Rate { below } => match number.filter(|rate| rate.is_finite() && *rate > 0.0) {
                Some(rate) => {
                    let loss = Setting::new(Experiment::UPDATE, student)?.linear_losses(N_UPDATES, rate)
                        [N_UPDATES - 1];
                    if loss < *below {
                        RIGHT.to_owned()
                    } else {
                        format!("wrong: with this rate the loss is {loss:.4}")
                    }
                }
                None => "must be a number above 0".to_owned(),
            },
        })
    }

    /// The right answer, as `answers.toml` has it.
    pub fn solution(&self) -> String {
        match &self.answer {
            Answer::Number(right) => format!("{right:.4}"),
            Answer::Count(right) => right.to_string(),
            Answer::Numbers(right) => {
                format!("[{}]", listed(&right.iter().map(|value| decimals(*value, 4)).collect::<Vec<_>>()))
            }
            Answer::Word { right, .. } => format!("\"{right}\""),
            Answer::Rate { .. } => GOOD_RATE.to_string(),
        }
    }
}

fn is_empty(given: &toml::Value) -> bool {
    given.as_str().is_some_and(|text| text.trim().is_empty()) || given.as_array().is_some_and(Vec::is_empty)
}

fn numbers(given: &toml::Value) -> Option<Vec<f64>> {
    given
        .as_array()?
        .iter()
        .map(|one| one.as_float().or_else(|| one.as_integer().map(|count| count as f64)))
        .collect()
}

fn decimals(value: f64, digits: i32) -> f64 {
    let scale = 10_f64.powi(digits);
    (value * scale).round() / scale
}

fn listed(values: &[f64]) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn student(n: usize) -> Student {
        Student::new(&format!("student {n}")).unwrap()
    }

    #[test]
    fn solutions_are_right_and_the_goal_of_the_rate_is_not_met_without_work() {
        for student in (0..8).map(student) {
            for question in questions(&student).unwrap() {
                let given: toml::Table = format!("x = {}", question.solution()).parse().unwrap();
                assert_eq!(question.judge(Some(&given["x"]), &student).unwrap(), RIGHT, "{}", question.key);
                assert_eq!(question.judge(Some(&toml::Value::from("")), &student).unwrap(), OPEN);
                let other = toml::Value::from(-7.0);
                assert_ne!(question.judge(Some(&other), &student).unwrap(), RIGHT, "{}", question.key);
            }
            let rate = questions(&student)
                .unwrap()
                .into_iter()
                .find(|question| question.key == "learning_rate")
                .unwrap();
            assert!(
                rate.judge(Some(&toml::Value::from(0.01)), &student)
                    .unwrap()
                    .starts_with("wrong: with this rate")
            );
        }
    }

    #[test]
    fn answers_of_two_students_differ() {
        let of_all: HashSet<Vec<String>> = (0..12)
            .map(|n| questions(&student(n)).unwrap().iter().map(Question::solution).collect())
            .collect();
        assert_eq!(of_all.len(), 12);
    }
}

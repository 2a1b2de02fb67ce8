//! A cause that was found.

use serde::Serialize;

/// A cause, what shows it, and what to try.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// How likely it is the cause.
    pub likelihood: Likelihood,
    /// The cause, as a sentence.
    pub cause: String,
    /// The figures that show it.
    pub seen: String,
    /// Why that keeps a network from learning, and what helps.
    pub advice: &'static str,
    /// Settings to try, as `key=value`, each alone.
    pub settings: Vec<String>,
}

/// How likely a finding is the cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Likelihood {
    /// It alone keeps the run from learning.
    Certain,
    /// It explains what is seen.
    Likely,
    /// It may be one cause among others.
    Possible,
}

impl Likelihood {
    /// A word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
            Self::Possible => "possible",
        }
    }
}

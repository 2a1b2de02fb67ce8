//! What a number of a score is, and how it is shown.

/// What a number of a score is, and how it is shown. The dashboard, printed lines, tables and pages all go by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Description {
    /// The name in configurations and in the files of a run.
    pub name: &'static str,
    /// The quantity, for the axis of a plot.
    pub quantity: &'static str,
    /// A sentence on the values that training records.
    pub caption: &'static str,
    /// The unit.
    pub unit: Unit,
    /// Whether a larger value is better.
    pub higher_is_better: bool,
}

/// The unit of a number of a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// The unit of a cross-entropy that uses natural logarithms.
    Nats,
    /// A share from 0 to 1, shown as a percentage.
    Share,
}

/// The loss, which every score has.
pub static LOSS: Description = Description {
    name: "loss",
    quantity: "cross-entropy",
    caption: "Mean cross-entropy of each batch before its update, in nats.",
    unit: Unit::Nats,
    higher_is_better: false,
};

impl Description {
    /// The name with a capital letter.
    pub fn title(&self) -> String {
        let mut letters = self.name.chars();
        letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
    }

    /// The name and the quantity, for the axis of a plot.
    pub fn axis(&self) -> String {
        format!("{} ({})", self.name, self.quantity)
    }

    /// A value with its unit, as in `0.123456` and `95.31 %`.
    pub fn show(&self, value: f64) -> String {
        self.unit.show(value)
    }

    /// A value in few digits, for a sentence, as in `0.1235` and `95.31 %`.
    pub fn show_briefly(&self, value: f64) -> String {
        match self.unit {
            Unit::Nats => format!("{value:.4}"),
            Unit::Share => self.show(value),
        }
    }

    /// Whether `value` is better than `than`.
    pub fn is_better(&self, value: f64, than: f64) -> bool {
        if self.higher_is_better { value > than } else { value < than }
    }
}

impl Unit {
    /// A value in the unit that is shown: per cent of shares.
    pub fn displayed(self, value: f64) -> f64 {
        match self {
            Self::Nats => value,
            Self::Share => 100.0 * value,
        }
    }

    /// A value with its unit, as in `0.123456` and `95.31 %`.
    pub fn show(self, value: f64) -> String {
        match self {
            Self::Nats => format!("{value:.6}"),
            Self::Share => format!("{:.2} %", self.displayed(value)),
        }
    }

    /// The sign behind a value; `None` for a plain number.
    pub fn sign(self) -> Option<&'static str> {
        match self {
            Self::Nats => None,
            Self::Share => Some("%"),
        }
    }
}

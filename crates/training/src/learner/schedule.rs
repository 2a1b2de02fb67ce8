//! The learning rate of each update.

use super::one_cycle::OneCycleFactor;
use crate::error::Error;
use burn::lr_scheduler::LrScheduler;
use burn::lr_scheduler::exponential::{ExponentialLrScheduler, ExponentialLrSchedulerConfig};
use burn::lr_scheduler::linear::{LinearLrScheduler, LinearLrSchedulerConfig};
use burn::lr_scheduler::step::{StepLrScheduler, StepLrSchedulerConfig};
use burn::tensor::backend::Backend;
use emberlab_config::{Growth, Ramp, ScheduleConfig, Steps, TrainingConfig};
use std::f64::consts::PI;

/// A learning rate times the factors of any number of schedules, each of which starts from 1 or rises to
/// it, but for the growth. All but the cosine, the cycle and the growth are Burn's.
#[derive(Clone)]
pub struct Schedule {
    learning_rate: f64,
    factors: Vec<Factor>,
    steps: usize,
}

#[derive(Clone)]
enum Factor {
    Linear(LinearLrScheduler),
    Cosine(Cosine),
    OneCycle(OneCycleFactor),
    Step(StepLrScheduler),
    Exponential(ExponentialLrScheduler),
    Growth { growth: Growth, done: usize },
}

/// Half a cosine from 1 to another factor again and again, as PyTorch's `CosineAnnealingWarmRestarts`:
/// update `t`, from 0, has the factor `end + (1 - end) (1 + cos(π (t mod period) / period)) / 2`. Burn's
/// own has one more update in each period.
#[derive(Clone, Copy)]
struct Cosine {
    period: usize,
    end: f64,
    /// Updates of the period that were made.
    done: usize,
}

impl Cosine {
    fn step(&mut self) -> f64 {
        let turned = self.done as f64 / self.period as f64 * PI;
        self.done = (self.done + 1) % self.period;
        self.end + 0.5 * (1.0 - self.end) * (1.0 + turned.cos())
    }
}

impl Schedule {
    /// The schedule of a run of so many updates.
    ///
    /// # Errors
    ///
    /// [`Error::Schedule`] with Burn's reason, for a factor that Burn does not take.
    pub fn new(config: &ScheduleConfig, learning_rate: f64, updates: usize) -> Result<Self, Error> {
        let factors = factors(config, updates).map_err(Error::Schedule)?;
        Ok(Self { learning_rate, factors, steps: 0 })
    }
}

fn factors(config: &ScheduleConfig, updates: usize) -> Result<Vec<Factor>, String> {
    let length = |ramp: Ramp| ramp.length.updates(updates);
    let mut factors = Vec::new();
    if let Some(ramp) = config.warmup {
        let schedule = LinearLrSchedulerConfig::new(ramp.factor, 1.0, length(ramp)).init()?;
        factors.push(Factor::Linear(schedule));
    }
    if let Some(ramp) = config.linear {
        let schedule = LinearLrSchedulerConfig::new(1.0, ramp.factor, length(ramp)).init()?;
        factors.push(Factor::Linear(schedule));
    }
    if let Some(ramp) = config.cosine {
        factors.push(Factor::Cosine(Cosine { period: length(ramp).max(1), end: ramp.factor, done: 0 }));
    }
    if let Some(cycle) = config.one_cycle {
        factors.push(Factor::OneCycle(OneCycleFactor::new(cycle, updates)));
    }
    if let Some(Steps { every, factor }) = config.step {
        let schedule = StepLrSchedulerConfig::new(1.0, every).with_gamma(factor).init()?;
        factors.push(Factor::Step(schedule));
    }
    if let Some(factor) = config.exponential {
        factors.push(Factor::Exponential(ExponentialLrSchedulerConfig::new(1.0, factor).init()?));
    }
    if let Some(growth) = config.growth {
        factors.push(Factor::Growth { growth, done: 0 });
    }
    Ok(factors)
}

impl LrScheduler for Schedule {
    /// Steps made: all there is to know, for a schedule is the same each time.
    type Record<B: Backend> = usize;

    fn step(&mut self) -> f64 {
        self.steps += 1;
        let factors = self.factors.iter_mut().map(|factor| match factor {
            Factor::Linear(schedule) => schedule.step(),
            Factor::Cosine(schedule) => schedule.step(),
            Factor::OneCycle(cycle) => cycle.step(),
            Factor::Step(schedule) => schedule.step(),
            Factor::Exponential(schedule) => schedule.step(),
            Factor::Growth { growth, done } => {
                *done += 1;
                growth.factor(*done - 1)
            }
        });
        factors.fold(self.learning_rate, |rate, factor| rate * factor)
    }

    fn to_record<B: Backend>(&self) -> usize {
        self.steps
    }

    fn load_record<B: Backend>(mut self, steps: usize) -> Self {
        while self.steps < steps {
            self.step();
        }
        self
    }
}

/// The most points that [`learning_rates`] returns.
const MAX_RATES: usize = 2000;
/// The longest schedule that is gone through, which takes a second.
const MAX_UPDATES: usize = 20_000_000;

/// The learning rate of each update of a training on `n_train` samples, or of every k-th where there are many, each with the
/// number of its update from 1; nothing for more updates than can be gone through.
///
/// # Errors
///
/// [`Error::Schedule`] for a schedule that Burn does not take.
pub fn learning_rates(training: &TrainingConfig, n_train: usize) -> Result<Vec<(f64, f64)>, Error> {
    let updates = training.updates(n_train);
    if updates > MAX_UPDATES {
        return Ok(Vec::new());
    }
    let every = updates.div_ceil(MAX_RATES).max(1);
    let mut schedule = Schedule::new(&training.schedule, training.optimizer.learning_rate, updates)?;
    let rates = (1..=updates).map(|update| (update as f64, schedule.step()));
    Ok(rates.step_by(every).collect())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use emberlab_config::Config;
    use serde::Deserialize;
    use std::path::Path;

    /// Values from `tests/golden/torch_schedules.py`.
    #[derive(Deserialize)]
    struct Golden {
        learning_rate: f64,
        schedules: Vec<Rates>,
    }

    #[derive(Deserialize)]
    struct Rates {
        /// The lines of `[training.schedule]`.
        schedule: String,
        rates: Vec<f64>,
    }

    #[test]
    fn a_hundred_rates_of_each_schedule_equal_pytorch() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/torch_schedules.json");
        let golden: Golden = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        assert!(golden.schedules.len() >= 12);
        for Rates { schedule, rates } in golden.schedules {
            assert_eq!(rates.len(), 100);
            let text = format!(
                "name = \"rates\"\n[data]\nsource = \"synthetic\"\n[model]\nkind = \"linear\"\n[training]\nepochs = 100\n\
                 [training.optimizer]\nlearning_rate = {}\n[training.schedule]\n{schedule}\n",
                golden.learning_rate
            );
            let config = Config::parse(Path::new("rates.toml"), &text, &[]).unwrap();
            let mut found = Schedule::new(&config.training.schedule, golden.learning_rate, 100).unwrap();
            let mut resumed = found.clone().load_record::<crate::devices::Backend>(60);
            for (update, rate) in rates.iter().enumerate() {
                let found = found.step();
                assert!((found - rate).abs() <= 1e-12, "{schedule}, update {update}: {found} for {rate}");
            }
            assert!((resumed.step() - rates[60]).abs() <= 1e-12, "{schedule}");
        }
    }
}

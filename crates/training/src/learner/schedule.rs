//! The learning rate of each update.

use crate::config::{Ramp, ScheduleConfig, Steps};
use crate::error::Error;
use burn::lr_scheduler::LrScheduler;
use burn::lr_scheduler::cosine::{CosineAnnealingLrScheduler, CosineAnnealingLrSchedulerConfig};
use burn::lr_scheduler::exponential::{ExponentialLrScheduler, ExponentialLrSchedulerConfig};
use burn::lr_scheduler::linear::{LinearLrScheduler, LinearLrSchedulerConfig};
use burn::lr_scheduler::step::{StepLrScheduler, StepLrSchedulerConfig};
use burn::tensor::backend::Backend;

/// A learning rate times the factors of any number of Burn's schedules, each of which starts from 1
/// or rises to it.
#[derive(Clone)]
pub struct Schedule {
    learning_rate: f64,
    factors: Vec<Factor>,
    steps: usize,
}

#[derive(Clone)]
enum Factor {
    Linear(LinearLrScheduler),
    Cosine(CosineAnnealingLrScheduler),
    Step(StepLrScheduler),
    Exponential(ExponentialLrScheduler),
}

impl Schedule {
    /// The schedule of a run of so many updates.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] with Burn's reason, for a factor that Burn does not take.
    pub fn new(config: &ScheduleConfig, learning_rate: f64, updates: usize) -> Result<Self, Error> {
        let factors = factors(config, updates)
            .map_err(|reason| Error::Usage(format!("`training.schedule` cannot be kept: {reason}")))?;
        Ok(Self { learning_rate, factors, steps: 0 })
    }
}

fn factors(config: &ScheduleConfig, updates: usize) -> Result<Vec<Factor>, String> {
    let length = |ramp: Ramp| ramp.updates.unwrap_or(updates);
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
        let schedule = CosineAnnealingLrSchedulerConfig::new(1.0, length(ramp)).with_min_lr(ramp.factor);
        factors.push(Factor::Cosine(schedule.init()?));
    }
    if let Some(Steps { every, factor }) = config.step {
        let schedule = StepLrSchedulerConfig::new(1.0, every).with_gamma(factor).init()?;
        factors.push(Factor::Step(schedule));
    }
    if let Some(factor) = config.exponential {
        factors.push(Factor::Exponential(ExponentialLrSchedulerConfig::new(1.0, factor).init()?));
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
            Factor::Step(schedule) => schedule.step(),
            Factor::Exponential(schedule) => schedule.step(),
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

// SPDX-License-Identifier: GPL-2.0
//! Running the model checker.

use std::any::Any;
use std::panic::{catch_unwind, AssertUnwindSafe};

use shuttle::scheduler::{PctScheduler, RandomScheduler, Scheduler};
use shuttle::{Config, FailurePersistence, MaxSteps, Runner};

use crate::bounded::Bounded;

/// Schedules per exploration, of each kind; `KBP_MODEL_SCHEDULES` asks for more.
const SCHEDULES: usize = 1_000;

/// Steps after which a story is taken to have no end.
const STEPS: usize = 20_000;
/// Changes of priority per schedule of the second kind.
const CHANGES: usize = 4;

fn from_environment(name: &str, default: usize) -> usize {
    let text = std::env::var(name).unwrap_or_default();
    text.parse().unwrap_or(default)
}

fn config(prints_schedule: bool) -> Config {
    let mut config = Config::new();
    config.stack_size = 0x2_0000;
    config.max_steps = MaxSteps::FailAfter(STEPS);
    config.failure_persistence = if prints_schedule {
        FailurePersistence::Print
    } else {
        FailurePersistence::None
    };
    config
}

fn schedulers(seed: u64, schedules: usize) -> [Box<dyn Scheduler + Send>; 2] {
    [
        Box::new(RandomScheduler::new_from_seed(seed, schedules)),
        Box::new(PctScheduler::new_from_seed(seed, CHANGES, schedules)),
    ]
}

/// Runs `story` in many schedules: at random, and with priorities that change a few times.
pub fn explore(story: impl Fn() + Send + Sync + Clone + 'static) {
    let seed = from_environment("KBP_MODEL_SEED", 1) as u64;
    let schedules = from_environment("KBP_MODEL_SCHEDULES", SCHEDULES);
    for scheduler in schedulers(seed, schedules) {
        let runner = Runner::new(scheduler, config(true));
        let story = story.clone();
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| runner.run(story))) {
            let message = message_of(&*panic);
            panic!("{message}\nthe same again: KBP_MODEL_SEED={seed}");
        }
    }
}

/// Runs `story` in every schedule that takes the processor from a thread that could go on at most
/// `preemptions` times; how many that were. Few mistakes need more than two.
pub fn explore_all(preemptions: usize, story: impl Fn() + Send + Sync + 'static) -> usize {
    let scheduler = Bounded::new(preemptions);
    let schedules = Runner::new(scheduler, config(true)).run(story);
    assert!(schedules < Bounded::MOST, "these were not all");
    schedules
}

/// Runs the `story` of a twin until the model checker finds its mistake, which must be reported
/// with one of `messages`.
pub fn twin_fails(messages: &[&str], story: impl Fn() + Send + Sync + Clone + 'static) {
    for scheduler in schedulers(1, 50 * SCHEDULES) {
        let runner = Runner::new(scheduler, config(false));
        let story = story.clone();
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| runner.run(story))) {
            let found = message_of(&*panic);
            let right = messages.iter().any(|message| found.contains(message));
            assert!(right, "found for another reason than {messages:?}: {found}");
            return;
        }
    }
    panic!("the model checker does not find the mistake");
}

fn message_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "a panic without a message".to_owned())
}

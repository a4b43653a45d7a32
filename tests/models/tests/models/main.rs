// SPDX-License-Identifier: GPL-2.0
//! The stories, one file per subject; each claim with a twin that breaks it.

mod backlog;
mod core_moves;
mod delay;
mod held;
mod hooks;
mod rescue;
mod sentry;
mod sleep;
mod stop;
mod stray;

use std::sync::Arc;

use kbp_engine::{IdlePolicy, IrqMode, Policy, Retry};
use kbp_models::{explore, explore_all, twin_fails, Machine, Model, Twin};

/// Sleeps as soon as there is no work: the shortest stories.
const SLEEPS: IdlePolicy = IdlePolicy::Adaptive { spin_ns: 0 };

/// All kernels and modes, with a poller that sleeps or spins.
fn models(idle: IdlePolicy) -> impl Iterator<Item = Model> + Clone {
    let irqs = [IrqMode::Armed, IrqMode::Masked];
    irqs.into_iter().flat_map(move |irq| {
        [true, false].map(|flag| Model {
            flag,
            policy: policy(irq, idle),
            ..Model::default()
        })
    })
}

fn policy(irq: IrqMode, idle: IdlePolicy) -> Policy {
    Policy {
        irq,
        idle,
        // After one nap.
        retry: Retry { first_ns: 1 },
        ..Policy::default()
    }
}

fn masked(idle: IdlePolicy) -> Model {
    Model {
        policy: policy(IrqMode::Masked, idle),
        ..Model::default()
    }
}

fn armed(idle: IdlePolicy) -> Model {
    Model {
        policy: policy(IrqMode::Armed, idle),
        ..Model::default()
    }
}

/// With a backlog whose schedules pass by the hooks.
fn escapes(model: Model) -> Model {
    Model {
        backlog: true,
        escapes: true,
        ..model
    }
}

type Story = fn(&Arc<Machine>);

fn small(model: Model) -> Model {
    Model {
        small: true,
        ..model
    }
}

/// `story` holds in every one of `models`.
fn holds(models: impl IntoIterator<Item = Model>, story: Story) {
    for model in models {
        explore(move || Machine::run(model.clone(), story));
    }
}

/// The same, also in every schedule with two preemptions; only for pollers that sleep, because
/// spinning has no end.
fn holds_always(models: impl IntoIterator<Item = Model> + Clone, story: Story) {
    holds(models.clone(), story);
    for model in models.into_iter().map(small) {
        explore_all(2, move || Machine::run(model.clone(), story));
    }
}

/// With the mistake it does not, and that is reported with one of `messages`.
fn fails(twin: Twin, messages: &[&str], model: Model, story: Story) {
    let model = Model {
        twin: Some(twin),
        ..model
    };
    twin_fails(messages, move || Machine::run(model.clone(), story));
}

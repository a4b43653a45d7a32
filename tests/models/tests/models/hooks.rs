// SPDX-License-Identifier: GPL-2.0
//! Hooks that go and come back, and transitions of livepatches.

use std::sync::Arc;

use kbp_engine::IdlePolicy::Spin;
use kbp_models::{Machine, Model, Twin};

use crate::{armed, fails, holds, masked, models, SLEEPS};

/// Somebody's livepatch takes the hooks away; softirq and poller share the core until the poller
/// has noticed. Then they are back.
fn hooks_go_and_come(machine: &Arc<Machine>) {
    machine.start();
    machine.wait_owned();
    let wire = machine.beside(|m| {
        m.packet(0);
        m.raise_for_nothing();
        m.packet(1);
        m.raise_for_nothing();
    });
    machine.set_hooks(false);
    machine.wait_yields(1);
    wire.join().expect("no panic");
    machine.wait_received(2);
    machine.set_hooks(true);
    machine.wait_owned();
    machine.packet(0);
    machine.wait_received(3);
    machine.stop();
}

/// A few rounds of a spinning poller are half a second.
fn fast(model: Model) -> Model {
    Model {
        napis: 2,
        relax_ns: 60_000_000,
        ..model
    }
}

/// A transition that the poller joins, and whose end takes the hooks or leaves them.
fn a_transition(machine: &Arc<Machine>, hooks_stay: bool) {
    machine.start();
    let wire = machine.beside(|m| (0..2).for_each(|_| m.packet(0)));
    machine.transition(hooks_stay);
    wire.join().expect("no panic");
    machine.wait_received(2);
    machine.stop();
}

#[test]
fn hooks_may_go_and_come_at_any_moment() {
    holds(models(Spin).map(fast), hooks_go_and_come);
}

#[test]
fn a_transition_may_come_at_any_moment() {
    let slow = |model| Model {
        relax_ns: 1_000,
        ..model
    };
    holds(models(Spin).map(slow), |m| a_transition(m, true));
    holds(models(Spin).map(slow), |m| a_transition(m, false));
}

/// What shows why the mark of a busy poller must not outlive the poll: a softirq that polls such a
/// NAPI cannot complete it, and nobody ever looks at it again.
#[test]
fn a_mark_that_outlives_the_poll_is_found() {
    let twin = Twin::MarksBetweenCycles;
    // The poller spins on while somebody waits for the packet for ever.
    let messages = &["lost schedule", "deadlock", "max_steps"];
    fails(twin, messages, fast(masked(Spin)), hooks_go_and_come);
}

/// Control tries the hooks on a core that softirq serves, while packets come.
fn a_try_beside_softirq(machine: &Arc<Machine>) {
    let wire = machine.beside(|m| (0..3).for_each(|_| m.packet(0)));
    assert!(machine.try_hooks());
    wire.join().expect("no panic");
}

#[test]
fn a_try_of_the_hooks_leaves_softirq_what_it_had() {
    holds([armed(SLEEPS)], a_try_beside_softirq);
}

#[test]
fn a_try_that_forgets_is_found() {
    let twin = Twin::TryForgetsPending;
    fails(
        twin,
        &["lost schedule"],
        armed(SLEEPS),
        a_try_beside_softirq,
    );
}

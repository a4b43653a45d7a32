// SPDX-License-Identifier: GPL-2.0
//! The backlog where its schedules pass by the hooks: the poller is its thread.

use std::sync::Arc;

use kbp_engine::IdlePolicy::Spin;
use kbp_models::{Machine, Model, Twin};

use crate::{armed, escapes, fails, holds, holds_always, models, SLEEPS};

/// A kernel that clears the whole state of a backlog that has come to rest.
fn forgetful(model: Model) -> Model {
    Model {
        flag: false,
        ..escapes(model)
    }
}

/// Packets from this core and from another while the poller begins and ends.
fn from_all_sides(machine: &Arc<Machine>) {
    let other = machine.beside(|m| (0..2).for_each(|_| m.packet_from_other_core()));
    let own = machine.beside(|m| (0..2).for_each(|_| m.send_through_loopback()));
    machine.start();
    machine.wait_owned();
    machine.packet(0);
    machine.stop();
    other.join().expect("no panic");
    own.join().expect("no panic");
}

/// One after the other, so that the backlog comes to rest in between.
fn again_and_again(machine: &Arc<Machine>) {
    machine.start();
    machine.wait_owned();
    for packets in 1..=3 {
        machine.packet_from_other_core();
        machine.wait_received(packets);
    }
    machine.stop();
}

/// The shortest story with another core.
fn one_from_another_core(machine: &Arc<Machine>) {
    let other = machine.beside(|m| m.packet_from_other_core());
    machine.start();
    machine.wait_owned();
    machine.stop();
    other.join().expect("no panic");
}

#[test]
fn a_claim_may_begin_and_end_at_any_moment() {
    holds(models(SLEEPS).map(escapes), from_all_sides);
    holds(models(Spin).map(escapes), from_all_sides);
    holds_always(models(SLEEPS).map(escapes), one_from_another_core);
}

#[test]
fn a_claim_lasts_while_the_poller_serves_the_core() {
    holds(models(SLEEPS).map(escapes), again_and_again);
    holds(models(Spin).map(escapes), again_and_again);
}

#[test]
fn a_claim_kept_without_the_lock_is_found() {
    let twin = Twin::BacklogWrittenWithoutLock;
    fails(
        twin,
        &["quiet core"],
        forgetful(armed(SLEEPS)),
        again_and_again,
    );
}

#[test]
fn a_claim_that_is_not_renewed_is_found() {
    let twin = Twin::BacklogClaimedOnce;
    fails(
        twin,
        &["quiet core"],
        forgetful(armed(SLEEPS)),
        again_and_again,
    );
}

#[test]
fn a_backlog_taken_before_its_ipi_is_found() {
    let twin = Twin::BacklogTakenAsSoonAsOwned;
    fails(twin, &["one owner"], escapes(armed(Spin)), from_all_sides);
}

#[test]
fn a_backlog_left_behind_is_found() {
    let twin = Twin::BacklogLeftBehind;
    fails(
        twin,
        &["lost schedule"],
        escapes(armed(SLEEPS)),
        from_all_sides,
    );
}

#[test]
fn a_claim_that_keeps_its_thread_is_found() {
    let twin = Twin::BacklogKeepsThread;
    fails(
        twin,
        &["lost schedule"],
        escapes(armed(SLEEPS)),
        from_all_sides,
    );
}

// SPDX-License-Identifier: GPL-2.0
//! The core is taken and given back at any moment, and nothing is lost, polled twice or reported
//! wrong.

use std::sync::Arc;

use kbp_engine::IdlePolicy::Spin;
use kbp_models::{Machine, Model, Twin};

use crate::{armed, fails, holds, holds_always, masked, models, SLEEPS};

/// Packets come while the poller begins and ends.
fn packets_all_the_while(machine: &Arc<Machine>) {
    let wire = machine.beside(|m| (0..3).for_each(|_| m.packet(0)));
    machine.start();
    machine.stop();
    wire.join().expect("no panic");
}

/// Packets come; control stops the poller while it is at work.
fn stopped_at_work(machine: &Arc<Machine>) {
    machine.start();
    machine.packet(0);
    machine.wait_owned();
    machine.packet(0);
    machine.stop();
}

/// A task has called the driver, and ksoftirqd is to run NET_RX, but the poller is faster.
fn called_from_a_task(machine: &Arc<Machine>) {
    let driver = machine.beside(|m| (0..2).for_each(|_| m.call_from_task(0)));
    machine.start();
    machine.wait_owned();
    machine.stop();
    driver.join().expect("no panic");
}

/// More than one poll of each of several NAPIs, and the budget of a cycle ends before they do.
fn stopped_under_load(machine: &Arc<Machine>) {
    machine.start();
    let wire = machine.beside(|m| (0..7).for_each(|i| m.packet(i % 3)));
    machine.wait_received(3);
    machine.stop();
    wire.join().expect("no panic");
}

fn load(model: Model) -> Model {
    Model {
        napis: 3,
        weight: 1,
        poll_cost_ns: 1_500_000,
        ..model
    }
}

/// One packet more than a poll takes: it wants another.
fn two_polls_wanted(machine: &Arc<Machine>) {
    machine.packet(0);
    machine.packet(0);
    machine.packet(0);
    machine.start();
    machine.wait_received(3);
    machine.stop();
}

#[test]
fn a_poller_ends_at_any_moment() {
    holds_always(models(SLEEPS), stopped_at_work);
    holds(models(Spin), stopped_at_work);
}

#[test]
fn a_poller_begins_at_any_moment() {
    holds(models(SLEEPS), packets_all_the_while);
    holds(models(Spin), packets_all_the_while);
}

#[test]
fn what_was_raised_before_is_taken_over() {
    holds(models(SLEEPS), called_from_a_task);
    holds(models(Spin), called_from_a_task);
}

#[test]
fn a_poller_under_load_ends_at_any_moment() {
    holds(models(SLEEPS).map(load), stopped_under_load);
}

#[test]
fn a_napi_that_wants_another_poll_gets_it() {
    holds_always(models(SLEEPS), two_polls_wanted);
}

#[test]
fn a_shut_without_a_raise_is_found() {
    let twin = Twin::ShutWithoutRaise;
    fails(twin, &["lost schedule"], armed(SLEEPS), stopped_at_work);
}

#[test]
fn a_softirq_not_taken_over_is_found() {
    let twin = Twin::AbsorbsNothing;
    fails(twin, &["quiet core"], armed(SLEEPS), called_from_a_task);
}

#[test]
fn a_list_taken_behind_a_closed_gate_is_found() {
    let twin = Twin::TakesThoughClosed;
    fails(twin, &["closed-gate"], masked(Spin), stopped_under_rescue);
}

/// Somebody closes the gate without a stop.
fn stopped_under_rescue(machine: &Arc<Machine>) {
    machine.packet(0);
    machine.start();
    let watch = machine.beside(|m| (0..3).for_each(|_| m.suspect()));
    machine.packet(0);
    machine.ask_stop();
    machine.join();
    watch.join().expect("no panic");
}

#[test]
fn a_stop_after_the_shut_is_found() {
    let twin = Twin::StopAfterShut;
    fails(twin, &["stop"], armed(SLEEPS), stopped_at_work);
}

#[test]
fn a_forgotten_repoll_is_found() {
    let twin = Twin::ForgetsRepoll;
    let messages = &["deadlock", "lost schedule"];
    fails(twin, messages, armed(SLEEPS), two_polls_wanted);
}

#[test]
fn a_completed_napi_that_is_kept_is_found() {
    let twin = Twin::KeepsCompleted;
    fails(twin, &["one owner"], armed(Spin), stopped_under_load_of_one);
}

fn stopped_under_load_of_one(machine: &Arc<Machine>) {
    machine.start();
    (0..3).for_each(|_| machine.packet(0));
    machine.stop();
}

#[test]
fn a_poll_without_the_guard_is_found() {
    let twin = Twin::PollsUnguarded;
    fails(twin, &["guard"], armed(SLEEPS), two_polls_wanted);
}

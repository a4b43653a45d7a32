// SPDX-License-Identifier: GPL-2.0
//! The watch takes cores from pollers that do not run, and from no others.

use std::sync::Arc;

use kbp_engine::IdlePolicy::Spin;
use kbp_models::{Machine, Model, Twin};

use crate::{armed, escapes, fails, holds, masked, models, SLEEPS};

/// Suspicions at any moment; then the core is enabled again.
fn a_suspicion_and_another(machine: &Arc<Machine>) {
    machine.start();
    let wire = machine.beside(|m| (0..2).for_each(|_| m.packet(0)));
    (0..4).for_each(|_| machine.suspect());
    machine.stop();
    wire.join().expect("no panic");
    machine.wait_received(2);
    machine.start();
    machine.packet(0);
    machine.wait_received(3);
    machine.stop();
}

/// Suspicions while control stops the poller: either may come first.
fn a_suspicion_beside_a_stop(machine: &Arc<Machine>) {
    machine.start();
    machine.packet(0);
    let watch = machine.beside(|m| (0..3).for_each(|_| m.suspect()));
    machine.packet(0);
    machine.ask_stop();
    machine.join();
    watch.join().expect("no panic");
}

/// The core is taken in the middle of a cycle, which only the watch can do without a thread that
/// gives it back once more at its end.
fn rescued_at_work(machine: &Arc<Machine>) {
    machine.start();
    let wire = machine.beside(|m| (0..4).for_each(|i| m.packet(i % 2)));
    (0..4).for_each(|_| machine.suspect());
    machine.wait_received(4);
    wire.join().expect("no panic");
    machine.ask_stop();
    machine.join();
}

/// A real-time task keeps the poller away while `sends` makes work for it: the watch must see it.
fn kept_away(machine: &Arc<Machine>, sends: fn(&Machine)) {
    machine.start();
    machine.wait_owned();
    machine.hog();
    sends(machine);
    machine.watch(8);
    machine.wait_received(1);
    machine.hog_over();
    machine.ask_stop();
    machine.join();
}

fn kept_away_from_device(machine: &Arc<Machine>) {
    kept_away(machine, |m| m.packet(0));
}

fn kept_away_from_loopback(machine: &Arc<Machine>) {
    kept_away(machine, Machine::send_through_loopback);
}

fn kept_away_from_other_core(machine: &Arc<Machine>) {
    kept_away(machine, Machine::packet_from_other_core);
}

/// The poller is kept away while it holds a NAPI: nobody knows whether packets wait there.
fn kept_away_while_it_holds(machine: &Arc<Machine>) {
    machine.start();
    machine.wait_owned();
    machine.packet(0);
    machine.wait_received(1);
    machine.hog();
    machine.watch(8);
    assert!(!machine.is_rescued(), "rescued for nothing");
    machine.packet(0);
    machine.watch(8);
    machine.wait_received(2);
    machine.hog_over();
    machine.ask_stop();
    machine.join();
}

/// The watch rests while softirq serves the core, until a poller takes it.
fn kept_away_from_a_watch_that_rests(machine: &Arc<Machine>) {
    let watch = machine.beside(Machine::watch_from_rest);
    machine.start();
    machine.wait_owned();
    machine.packet(0);
    machine.hog();
    watch.join().expect("no panic");
    machine.wait_received(1);
    machine.hog_over();
    machine.ask_stop();
    machine.join();
}

#[test]
fn a_watch_that_rests_is_called_by_who_takes_a_core() {
    holds(models(SLEEPS), kept_away_from_a_watch_that_rests);
}

#[test]
fn a_watch_that_nobody_calls_is_found() {
    for twin in [Twin::WatchRestsUnsaid, Twin::OwnsAfterTelling] {
        let story = kept_away_from_a_watch_that_rests;
        fails(twin, &["deadlock"], armed(SLEEPS), story);
    }
}

#[test]
fn held_napis_alone_are_let_go_and_nobody_is_rescued() {
    let models = [true, false].map(|flag| Model {
        flag,
        ..masked(Spin)
    });
    holds(models, kept_away_while_it_holds);
}

#[test]
fn a_rescue_for_held_napis_is_found() {
    let twin = Twin::RescueForHeld;
    let messages = &["rescued for nothing"];
    fails(twin, messages, masked(Spin), kept_away_while_it_holds);
}

#[test]
fn whatever_waits_for_a_poller_that_is_kept_away_is_rescued() {
    holds(models(SLEEPS), kept_away_from_device);
    holds(models(SLEEPS).map(escapes), kept_away_from_loopback);
    holds(models(SLEEPS).map(escapes), kept_away_from_other_core);
}

#[test]
fn a_watch_that_sees_the_list_only_is_found() {
    let twin = Twin::WatchSeesListOnly;
    fails(
        twin,
        &["deadlock"],
        escapes(armed(SLEEPS)),
        kept_away_from_loopback,
    );
}

/// A poller that has its core again after its rescue, at once or after a while, while control may
/// stop it and packets come.
fn rescued_and_back(machine: &Arc<Machine>) {
    machine.start();
    let wire = machine.beside(|m| (0..2).for_each(|_| m.packet(0)));
    (0..2).for_each(|_| machine.suspect());
    machine.packet(0);
    machine.wait_received(3);
    wire.join().expect("no panic");
    machine.stop();
}

#[test]
fn a_rescue_that_ends_loses_nothing() {
    let undoes = |model| Model {
        undoes: true,
        ..model
    };
    for idle in [SLEEPS, Spin] {
        holds(models(idle), rescued_and_back);
        holds(models(idle).map(undoes), rescued_and_back);
    }
    holds(models(SLEEPS).map(escapes), rescued_and_back);
    holds(models(SLEEPS).map(undoes).map(escapes), rescued_and_back);
}

fn two_napis(model: Model) -> Model {
    Model { napis: 2, ..model }
}

#[test]
fn a_rescue_in_the_middle_of_a_cycle_loses_nothing() {
    holds(models(SLEEPS).map(two_napis), rescued_at_work);
    holds(models(Spin).map(two_napis), rescued_at_work);
}

#[test]
fn a_softirq_taken_over_behind_a_closed_gate_is_found() {
    let twin = Twin::AbsorbsThoughClosed;
    let messages = &["lost schedule", "deadlock", "delay"];
    fails(twin, messages, two_napis(armed(Spin)), rescued_at_work);
}

#[test]
fn a_rescue_at_any_moment_loses_nothing() {
    holds(models(SLEEPS), a_suspicion_and_another);
    holds(models(Spin), a_suspicion_and_another);
}

#[test]
fn a_rescue_beside_a_stop_loses_nothing() {
    holds(models(SLEEPS), a_suspicion_beside_a_stop);
    holds(models(Spin), a_suspicion_beside_a_stop);
}

#[test]
fn a_rescue_from_a_poller_that_runs_is_found() {
    let twin = Twin::RescueIgnoresBeat;
    let messages = &["rescued from a poller that runs"];
    fails(twin, messages, masked(Spin), a_suspicion_and_another);
}

#[test]
fn a_rescue_without_a_raise_is_found() {
    let twin = Twin::ShutWithoutRaise;
    let messages = &["lost schedule", "deadlock"];
    fails(twin, messages, armed(Spin), a_suspicion_and_another);
}

// SPDX-License-Identifier: GPL-2.0
//! Every sleep has a waker.

use std::sync::Arc;

use kbp_models::{explore_all, Machine, Model, Twin};

use crate::{armed, fails, holds, masked, models, small, SLEEPS};

/// Packets come while the poller falls asleep again and again; nothing but they wake it.
fn packets_find_a_sleeper(machine: &Arc<Machine>) {
    machine.start();
    let wire = machine.beside(|m| (0..3).for_each(|_| m.packet(0)));
    machine.wait_received(3);
    wire.join().expect("no panic");
    machine.stop();
}

/// The same with one packet.
fn a_packet_finds_a_sleeper(machine: &Arc<Machine>) {
    machine.start();
    machine.packet(0);
    machine.wait_received(1);
    machine.stop();
}

/// A task of the core, and a raise that means nothing, beside a device.
fn loopback_finds_a_sleeper(machine: &Arc<Machine>) {
    machine.start();
    let task = machine.beside(|m| (0..2).for_each(|_| m.send_through_loopback()));
    let raiser = machine.beside(|m| m.raise_for_nothing());
    machine.packet(0);
    machine.wait_received(3);
    for thread in [task, raiser] {
        thread.join().expect("no panic");
    }
    machine.stop();
}

/// Control speaks to a sleeper; no packet helps.
fn a_nudge_finds_a_sleeper(machine: &Arc<Machine>) {
    machine.start();
    machine.nudge();
    machine.ask_stop();
    machine.join();
}

/// Control tries the hooks on the very core of a sleeper.
fn a_try_finds_a_sleeper(machine: &Arc<Machine>) {
    machine.start();
    let control = machine.beside(|m| assert!(m.try_hooks()));
    machine.packet(0);
    machine.wait_received(1);
    control.join().expect("no panic");
    machine.packet(0);
    machine.wait_received(2);
    machine.stop();
}

fn with_backlog(model: Model) -> Model {
    Model {
        backlog: true,
        ..model
    }
}

#[test]
fn no_packet_is_slept_through() {
    holds(models(SLEEPS), packets_find_a_sleeper);
}

#[test]
fn no_send_through_loopback_is_slept_through() {
    holds(models(SLEEPS).map(with_backlog), loopback_finds_a_sleeper);
}

#[test]
fn no_word_of_control_is_slept_through() {
    holds(models(SLEEPS), a_nudge_finds_a_sleeper);
}

#[test]
fn a_try_of_the_hooks_leaves_a_sleeper_armed() {
    holds(models(SLEEPS), a_try_finds_a_sleeper);
}

/// The smallest story there is, in every schedule with up to three preemptions.
#[test]
fn no_packet_is_slept_through_in_any_schedule() {
    for model in models(SLEEPS).map(small) {
        let run = move || Machine::run(model.clone(), a_packet_finds_a_sleeper);
        assert!(explore_all(3, run) > 1_000);
    }
}

#[test]
fn a_sleep_without_a_look_is_found() {
    let twin = Twin::SleepsWithoutLook;
    fails(twin, &["deadlock"], armed(SLEEPS), packets_find_a_sleeper);
}

#[test]
fn a_look_apart_from_the_arming_is_found() {
    let twin = Twin::ArmsInTwoSteps;
    fails(twin, &["deadlock"], armed(SLEEPS), packets_find_a_sleeper);
}

#[test]
fn a_flag_left_set_in_a_sleep_is_found() {
    let twin = Twin::SleepKeepsFlag;
    fails(twin, &["deadlock"], armed(SLEEPS), packets_find_a_sleeper);
    let model = with_backlog(masked(SLEEPS));
    fails(twin, &["deadlock"], model, loopback_finds_a_sleeper);
}

#[test]
fn a_nudge_seen_too_early_is_found() {
    let twin = Twin::NudgeSeenTooEarly;
    fails(twin, &["deadlock"], armed(SLEEPS), a_nudge_finds_a_sleeper);
}

#[test]
fn a_nudge_that_wakes_nobody_is_found() {
    let twin = Twin::NudgeWakesNobody;
    fails(twin, &["deadlock"], armed(SLEEPS), a_nudge_finds_a_sleeper);
}

#[test]
fn a_try_that_disarms_is_found() {
    let twin = Twin::TryDisarms;
    fails(twin, &["deadlock"], armed(SLEEPS), a_try_finds_a_sleeper);
}

/// A driver that is called while it polls is polled once more.
#[test]
fn a_call_during_a_poll_is_not_missed() {
    holds(models(SLEEPS), |machine| {
        machine.start();
        let caller = machine.beside(|m| (0..2).for_each(|_| m.spurious_interrupt(0)));
        machine.packet(0);
        machine.packet(0);
        machine.wait_received(2);
        caller.join().expect("no panic");
        machine.stop();
    });
}

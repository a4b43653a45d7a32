// SPDX-License-Identifier: GPL-2.0
//! A core that is left to softirq while its poller sleeps: nothing is lost, whether softirq gets
//! through or not, and nobody serves it beside another.

use std::sync::Arc;

use kbp_engine::{Away, Policy};
use kbp_models::{explore_all, Machine, Model, Twin};

use crate::{armed, escapes, fails, holds, holds_always, models, small, SLEEPS};

fn left_to_softirq(model: Model) -> Model {
    Model {
        policy: Policy {
            away: Away::Softirq,
            ..model.policy
        },
        ..model
    }
}

fn in_trouble(model: Model) -> Model {
    Model {
        trouble: true,
        ..model
    }
}

fn sentries() -> impl Iterator<Item = Model> + Clone {
    let all = models(SLEEPS).map(left_to_softirq);
    all.clone().chain(all.map(in_trouble))
}

/// Packets come whoever serves.
fn packets_are_served(machine: &Arc<Machine>) {
    machine.start();
    let wire = machine.beside(|m| (0..3).for_each(|_| m.packet(0)));
    machine.wait_received(3);
    wire.join().expect("no panic");
    machine.stop();
}

/// The same with one packet.
fn a_packet_is_served(machine: &Arc<Machine>) {
    machine.start();
    machine.packet(0);
    machine.wait_received(1);
    machine.stop();
}

/// What a task of the core sends through the backlog, beside a device.
fn loopback_is_served(machine: &Arc<Machine>) {
    machine.start();
    let task = machine.beside(|m| (0..2).for_each(|_| m.send_through_loopback()));
    machine.packet(0);
    machine.wait_received(3);
    task.join().expect("no panic");
    machine.stop();
}

/// Control comes at any time.
fn a_stop_ends_it(machine: &Arc<Machine>) {
    machine.start();
    let wire = machine.beside(|m| m.packet(0));
    machine.stop();
    wire.join().expect("no panic");
}

#[test]
fn no_packet_is_lost_between_softirq_and_poller() {
    holds(sentries(), packets_are_served);
}

#[test]
fn nor_in_any_schedule() {
    for model in sentries().map(small) {
        let run = move || Machine::run(model.clone(), a_packet_is_served);
        assert!(explore_all(3, run) > 1_000);
    }
}

#[test]
fn nor_what_comes_through_the_backlog() {
    let with_backlog = |model| Model {
        backlog: true,
        ..model
    };
    holds(sentries().map(with_backlog), loopback_is_served);
    holds(sentries().map(escapes), loopback_is_served);
}

#[test]
fn it_can_be_ended_at_any_time() {
    holds_always(sentries(), a_stop_ends_it);
}

#[test]
fn work_that_nobody_watches_is_found() {
    let twin = Twin::SentryLeavesUnwatched;
    let model = in_trouble(left_to_softirq(armed(SLEEPS)));
    fails(twin, &["deadlock"], model, packets_are_served);
}

#[test]
fn a_call_that_is_not_noticed_is_found() {
    let twin = Twin::SentryLooksNot;
    let model = in_trouble(left_to_softirq(armed(SLEEPS)));
    fails(twin, &["deadlock"], model, packets_are_served);
}

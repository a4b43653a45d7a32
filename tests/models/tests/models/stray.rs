// SPDX-License-Identifier: GPL-2.0
//! A schedule of the claimed backlog that gets lost: the queue is emptied before its IPI comes, and
//! another core writes the state beside that.

use std::sync::Arc;

use kbp_engine::IdlePolicy::Spin;
use kbp_models::{Machine, Twin};

use crate::{armed, escapes, fails, holds, models, SLEEPS};

/// A device goes away while two cores send, and the core is disabled at any moment of it.
fn a_device_goes_away(machine: &Arc<Machine>) {
    let send = || machine.beside(|m| (0..2).for_each(|_| m.packet_from_other_core()));
    machine.start();
    machine.wait_owned();
    let senders = [send(), send()];
    machine.flush_backlog();
    machine.stop();
    for sender in senders {
        sender.join().expect("no panic");
    }
}

/// Nothing gets lost, and one schedule follows the other, from before the core is disabled until
/// after that.
fn another_core_goes_on_sending(machine: &Arc<Machine>) {
    machine.start();
    machine.wait_owned();
    let sender = machine.beside(|m| (0..4).for_each(|_| m.packet_from_other_core()));
    machine.stop();
    sender.join().expect("no panic");
    machine.wait_received(4);
}

#[test]
fn a_lost_schedule_ends_with_disable() {
    holds(models(SLEEPS).map(escapes), a_device_goes_away);
    holds(models(Spin).map(escapes), a_device_goes_away);
}

#[test]
fn schedules_that_are_not_lost_are_left_alone() {
    holds(models(SLEEPS).map(escapes), another_core_goes_on_sending);
    holds(models(Spin).map(escapes), another_core_goes_on_sending);
}

#[test]
fn a_lost_schedule_that_stays_lost_is_found() {
    let twin = Twin::StrayLeftBehind;
    let model = escapes(armed(Spin));
    fails(twin, &["lost schedule"], model, a_device_goes_away);
}

#[test]
fn a_backlog_that_will_be_put_on_the_list_is_not_put_there_twice() {
    let twin = Twin::StrayCalledTwice;
    let model = escapes(armed(Spin));
    fails(twin, &["one owner"], model, a_device_goes_away);
}

#[test]
fn a_new_schedule_is_not_taken_for_the_lost_one() {
    let twin = Twin::StrayUnmarked;
    let model = escapes(armed(Spin));
    fails(twin, &["one owner"], model, another_core_goes_on_sending);
}

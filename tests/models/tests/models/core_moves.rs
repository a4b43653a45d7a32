// SPDX-License-Identifier: GPL-2.0
//! The host changes under the poller: cores go offline, the system sleeps.

use std::sync::Arc;

use kbp_engine::IdlePolicy::Spin;
use kbp_models::{Machine, Twin};

use crate::{armed, fails, holds, models, SLEEPS};

/// The core goes offline, and is served again when it is back.
fn offline_and_back(machine: &Arc<Machine>) {
    machine.start();
    let wire = machine.beside(|m| (0..3).for_each(|_| m.packet(0)));
    machine.stop();
    machine.offline();
    machine.start();
    wire.join().expect("no panic");
    machine.wait_received(3);
    machine.stop();
}

/// The system sleeps, and comes back.
fn suspended_and_back(machine: &Arc<Machine>) {
    machine.start();
    machine.wait_owned();
    let wire = machine.beside(|m| (0..2).for_each(|_| m.packet(0)));
    machine.suspend(true);
    machine.wait_yields(1);
    wire.join().expect("no panic");
    machine.wait_received(2);
    machine.suspend(false);
    machine.wait_owned();
    machine.packet(0);
    machine.wait_received(3);
    machine.stop();
}

#[test]
fn a_core_may_go_offline_at_any_moment() {
    holds(models(SLEEPS), offline_and_back);
    holds(models(Spin), offline_and_back);
}

#[test]
fn the_system_may_sleep_at_any_moment() {
    holds(models(SLEEPS), suspended_and_back);
    holds(models(Spin), suspended_and_back);
}

#[test]
fn a_core_that_takes_its_packets_along_is_found() {
    let twin = Twin::ShutWithoutRaise;
    let messages = &["lost schedule", "deadlock"];
    fails(twin, messages, armed(SLEEPS), offline_and_back);
}

// SPDX-License-Identifier: GPL-2.0
//! A reported delay is never shorter than the true one.

use std::sync::Arc;

use kbp_engine::IdlePolicy::Spin;
use kbp_models::{Machine, Twin};

use crate::{armed, fails, holds, models, SLEEPS};

/// Packets, and raises that mean nothing and must not count as calls.
fn packets_and_other_raises(machine: &Arc<Machine>) {
    machine.start();
    machine.wait_owned();
    let other = machine.beside(|m| (0..3).for_each(|_| m.raise_for_nothing()));
    (0..3).for_each(|_| machine.packet(0));
    other.join().expect("no panic");
    machine.wait_received(3);
    machine.stop();
}

#[test]
fn no_delay_is_reported_too_short() {
    holds(models(SLEEPS), packets_and_other_raises);
    holds(models(Spin), packets_and_other_raises);
}

#[test]
fn a_raise_timed_for_a_poller_that_is_awake_is_found() {
    let twin = Twin::CalledWhileAwake;
    fails(twin, &["delay"], armed(Spin), packets_and_other_raises);
}

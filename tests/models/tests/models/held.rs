// SPDX-License-Identifier: GPL-2.0
//! Held NAPIs: let go in every case, and before their devices go down.

use std::sync::Arc;

use kbp_engine::{IdlePolicy, IrqMode};
use kbp_models::{Machine, Model, Twin};

use crate::{fails, holds, masked, models, policy, SLEEPS};

/// Somebody takes the device down while the poller holds its NAPI; another NAPI goes on.
fn a_device_goes_down(machine: &Arc<Machine>) {
    machine.start();
    machine.packet(0);
    let down = machine.beside(|m| m.disable(0));
    machine.packet(1);
    down.join().expect("no panic");
    machine.packet(1);
    machine.wait_received(2);
    machine.stop();
}

fn two_napis(model: Model) -> Model {
    Model { napis: 2, ..model }
}

/// The clock stands still, so that no hold is ever over by itself.
fn timeless(model: Model) -> Model {
    Model {
        poll_cost_ns: 0,
        relax_ns: 0,
        ..two_napis(model)
    }
}

#[test]
fn a_device_can_be_taken_down_at_any_moment() {
    let spinning = models(IdlePolicy::Spin).map(timeless);
    holds(spinning, a_device_goes_down);
    holds(models(SLEEPS).map(two_napis), a_device_goes_down);
}

#[test]
fn a_hold_of_what_is_to_be_disabled_is_found() {
    let twin = Twin::HoldsDisabled;
    let model = timeless(masked(IdlePolicy::Spin));
    fails(twin, &["max_steps"], model, a_device_goes_down);
}

/// The operator changes the interrupt mode while packets come.
#[test]
fn a_policy_can_change_at_any_moment() {
    let changes = models(SLEEPS).chain(models(IdlePolicy::Spin));
    holds(changes, |machine| {
        machine.start();
        let wire = machine.beside(|m| (0..4).for_each(|_| m.packet(0)));
        for irq in [IrqMode::Armed, IrqMode::Masked, IrqMode::Armed] {
            machine.follow(policy(irq, SLEEPS));
        }
        wire.join().expect("no panic");
        machine.wait_received(4);
        machine.stop();
    });
}

/// A hold that is over again and again, as the clock runs.
#[test]
fn a_hold_that_is_over_loses_nothing() {
    let model = Model {
        relax_ns: 60_000_000,
        ..two_napis(masked(IdlePolicy::Spin))
    };
    holds([model], |machine| {
        machine.start();
        for index in 0..6 {
            machine.packet(index as usize % 2);
            machine.wait_received(index + 1);
        }
        machine.stop();
    });
}

/// Its interrupt is made to go to another core while packets come without end.
fn an_interrupt_moves(machine: &Arc<Machine>) {
    machine.start();
    machine.packet(0);
    machine.wait_received(1);
    machine.moves_away(0);
    machine.packet(0);
    machine.wait_followed(0);
    machine.stop();
}

#[test]
fn a_held_napi_follows_its_interrupt_at_once() {
    holds([timeless(masked(IdlePolicy::Spin))], an_interrupt_moves);
}

#[test]
fn a_hold_of_what_wants_to_leave_is_found() {
    for twin in [Twin::HoldsTheLeaving, Twin::KeepsMissed] {
        let model = timeless(masked(IdlePolicy::Spin));
        fails(twin, &["max_steps"], model, an_interrupt_moves);
    }
}

// SPDX-License-Identifier: GPL-2.0
//! Rescues, and which of them are undone.

use kbp_engine::{CoreState, End, IdlePolicy, IrqMode};

use crate::world::{policy, Event, World};

const MS: u64 = 1_000_000;

/// A poller that is rescued at these looks and comes round that long afterwards.
fn rescued(looks: &'static [u64], away_ns: u64) -> (World, End) {
    let world = World::with(policy(IrqMode::Masked, IdlePolicy::Spin));
    let napi = world.schedule(1);
    let end = world.run_scripted(move |look, world| {
        if looks.contains(&look) {
            world.happen(Event::Rescue);
            world.arrive(napi, 7);
            world.spend(away_ns);
        }
        world.stop.set(look == 1_000);
    });
    (world, end)
}

#[test]
fn a_poller_that_comes_round_at_once_takes_the_core_back() {
    let (world, end) = rescued(&[5], MS);
    assert_eq!(end, End::Stopped);
    assert_eq!(world.rescues_undone.get(), 1);
    let states = world.states();
    let yielded = states.iter().position(|state| *state == CoreState::Yielded);
    let after = yielded.map(|at| states[at + 1]);
    assert_eq!(after, Some(CoreState::Polling), "{states:?}");
    assert_eq!(world.served_by_softirq.get(), 1, "what came meanwhile");
}

#[test]
fn a_poller_that_was_kept_away_leaves_the_core_to_softirq() {
    let (world, end) = rescued(&[5], 101 * MS);
    assert_eq!(end, End::Rescued);
    assert_eq!(world.rescues_undone.get(), 0);
    assert_eq!(world.states().last(), Some(&CoreState::Yielded));
}

#[test]
fn a_second_rescue_in_ten_seconds_is_for_good() {
    let (world, end) = rescued(&[5, 50], MS);
    assert_eq!(end, End::Rescued);
    assert_eq!(world.rescues_undone.get(), 1);
}

#[test]
fn a_rescue_long_after_the_last_is_undone_again() {
    let world = World::with(policy(IrqMode::Armed, IdlePolicy::Spin));
    world.schedule(1);
    let end = world.run_scripted(|look, world| {
        if look == 5 || look == 50 {
            world.happen(Event::Rescue);
        }
        if look == 20 {
            world.spend(10_000 * MS);
        }
        world.stop.set(look == 1_000);
    });
    assert_eq!(end, End::Stopped);
    assert_eq!(world.rescues_undone.get(), 2);
}

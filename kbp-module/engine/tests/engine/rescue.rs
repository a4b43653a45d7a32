// SPDX-License-Identifier: GPL-2.0
//! Rescues, and when a core is taken again.

use kbp_engine::{CoreState, IdlePolicy, IrqMode, Policy, Retry, YieldReason};

use crate::world::{policy, Event, World};

const MS: u64 = 1_000_000;
const SECOND: u64 = 1_000 * MS;

/// A poller of `policy` that is rescued at these looks, each time it has the core, and comes round
/// that long afterwards.
fn rescued(policy: Policy, looks: &'static [u64], away_ns: u64) -> World {
    let world = World::with(policy);
    let napi = world.schedule(1);
    world.run_scripted(move |look, world| {
        if looks.contains(&look) {
            world.happen(Event::Rescue);
            world.arrive(napi, 7);
            world.spend(away_ns);
        }
        world.stop.set(look >= 1_000);
    });
    world
}

fn masked() -> Policy {
    policy(IrqMode::Masked, IdlePolicy::Spin)
}

fn never() -> Policy {
    Policy {
        retry: Retry { first_ns: 0 },
        ..masked()
    }
}

/// A poller that is kept away for 0.2 s each time it has had the core for so long, until the
/// `stop_ns`th.
fn kept_away(has_ns: u64, stop_ns: u64) -> Vec<u64> {
    let world = World::default();
    world.relax_ns.set(MS);
    world.run_scripted(move |_, world| {
        let taken_ns = world.states.borrow().last().map_or(0, |(at_ns, ..)| *at_ns);
        if world.owned.get() && world.now_ns.get() - taken_ns >= has_ns {
            world.happen(Event::Rescue);
            world.spend(200 * MS);
        }
        world.stop.set(world.now_ns.get() >= stop_ns);
    });
    let retries = world.retries_ns.borrow();
    retries.iter().map(|ns| ns / SECOND).collect()
}

#[test]
fn a_poller_that_comes_round_at_once_takes_the_core_back_at_once() {
    for policy in [masked(), never()] {
        let world = rescued(policy, &[5], MS);
        let states = world.states();
        let yielded = states.iter().position(|state| *state == CoreState::Yielded);
        let after = yielded.map(|at| states[at + 1]);
        assert_eq!(after, Some(CoreState::Polling), "{states:?}");
        assert_eq!(world.served_by_softirq.get(), 1, "what came meanwhile");
        let retries = world.retries_ns.borrow();
        assert!(retries.len() == 1 && retries[0] < 2 * MS, "{retries:?}");
    }
}

#[test]
fn a_poller_that_was_kept_away_waits_for_a_second() {
    let world = rescued(masked(), &[5], 101 * MS);
    let retries = world.retries_ns.borrow();
    assert_eq!(retries.len(), 1);
    assert!((SECOND..SECOND + MS).contains(&retries[0]), "{retries:?}");
    let states = world.states.borrow();
    let yielded = states
        .iter()
        .position(|(_, state, _)| *state == CoreState::Yielded);
    let at = yielded.expect("yielded");
    assert_eq!(states[at].2, YieldReason::Rescue);
    assert_eq!(states[at + 1].1, CoreState::Polling);
}

#[test]
fn a_cause_that_lasts_longer_than_the_wait_ends_with_it() {
    let world = rescued(masked(), &[5], 7 * SECOND);
    let retries = world.retries_ns.borrow();
    assert_eq!(retries.len(), 1);
    assert!(
        (7 * SECOND..7 * SECOND + MS).contains(&retries[0]),
        "{retries:?}"
    );
}

#[test]
fn a_second_rescue_in_ten_seconds_is_believed() {
    let world = rescued(masked(), &[5, 50], MS);
    let retries = world.retries_ns.borrow();
    assert_eq!(retries.len(), 2);
    assert!(retries[0] < 2 * MS && retries[1] >= SECOND, "{retries:?}");
}

#[test]
fn a_rescue_long_after_the_last_is_undone_at_once_again() {
    let world = World::with(policy(IrqMode::Armed, IdlePolicy::Spin));
    world.schedule(1);
    world.run_scripted(|look, world| {
        if look == 5 || look == 50 {
            world.happen(Event::Rescue);
        }
        if look == 20 {
            world.spend(10 * SECOND);
        }
        world.stop.set(look >= 1_000);
    });
    let retries = world.retries_ns.borrow();
    assert!(
        retries.len() == 2 && retries.iter().all(|ns| *ns < MS),
        "{retries:?}"
    );
}

#[test]
fn each_wait_is_twice_the_one_before_up_to_a_minute() {
    let waits = kept_away(50 * MS, 250 * SECOND);
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
}

#[test]
fn who_has_served_for_a_minute_begins_with_the_first_wait_again() {
    let waits = kept_away(61 * SECOND, 250 * SECOND);
    assert_eq!(waits, [1, 1, 1, 1]);
}

#[test]
fn never_is_never_until_the_operator_says_otherwise() {
    let world = rescued(never(), &[5], 101 * MS);
    assert!(world.retries_ns.borrow().is_empty());
    assert_eq!(world.retry_ns.get(), None);

    let world = World::with(never());
    world.at(MS, Event::Rescue);
    world.at(2 * SECOND, Event::Follow(masked()));
    world.at(3 * SECOND, Event::Stop);
    world.run_scripted(|look, world| {
        // The first look after the rescue.
        if world.rescued_ns.get().is_some() && world.now_ns.get() < 200 * MS {
            world.spend(200 * MS);
        }
        assert!(look < 1_000_000);
    });
    let retries = world.retries_ns.borrow();
    assert!(
        retries.len() == 1 && retries[0] >= 2 * SECOND - MS,
        "{retries:?}"
    );
}

#[test]
fn what_comes_while_the_poller_waits_is_softirqs() {
    let world = World::with(masked());
    let napi = world.schedule(1);
    world.at(MS, Event::Rescue);
    world.packet_every_ms(napi, 300..600);
    world.at(700 * MS, Event::Stop);
    world.run_scripted(|_, world| {
        if world.rescued_ns.get().is_some() && world.now_ns.get() < 200 * MS {
            world.spend(200 * MS);
        }
    });
    assert_eq!(world.served_by_softirq.get(), 300);
    assert_eq!(world.retry_ns.get(), Some(1_001 * MS));
}

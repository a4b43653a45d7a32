// SPDX-License-Identifier: GPL-2.0
//! When a poller leaves its core to softirq for a while, and when it is back.

use crate::world::{policy, Event, World};
use kbp_engine::{CoreState, IdlePolicy, IrqMode, YieldReason};

const MS: u64 = 1_000_000;
const S: u64 = 1_000 * MS;

/// What the poller did, from the first yield on, without windows and sleeps.
fn story(world: &World) -> Vec<(CoreState, YieldReason)> {
    let states = world.states.borrow();
    let begin = states.iter().position(|(_, s, _)| *s == CoreState::Yielded);
    states[begin.expect("yielded")..]
        .iter()
        .filter(|(_, state, _)| *state != CoreState::Sleeping)
        .map(|(_, state, reason)| (*state, *reason))
        .fold(Vec::new(), |mut story, step| {
            // Back from a sleep is nothing new.
            if step != POLLING || story.last() != Some(&POLLING) {
                story.push(step);
            }
            story
        })
}

/// When it yielded for `reason` first.
fn yielded_at(world: &World, reason: YieldReason) -> u64 {
    let states = world.states.borrow();
    let found = states.iter().find(|(_, _, r)| *r == reason);
    found.expect("yielded").0
}

const POLLING: (CoreState, YieldReason) = (CoreState::Polling, YieldReason::None);
const DRAINING: (CoreState, YieldReason) = (CoreState::Draining, YieldReason::None);

fn yielded(reason: YieldReason) -> (CoreState, YieldReason) {
    (CoreState::Yielded, reason)
}

fn masked() -> World {
    let world = World::with(policy(IrqMode::Masked, IdlePolicy::Spin));
    world.relax_ns.set(20_000);
    world.schedule(1);
    world
}

#[test]
fn a_pending_patch_gives_the_core_away_first_and_gets_it_back() {
    let world = masked();
    world.at(MS, Event::Patch).at(2 * S, Event::Stop);
    world.run();
    // It joins only when the transition has not moved it by itself.
    assert_eq!(world.joins.get(), 1);
    let reason = YieldReason::PatchPending;
    assert_eq!(story(&world), [yielded(reason), POLLING, DRAINING]);
}

#[test]
fn a_transition_that_moves_the_poller_by_itself_is_not_joined() {
    let world = masked();
    world.at(MS, Event::Patch).at(9 * MS, Event::PatchOver);
    world.at(S, Event::Stop);
    world.run();
    assert_eq!(world.joins.get(), 0);
}

#[test]
fn a_stop_during_a_pending_patch_ends_without_taking_the_core_again() {
    let world = masked();
    world.at(MS, Event::Patch).at(3 * MS, Event::Stop);
    world.run();
    let reason = YieldReason::PatchPending;
    assert_eq!(story(&world), [yielded(reason), DRAINING]);
}

#[test]
fn a_suspend_yields_at_once_and_ends_at_once() {
    let world = masked();
    world.at(MS, Event::Suspend(true));
    world.at(S, Event::Suspend(false)).at(2 * S, Event::Stop);
    world.run();
    let reason = YieldReason::Suspend;
    assert_eq!(story(&world), [yielded(reason), POLLING, DRAINING]);
    assert!(yielded_at(&world, reason) < 2 * MS);
    let back_ns = world.states.borrow().iter().rev().nth(1).expect("back").0;
    assert!((S..S + MS).contains(&back_ns), "{back_ns}");
}

#[test]
fn hooks_that_go_are_missed_within_a_second_and_served_when_back() {
    for idle in [IdlePolicy::Spin, IdlePolicy::Adaptive { spin_ns: 10_000 }] {
        let world = World::with(policy(IrqMode::Masked, idle));
        world.relax_ns.set(20_000);
        let napi = world.schedule(1);
        world.at(3 * S, Event::Hooks(false));
        world.at(5 * S, Event::Arrive(napi, 1));
        world.at(6 * S, Event::Hooks(true)).at(8 * S, Event::Stop);
        world.run();
        let reason = YieldReason::HooksGone;
        assert_eq!(story(&world), [yielded(reason), POLLING, DRAINING]);
        let at_ns = yielded_at(&world, reason);
        assert!((3 * S..4 * S).contains(&at_ns), "{at_ns}");
        let back_ns = story_end(&world);
        assert!((6 * S..7 * S).contains(&back_ns), "{back_ns}");
        assert_eq!(world.served_by_softirq.get(), 1);
    }
}

/// When the core was taken last.
fn story_end(world: &World) -> u64 {
    let states = world.states.borrow();
    let yielded = states
        .iter()
        .rposition(|(_, s, _)| *s == CoreState::Yielded);
    states[yielded.expect("yielded") + 1].0
}

#[test]
fn without_hooks_the_core_is_never_taken() {
    let world = World::default();
    world.hooks.set(false);
    world.at(S, Event::Stop);
    world.run();
    assert!(!world.states().contains(&CoreState::Polling));
}

#[test]
fn a_reason_that_becomes_another_is_told() {
    let world = masked();
    world.at(MS, Event::Suspend(true)).at(2 * MS, Event::Patch);
    world
        .at(3 * MS, Event::Suspend(false))
        .at(4 * MS, Event::Hooks(false));
    world
        .at(10 * MS, Event::PatchOver)
        .at(S, Event::Hooks(true));
    world.at(2 * S, Event::Stop);
    world.run();
    assert_eq!(
        story(&world),
        [
            yielded(YieldReason::Suspend),
            yielded(YieldReason::PatchPending),
            yielded(YieldReason::HooksGone),
            POLLING,
            DRAINING
        ]
    );
}

#[test]
fn a_transition_after_a_long_suspend_has_its_time_to_move_the_poller() {
    let world = masked();
    world.at(MS, Event::Suspend(true)).at(3 * S, Event::Patch);
    world.at(4 * S, Event::Suspend(false));
    world.at(4 * S + 10 * MS, Event::PatchOver);
    world.at(5 * S, Event::Stop);
    world.run();
    assert_eq!(world.joins.get(), 0);
}

/// A transition may end at any moment, also between two looks at it; what it has done to the
/// hooks is seen before the core is taken (the world asserts it).
#[test]
fn whatever_ends_a_yield_the_hooks_are_tried_before_the_core_is_taken() {
    for over_ns in 2 * MS..2 * MS + 3_000 {
        let world = World::default();
        world.at(MS, Event::Patch);
        world
            .at(over_ns, Event::Hooks(false))
            .at(over_ns, Event::PatchOver);
        world.at(10 * MS, Event::Stop);
        world.run();
        let taken = world
            .states()
            .iter()
            .filter(|s| **s == CoreState::Polling)
            .count();
        assert_eq!(
            taken, 1,
            "taken without hooks, transition over at {over_ns}"
        );
    }
}

#[test]
fn hooks_that_went_while_the_system_slept_are_missed_before_the_core_is_taken() {
    let world = World::default();
    world.relax_ns.set(20_000);
    world
        .at(MS, Event::Suspend(true))
        .at(2 * MS, Event::Hooks(false));
    world.at(S, Event::Suspend(false)).at(2 * S, Event::Stop);
    world.run();
    assert_eq!(
        story(&world),
        [
            yielded(YieldReason::Suspend),
            yielded(YieldReason::HooksGone),
            DRAINING
        ]
    );
}

// SPDX-License-Identifier: GPL-2.0
//! The poller in a scripted world: what it serves, what it leaves, when it ends.

use crate::world::{policy, Event, World};
use kbp_engine::{CoreState, IdlePolicy, IrqMode, YieldReason};

#[test]
fn every_scheduled_napi_is_polled_or_left_to_softirq() {
    let world = World::default();
    world.run_scripted(|look, world| {
        if look < 100 {
            world.schedule(1);
        }
        world.stop.set(look == 100);
    });
    assert_eq!(world.polled.get() + world.served_by_softirq.get(), 100);
    assert!(world.list.borrow().is_empty());
}

#[test]
fn what_is_on_the_list_at_the_end_goes_to_softirq() {
    let world = World::default();
    world.run_scripted(|look, world| {
        if look == 1 {
            world.schedule(1);
            world.stop.set(true);
        }
    });
    assert_eq!(world.polled.get(), 0);
    assert_eq!(world.served_by_softirq.get(), 1);
}

#[test]
fn a_poller_stopped_before_it_began_never_takes_the_core() {
    let world = World::default();
    world.stop.set(true);
    world.run();
    assert_eq!(world.states(), [CoreState::Draining]);
}

#[test]
fn held_napis_are_armed_again_once_the_poller_has_ended() {
    let world = World::with(policy(IrqMode::Masked, IdlePolicy::Spin));
    world.schedule_all(5, 3);
    world.run_scripted(|look, world| {
        if look == 10 {
            assert!(world.napis.borrow().iter().all(|napi| napi.held));
            world.stop.set(true);
        }
    });
}

#[test]
fn a_core_lost_from_outside_is_noticed_and_nothing_is_polled_any_more() {
    for irq in [IrqMode::Armed, IrqMode::Masked] {
        let world = World::with(policy(irq, IdlePolicy::Spin));
        let napi = world.schedule(1);
        // The world asserts that no cycle polls that began without the core.
        world.run_scripted(move |look, world| {
            if look == 5 {
                world.happen(Event::Shut);
                world.arrive(napi, 7);
            }
            // One look to tell a rescue from a stop, and one after the first nap.
            world.stop.set(look >= 7);
        });
        assert_eq!(world.polled.get(), 1);
        let states = world.states.borrow();
        let (_, state, reason) = states[states.len() - 2];
        assert_eq!((state, reason), (CoreState::Yielded, YieldReason::Rescue));
    }
}

#[test]
fn a_core_lost_because_of_a_stop_was_stopped() {
    let world = World::default();
    world.run_scripted(|look, world| {
        if look == 5 {
            world.happen(Event::Shut);
        }
        // Control has asked before, but only the next look sees it.
        world.stop.set(look >= 6);
    });
    assert!(!world.states().contains(&CoreState::Yielded));
}

#[test]
fn a_core_lost_while_the_poller_sleeps_is_noticed() {
    let idle = IdlePolicy::Adaptive { spin_ns: 1_000 };
    let world = World::with(policy(IrqMode::Masked, idle));
    let napi = world.schedule(1);
    world.at(50_000, Event::Shut);
    world.at(60_000, Event::Arrive(napi, 1));
    world.at(900_000_000, Event::Stop);
    world.run();
    assert!(world.states().contains(&CoreState::Yielded));
    assert_eq!(world.served_by_softirq.get(), 1);
}

#[test]
fn a_policy_changed_at_run_time_holds_from_the_next_round_on() {
    let masked = policy(IrqMode::Masked, IdlePolicy::Spin);
    let world = World::default();
    world.schedule(1);
    world.run_scripted(move |look, world| {
        match look {
            3 => {
                world.schedule(1);
                world.happen(Event::Follow(masked));
            }
            7 => world.happen(Event::Follow(policy(IrqMode::Armed, IdlePolicy::Spin))),
            8 => {
                world.assert_released();
                world.stop.set(true);
            }
            _ => {}
        };
    });
    let followed = world.followed.borrow();
    let cycles: Vec<usize> = followed.iter().map(|(cycles, _)| *cycles).collect();
    assert_eq!(cycles, [0, 3, 7]);
    assert_eq!(followed[1].1, masked);
    let holds: Vec<bool> = world.reports.borrow().iter().map(|r| r.holds).collect();
    assert_eq!(holds, [false, false, false, true, true, true, true, false]);
    assert_eq!(world.releases.get(), 1);
}

#[test]
fn a_scheduler_that_wants_the_core_gets_it_before_the_next_cycle() {
    let world = World::default();
    world.run_scripted(|look, world| {
        if look == 2 {
            world.happen(Event::Reschedule);
        }
        if look == 3 {
            assert!(!world.must_reschedule.get());
            world.stop.set(true);
        }
    });
}

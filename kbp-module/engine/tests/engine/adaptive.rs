// SPDX-License-Identifier: GPL-2.0
//! Adaptive sleeps of a poller: when, how long, and what ends them.

use kbp_engine::{IdlePolicy, IdleSpin, IrqMode, Woken};

use crate::world::{policy, Event, World};

const US: u64 = 1_000;
const MS: u64 = 1_000 * US;
const SPIN_NS: u64 = 100 * US;

fn adaptive(irq: IrqMode) -> World {
    let world = World::with(policy(irq, IdlePolicy::Adaptive { spin_ns: SPIN_NS }));
    world.schedule(1);
    world
}

#[test]
fn it_sleeps_only_after_the_spin_time_without_work() {
    for irq in [IrqMode::Armed, IrqMode::Masked] {
        let world = adaptive(irq);
        // Longer than what is left in the end.
        world.relax_ns.set(40 * US);
        world.at(MS, Event::Stop);
        world.run();
        let sleep = world.sleeps.borrow()[0];
        let begin_ns = sleep.end_ns - sleep.ns;
        assert!(begin_ns >= SPIN_NS, "{begin_ns}");
        assert!(begin_ns < SPIN_NS + 10 * US, "{begin_ns}");
    }
}

#[test]
fn packets_within_the_spin_time_keep_it_awake() {
    let world = adaptive(IrqMode::Armed);
    (1..100).for_each(|i| {
        world.at(i * SPIN_NS * 9 / 10, Event::Arrive(0, 1));
    });
    world.at(9 * MS, Event::Stop);
    world.run();
    assert_eq!(world.sleeps.borrow().len(), 0);
}

#[test]
fn a_packet_ends_the_sleep_at_once() {
    for irq in [IrqMode::Armed, IrqMode::Masked] {
        let world = adaptive(irq);
        world
            .at(2 * MS, Event::Arrive(0, 1))
            .at(3 * MS, Event::Stop);
        world.run();
        let sleep = world.sleeps.borrow()[0];
        assert_eq!(sleep.woken, Woken::ByWork);
        assert!((2 * MS..2 * MS + US).contains(&sleep.end_ns));
        assert_eq!(world.polled.get(), 2);
    }
}

#[test]
fn sleeps_that_packets_end_too_soon_lengthen_the_spin_and_others_shorten_it() {
    let world = adaptive(IrqMode::Armed);
    // Two long sleeps, then packets that come 10 us after it has fallen asleep.
    world.at(5 * MS, Event::Arrive(0, 1));
    world.at(10 * MS, Event::Arrive(0, 1));
    world.at(10 * MS + SPIN_NS / 4 + 10 * US, Event::Arrive(0, 1));
    world.at(10 * MS + SPIN_NS + 20 * US, Event::Arrive(0, 1));
    world.at(20 * MS, Event::Stop);
    world.run();
    let spins: Vec<u64> = world.sleeps.borrow().iter().map(|s| s.spin_ns).collect();
    assert_eq!(spins[..4], [SPIN_NS / 2, SPIN_NS / 4, SPIN_NS / 2, SPIN_NS]);
}

#[test]
fn no_sleep_is_longer_than_promised() {
    let world = adaptive(IrqMode::Masked);
    world.at(5_000 * MS, Event::Stop);
    world.run();
    let sleeps = world.sleeps.borrow();
    // In whole ticks.
    assert!(sleeps
        .iter()
        .all(|s| s.ns < IdleSpin::LONGEST_SLEEP_NS + 4 * MS));
    assert!(sleeps.len() >= 9);
}

#[test]
fn control_ends_a_sleep_at_once() {
    for event in [Event::Stop, Event::Suspend(true)] {
        let world = adaptive(IrqMode::Masked);
        world.at(2 * MS, event).at(3 * MS, Event::Stop);
        world.run();
        let sleep = world.sleeps.borrow()[0];
        assert_eq!(sleep.woken, Woken::ByTimer);
        assert!(sleep.end_ns < 2 * MS + US);
    }
}

#[test]
fn a_new_spin_time_is_followed() {
    let world = adaptive(IrqMode::Armed);
    let slower = policy(IrqMode::Armed, IdlePolicy::Adaptive { spin_ns: MS });
    world.at(50 * US, Event::Follow(slower));
    world.at(5 * MS, Event::Stop);
    world.run();
    let sleep = world.sleeps.borrow()[0];
    assert!((MS..MS + 10 * US).contains(&(sleep.end_ns - sleep.ns)));
}

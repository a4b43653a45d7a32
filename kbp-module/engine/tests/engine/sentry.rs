// SPDX-License-Identifier: GPL-2.0
//! Softirq serves while the poller is away, and the poller comes when that does not get through.

use kbp_engine::{Away, IdlePolicy, IrqMode, Policy, Woken};

use crate::world::{policy, Event, World};

const US: u64 = 1_000;
const MS: u64 = 1_000 * US;
const SPIN_NS: u64 = 100 * US;

fn by_softirq(irq: IrqMode, idle: IdlePolicy) -> World {
    let world = World::with(Policy {
        away: Away::Softirq,
        ..policy(irq, idle)
    });
    world.schedule(1);
    world
}

fn reserve(irq: IrqMode) -> World {
    by_softirq(irq, IdlePolicy::Adaptive { spin_ns: SPIN_NS })
}

#[test]
fn softirq_serves_a_sleeper_who_sleeps_on() {
    for irq in [IrqMode::Armed, IrqMode::Masked] {
        let world = reserve(irq);
        for ms in 2..50 {
            world.at(ms * MS, Event::Arrive(0, 1));
        }
        world.at(60 * MS, Event::Stop);
        world.run();
        assert_eq!(world.served_by_softirq.get(), 48);
        assert_eq!(world.polled.get(), 1, "the first, while it was awake");
        assert_eq!(world.sleeps.borrow().len(), 1);
    }
}

#[test]
fn it_is_called_when_softirq_does_not_get_through() {
    for irq in [IrqMode::Armed, IrqMode::Masked] {
        let world = reserve(irq);
        world.at(2 * MS, Event::Trouble(true));
        world.at(3 * MS, Event::Arrive(0, 3));
        world.at(4 * MS, Event::Trouble(false));
        world.at(5 * MS, Event::Arrive(0, 1));
        world.at(9 * MS, Event::Stop);
        world.run();
        let sleep = world.sleeps.borrow()[0];
        assert_eq!(sleep.woken, Woken::ByWork);
        assert!((3 * MS..3 * MS + US).contains(&sleep.end_ns));
        assert_eq!(world.polled.get(), 4);
        assert_eq!(
            world.served_by_softirq.get(),
            1,
            "when the trouble was over"
        );
    }
}

#[test]
fn what_is_too_much_for_a_turn_is_softirqs_again() {
    for irq in [IrqMode::Armed, IrqMode::Masked] {
        let world = reserve(irq);
        world.others_waiting.set(true);
        world.poll_cost_ns.set(90 * US);
        world.at(2 * MS, Event::Trouble(true));
        world.at(3 * MS, Event::Arrive(0, 500));
        world.at(3 * MS, Event::Trouble(false));
        world.at(9 * MS, Event::Stop);
        world.run();
        // The first of all, one round, and masked one more that lets go.
        assert!((2..=3).contains(&world.polled.get()));
        assert_eq!(world.served_by_softirq.get(), 1);
        assert!(world.now_ns.get() < 10 * MS);
    }
}

#[test]
fn each_turn_beside_a_task_that_spins_is_one_round() {
    let world = reserve(IrqMode::Armed);
    world.others_waiting.set(true);
    world.poll_cost_ns.set(90 * US);
    for turn in 1..100 {
        world.at(5 * turn * MS, Event::Trouble(true));
        world.at(5 * turn * MS, Event::Arrive(0, 500));
        world.at(5 * turn * MS, Event::Trouble(false));
    }
    world.at(500 * MS, Event::Stop);
    world.run();
    assert_eq!(world.served_by_softirq.get(), 99);
    let rounds = world.reports.borrow().len();
    assert!(rounds <= 200, "{rounds} rounds in 99 turns");
}

#[test]
fn what_a_waiting_task_can_use_is_left_at_once() {
    let world = by_softirq(IrqMode::Armed, IdlePolicy::Adaptive { spin_ns: 9 * MS });
    world.others_waiting.set(true);
    for ms in 1..20 {
        world.at(ms * MS, Event::Trouble(true));
        world.at(ms * MS, Event::Arrive(0, 1));
        world.at(ms * MS, Event::Trouble(false));
    }
    world.at(20 * MS, Event::Stop);
    world.run();
    assert_eq!(world.polled.get(), 20);
    assert!(world.slept_ns.get() > 19 * MS, "{}", world.slept_ns.get());
}

#[test]
fn windows_of_a_spinning_poller_end_by_their_time() {
    let world = by_softirq(IrqMode::Armed, IdlePolicy::Spin);
    world.others_waiting.set(true);
    for ms in 1..200 {
        world.at(ms * MS, Event::Arrive(0, 1));
    }
    world.at(200 * MS, Event::Stop);
    world.run();
    let served = world.served_by_softirq.get();
    assert_eq!(served + world.polled.get(), 200);
    assert!(served > 0, "none came in a window");
    let windows = world.windows.borrow();
    assert!(windows.iter().all(|window| window.woken == Woken::ByTimer));
}

#[test]
fn a_core_that_is_shut_meanwhile_is_given() {
    let world = reserve(IrqMode::Armed);
    world.at(2 * MS, Event::Shut).at(2 * MS, Event::Stop);
    world.run();
    assert_eq!(
        world.states().last(),
        Some(&kbp_engine::CoreState::Draining)
    );
}

#[test]
fn a_suspend_finds_it_asleep() {
    let world = reserve(IrqMode::Masked);
    world.at(2 * MS, Event::Suspend(true));
    world.at(4 * MS, Event::Suspend(false));
    world.at(9 * MS, Event::Stop);
    world.run();
    let states = world.states();
    assert!(
        states.contains(&kbp_engine::CoreState::Yielded),
        "{states:?}"
    );
}

// SPDX-License-Identifier: GPL-2.0
//! Housekeeping windows as a poller takes them, and its quiescent states.

use kbp_engine::{Budget, Housekeeping, IdlePolicy, IrqMode, Policy, Windows, Woken};

use crate::world::{policy, Away, Event, World};

const S: u64 = 1_000_000_000;

/// Runs for `ns` of the world's time under endless packets; how much of it the poller slept.
fn slept_under_overload(policy: Policy, others: bool, poll_cost_ns: u64, ns: u64) -> World {
    let world = World::with(policy);
    world.poll_cost_ns.set(poll_cost_ns);
    world.schedule(u32::MAX);
    world.at(0, Event::Others(others)).at(ns, Event::Stop);
    world.run();
    world
}

/// The fair server of Linux 6.12 and later takes 50 ms of a second in one piece unless the
/// waiting task has had as much before.
const FAIR_SERVER_PER_SECOND_NS: u64 = 50_000_000;

#[test]
fn packets_without_end_leave_a_waiting_task_more_than_the_fair_servers_share() {
    for irq in [IrqMode::Armed, IrqMode::Masked] {
        for poll_cost_ns in [10_000, 100_000, 900_000, 2_000_000, 3_600_000] {
            let policy = policy(irq, IdlePolicy::Spin);
            let world = slept_under_overload(policy, true, poll_cost_ns, 4 * S);
            let slept_ns = world.slept_ns.get();
            // A little more: what wakes the poller late is not in this world.
            assert!(
                slept_ns >= 4 * FAIR_SERVER_PER_SECOND_NS * 3 / 2,
                "{slept_ns} ns in 4 s, polls of {poll_cost_ns} ns"
            );
        }
    }
}

#[test]
fn a_firm_window_is_over_soon_after_nobody_waits_any_more() {
    let windows = |ns: u64, event: Event| {
        let world = World::with(Policy::default());
        world.poll_cost_ns.set(20_000_000);
        world.schedule(u32::MAX);
        world.at(0, Event::Others(true));
        world.at(ns, event).at(2 * S, Event::Stop);
        world.run();
        world.windows.take()
    };
    let piece_ns = Windows::default().length_ns * Housekeeping::LONGEST_FIRM;
    let long = windows(2 * S, Event::Others(false))
        .into_iter()
        .find(|w| w.ns > 4 * piece_ns);
    let long = long.expect("a long window after long polls");
    let begin_ns = long.end_ns - long.ns;
    let same = windows(begin_ns + piece_ns / 2, Event::Others(false));
    let begins_there = |w: &Away| w.end_ns - w.ns == begin_ns;
    let ns = same.into_iter().find(begins_there).expect("it").ns;
    assert!(ns <= piece_ns + 100, "{ns} ns, {} before", long.ns);
    // Nor does control wait for the end of it.
    let stopped = windows(begin_ns + piece_ns / 2, Event::Stop);
    let ns = stopped.into_iter().find(begins_there).expect("it").ns;
    assert!(ns <= piece_ns / 2 + 100, "{ns} ns, {} before", long.ns);
}

#[test]
fn packets_without_end_are_not_held_up_for_nobody() {
    let world = slept_under_overload(Policy::default(), false, 100_000, 4 * S);
    assert_eq!(world.slept_ns.get(), 0);
}

#[test]
fn an_idle_poller_gives_a_waiting_task_its_share() {
    for idle in [IdlePolicy::Spin, IdlePolicy::Adaptive { spin_ns: 50_000 }] {
        let world = World::with(policy(IrqMode::Armed, idle));
        world.at(0, Event::Others(true)).at(4 * S, Event::Stop);
        world.run();
        assert!(world.slept_ns.get() >= 4 * FAIR_SERVER_PER_SECOND_NS);
    }
}

#[test]
fn the_operators_measures_bound_every_firm_window() {
    for (length_ns, spacing_ns) in [(20_000, 100_000), (50_000, 500_000), (300_000, 3_000_000)] {
        let policy = Policy {
            windows: Windows {
                length_ns,
                spacing_ns,
                ..Windows::default()
            },
            ..Policy::default()
        };
        let world = slept_under_overload(policy, true, 50_000, S);
        let windows = world.windows.borrow();
        // A polite window that finds packets is over as it begins.
        let firm: Vec<_> = windows
            .iter()
            .filter(|w| w.woken == Woken::ByTimer)
            .collect();
        assert!(firm.len() > 10);
        // The stop ends the last one early.
        for window in &firm[..firm.len() - 1] {
            let longest_ns = length_ns * Housekeeping::LONGEST_FIRM;
            // The world's clock costs a little to read.
            assert!(
                (length_ns..longest_ns + 100).contains(&window.ns),
                "{}",
                window.ns
            );
        }
        // Until then the task has its grace.
        let late = windows.iter().position(|w| w.woken == Woken::ByTimer);
        let windows = &windows[late.expect("firm")..];
        for (before, window) in windows.iter().zip(&windows[1..]) {
            assert!(window.end_ns - window.ns - before.end_ns >= spacing_ns - 100);
        }
    }
}

#[test]
fn new_measures_are_followed_at_once() {
    let world = World::default();
    world.poll_cost_ns.set(50_000);
    world.schedule(u32::MAX);
    let slow = Policy {
        windows: Windows {
            length_ns: 50_000,
            spacing_ns: 40_000_000,
            ..Windows::default()
        },
        ..Policy::default()
    };
    world.at(0, Event::Others(true));
    world.at(S / 2, Event::Follow(slow)).at(S, Event::Stop);
    world.run();
    let windows = world.windows.borrow();
    let late = windows.iter().filter(|w| w.end_ns > S / 2 + 1_000_000);
    assert!(late.count() <= 13);
    assert!(windows.len() > 100);
}

#[test]
fn a_packet_ends_a_polite_window_but_no_firm_one() {
    let world = World::default();
    let napi = world.schedule(1);
    world.at(0, Event::Others(true));
    world.packet_every_ms(napi, 1..500);
    world.at(S, Event::Stop);
    world.run();
    let woken = |w: &&crate::world::Away| w.woken == Woken::ByWork;
    assert!(world.windows.borrow().iter().filter(woken).count() > 20);
}

#[test]
fn the_program_that_reads_the_packets_keeps_up_beside_a_spinning_poller() {
    for (irq, cost_ns) in [(IrqMode::Armed, 600_000), (IrqMode::Masked, 300_000)] {
        let world = World::with(policy(irq, IdlePolicy::Spin));
        world.reader_cost_ns.set(cost_ns);
        let napi = world.schedule(1);
        world.packet_every_ms(napi, 1..4_000);
        world.at(4 * S, Event::Stop);
        world.run();
        // It is never two packets behind.
        let most_ns = world.reader_wanted_most_ns.get();
        assert!(most_ns <= 2 * cost_ns, "{most_ns} ns behind");
    }
}

/// What RT throttling lets a real-time task have of a second.
const RATION_PER_SECOND_NS: u64 = 950_000_000;

/// Runs for 4 s where real-time tasks are rationed.
fn rationed(world: &World) {
    world.rationed.set(true);
    world.at(4 * S, Event::Stop);
    world.run();
}

#[test]
fn a_ration_is_kept_without_leaving_the_core() {
    for irq in [IrqMode::Armed, IrqMode::Masked] {
        for polls in [0, u32::MAX] {
            let world = World::with(policy(irq, IdlePolicy::Spin));
            world.poll_cost_ns.set(100_000);
            world.schedule(polls);
            rationed(&world);
            assert_eq!(world.slept_ns.get(), 0);
            assert!(world.ordinary_ns.get() >= 4 * (S - RATION_PER_SECOND_NS));
            assert_quiescent(&world, 100_000);
        }
    }
}

#[test]
fn a_ration_is_kept_by_windows_while_a_task_waits() {
    let world = World::default();
    world.poll_cost_ns.set(100_000);
    world.schedule(u32::MAX);
    world.at(0, Event::Others(true));
    rationed(&world);
    assert_eq!(world.ordinary_ns.get(), 0);
    assert!(world.slept_ns.get() >= 4 * (S - RATION_PER_SECOND_NS));
}

#[test]
fn an_ordinary_poller_is_one_no_longer_once_a_task_waits() {
    let world = World::default();
    let napi = world.schedule(1);
    // Until then it has owed enough once.
    world.packet_every_ms(napi, 1..100);
    for ms in 0..4_000 {
        world.at(ms * 1_000_000, Event::Others(ms % 2 == 1));
    }
    rationed(&world);
    // It asks after each cycle, and an idle cycle takes a microsecond.
    assert!(world.longest_ordinary_beside_task_ns.get() <= 10_000);
}

#[test]
fn a_poller_that_gives_its_core_back_is_as_control_wants_it() {
    let world = World::default();
    for ms in 0..1_000 {
        let event = if ms % 10 == 0 {
            Event::Patch
        } else {
            Event::PatchOver
        };
        world.at(ms * 1_000_000, event);
    }
    rationed(&world);
    assert!(world.ordinary_ns.get() > 0);
}

/// A host that runs others in the place of a virtual CPU pays none of the tasks that wait in it.
#[test]
fn time_that_the_host_took_is_owed_still() {
    let slept_ns = |preempted| {
        let world = World::default();
        world.preempted.set(preempted);
        world.poll_cost_ns.set(50_000);
        world.schedule(u32::MAX);
        world.at(0, Event::Others(true)).at(2 * S, Event::Stop);
        world.run_scripted(|_, world| world.now_ns.set(world.now_ns.get() + 2_000_000));
        world.slept_ns.get()
    };
    assert!(slept_ns(false) >= 2 * FAIR_SERVER_PER_SECOND_NS);
    assert_eq!(slept_ns(true), 0);
}

/// The longest time in which neither RCU nor livepatch saw the poller, against what is promised.
fn assert_quiescent(world: &World, poll_cost_ns: u64) {
    let promised_ns = Housekeeping::QUIESCENT_NS + 3 * (Budget::DEFAULT.time_ns + poll_cost_ns);
    let longest_ns = world.longest_unquiet_ns.get();
    assert!(longest_ns <= promised_ns, "{longest_ns} ns");
}

#[test]
fn quiescent_states_are_never_further_apart_than_promised() {
    for irq in [IrqMode::Armed, IrqMode::Masked] {
        for idle in [
            IdlePolicy::Spin,
            IdlePolicy::Adaptive { spin_ns: 3_000_000 },
        ] {
            for poll_cost_ns in [1_000, 300_000, 1_900_000] {
                for others in [false, true] {
                    let policy = policy(irq, idle);
                    let world = slept_under_overload(policy, others, poll_cost_ns, S / 4);
                    assert_quiescent(&world, poll_cost_ns);
                }
            }
            let world = World::with(policy(irq, idle));
            world.schedule(1);
            world.at(S / 4, Event::Stop);
            world.run();
            assert_quiescent(&world, 0);
        }
    }
}

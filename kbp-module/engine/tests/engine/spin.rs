// SPDX-License-Identifier: GPL-2.0
//! Spins between two cycles: when, and for how long.

use kbp_engine::{IdlePolicy, IrqMode};

use crate::world::{policy, Event, World};

const US: u64 = 1_000;
const MS: u64 = 1_000 * US;

/// A spinning poller gets a packet each millisecond, in a world with these costs.
fn nine_packets(costs: impl Fn(&World)) -> World {
    let world = World::with(policy(IrqMode::Armed, IdlePolicy::Spin));
    costs(&world);
    let napi = world.add_napi(true);
    world.packet_every_ms(napi, 1..10);
    world.at(20 * MS, Event::Stop);
    world.run();
    world
}

#[test]
fn a_spin_ends_in_time_for_the_duties_of_a_cycle() {
    for irq in [IrqMode::Armed, IrqMode::Masked] {
        let world = World::with(policy(irq, IdlePolicy::Spin));
        world.relax_ns.set(MS);
        world.at(100 * MS, Event::Stop);
        world.run();
        assert_eq!(world.longest_spin_ns.get(), 50 * US);
        let blind_ns = world.longest_blind_ns.get();
        assert!(blind_ns < 13 * US, "{blind_ns} ns without a look");
    }
}

#[test]
fn a_spin_ends_when_the_next_check_for_tasks_is_due() {
    let mut spin = policy(IrqMode::Armed, IdlePolicy::Spin);
    spin.windows.spacing_ns = 100 * US;
    let world = World::with(spin);
    world.relax_ns.set(MS);
    world.at(60 * US, Event::Others(true));
    world.at(10 * MS, Event::Stop);
    world.run();
    let first = world.windows.borrow()[0];
    let begin_ns = first.end_ns - first.ns;
    assert!((100 * US..102 * US).contains(&begin_ns), "{begin_ns}");
}

#[test]
fn after_work_the_next_cycle_comes_at_once() {
    let world = nine_packets(|world| world.poll_cost_ns.set(10 * US));
    let reports = world.reports.borrow();
    let pairs = reports.iter().zip(reports.iter().skip(1));
    let after_work = pairs.filter(|(before, _)| before.worked);
    let gaps: Vec<u64> = after_work
        .map(|(before, next)| next.start_ns - before.end_ns)
        .collect();
    assert_eq!(gaps.len(), 9);
    assert!(gaps.iter().all(|ns| *ns < US), "{gaps:?}");
}

#[test]
fn a_packet_that_ends_a_spin_came_after_the_last_look_but_one() {
    let world = nine_packets(|world| world.relax_ns.set(40 * US));
    assert_eq!(world.polled.get(), 9);
    assert!(world.least_excess_ns.get() >= 0);
    let longest_ns = world.longest_excess_ns.get();
    assert!(longest_ns <= 11 * US as i64, "{longest_ns} ns too much");
}

// SPDX-License-Identifier: GPL-2.0
//! Single cycles: what they take, when they end, what they tell.

use crate::world::{policy, Event, World};
use kbp_engine::{Budget, IdlePolicy, IrqMode};

fn masked() -> World {
    World::with(policy(IrqMode::Masked, IdlePolicy::Spin))
}

#[test]
fn a_pending_net_rx_softirq_is_taken_over() {
    let world = World::default();
    world.net_rx_pending.set(true);
    let report = world.run_one_cycle();
    assert_eq!((report.absorbed, report.worked), (1, false));
}

#[test]
fn a_cycle_ends_at_its_packet_budget_and_keeps_the_rest() {
    let world = World::default();
    world.schedule_all(100, 1_000_000);
    let report = world.run_one_cycle();
    assert!(report.squeezed());
    assert!(report.packets < Budget::DEFAULT.packets + 64);
    assert_eq!(world.served_by_softirq.get(), 100);
}

#[test]
fn the_kernels_budget_is_asked_for_in_every_cycle() {
    let world = World::default();
    world.schedule_all(4, 1_000_000);
    world.run_scripted(|look, world| {
        let packets = [300, 1, 0, -1, 128, 1_000];
        match packets.get(look as usize) {
            Some(packets) => world.budget.set(Budget::of_kernel(*packets, 8_000)),
            None => world.stop.set(true),
        }
    });
    let polls = world
        .reports
        .borrow()
        .iter()
        .map(|r| r.polls)
        .collect::<Vec<_>>();
    // Each poll takes 64 packets, and no cycle polls a NAPI twice.
    assert_eq!(polls, [4, 1, 1, 1, 2, 4]);
    let squeezed = world
        .reports
        .borrow()
        .iter()
        .map(|r| r.squeezed())
        .collect::<Vec<_>>();
    assert_eq!(squeezed, [false, true, true, true, true, false]);
}

#[test]
fn whatever_the_budget_every_napi_has_its_turn() {
    let world = World::default();
    world.budget.set(Budget::of_kernel(1, 8_000));
    world.schedule_all(3, 1_000);
    world.run_scripted(|look, world| world.stop.set(look == 30));
    let left = world
        .napis
        .borrow()
        .iter()
        .map(|napi| napi.wants)
        .collect::<Vec<_>>();
    assert_eq!(left.iter().max(), left.iter().min(), "{left:?}");
}

#[test]
fn the_kernels_time_ends_a_cycle_where_it_is_shorter_than_ours() {
    let time_ns = |time_us| Budget::of_kernel(300, time_us).time_ns;
    assert_eq!([0, 500, 2_000].map(time_ns), [0, 500_000, 2_000_000]);
    assert_eq!([8_000, u32::MAX].map(time_ns), [Budget::LONGEST_NS; 2]);
    let world = World::default();
    world.budget.set(Budget::of_kernel(300, 500));
    world.poll_cost_ns.set(200_000);
    world.schedule_all(100, 1);
    assert_eq!(world.run_one_cycle().polls, 3);
}

#[test]
fn a_cycle_ends_at_its_time_budget() {
    let world = World::default();
    world.poll_cost_ns.set(500_000);
    world.schedule_all(100, 1);
    let report = world.run_one_cycle();
    assert!(report.squeezed());
    assert_eq!(report.polls, 4);
    assert_eq!(world.served_by_softirq.get(), 96);
}

#[test]
fn a_cycle_whose_budget_ends_with_its_last_napi_was_not_squeezed() {
    let world = World::default();
    world.poll_cost_ns.set(Budget::DEFAULT.time_ns);
    world.schedule(1);
    assert!(!world.run_one_cycle().squeezed());
    assert_eq!(world.squeezes.get(), 1);
}

#[test]
fn every_napi_is_polled_once_in_a_cycle() {
    let world = World::default();
    world.schedule_all(3, 2);
    let report = world.run_one_cycle();
    assert_eq!((report.polls, report.squeezed()), (3, false));
    assert_eq!(world.squeezes.get(), 0);
}

#[test]
fn a_clock_that_steps_back_during_a_cycle_is_harmless() {
    let world = World::default();
    world.now_ns.set(1_000_000);
    world.clock_steps_back_ns.set(500_000);
    world.schedule(1);
    let report = world.run_one_cycle();
    assert!(report.end_ns < report.start_ns);
    assert_eq!((report.polls, report.squeezed()), (1, false));
}

#[test]
fn an_armed_napi_is_not_held() {
    let world = World::default();
    world.schedule(1);
    let report = world.run_one_cycle();
    assert_eq!((report.polls, report.holds), (1, false));
}

#[test]
fn a_masked_napi_is_held_and_looked_at_without_a_call() {
    let world = masked();
    world.schedule(1);
    world.run_scripted(|look, world| world.stop.set(look == 3));
    let reports = world.reports.borrow();
    assert_eq!((reports[0].held_polls, reports[0].holds), (0, true));
    assert_eq!((reports[1].held_polls, reports[1].holds), (1, true));
    assert!(reports[0].worked && !reports[1].worked);
}

#[test]
fn a_packet_for_a_held_napi_is_work_and_needs_no_interrupt() {
    let world = masked();
    let napi = world.schedule(1);
    world.run_scripted(move |look, world| {
        if look == 1 {
            world.arrive(napi, 1);
            assert!(world.list.borrow().len() == 1, "scheduled twice");
        }
        world.stop.set(look == 2);
    });
    assert_eq!(world.reports.borrow()[1].held_polls, 1);
    assert!(world.reports.borrow()[1].worked);
    assert_eq!(world.polled.get(), 2);
}

#[test]
fn a_napi_that_may_not_be_held_is_armed_in_masked_mode_too() {
    let world = masked();
    let backlog = world.add_napi(false);
    world.arrive(backlog, 1);
    assert!(!world.run_one_cycle().holds);
}

#[test]
fn a_core_lost_in_the_middle_of_a_cycle_keeps_nothing() {
    let world = masked();
    world.poll_cost_ns.set(100_000);
    world.schedule_all(3, 1);
    world.at(150_000, Event::Shut).at(500_000, Event::Stop);
    world.run();
    assert_eq!(world.polled.get() + world.served_by_softirq.get(), 3);
}

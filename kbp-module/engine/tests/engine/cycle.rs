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
    assert!(report.squeezed);
    assert!(report.packets < Budget::KERNEL.packets + 64);
    assert_eq!(world.served_by_softirq.get(), 100);
}

#[test]
fn a_cycle_ends_at_its_time_budget() {
    let world = World::default();
    world.poll_cost_ns.set(500_000);
    world.schedule_all(100, 1);
    let report = world.run_one_cycle();
    assert!(report.squeezed);
    assert_eq!(report.polls, 4);
    assert_eq!(world.served_by_softirq.get(), 96);
}

#[test]
fn a_cycle_whose_budget_ends_with_its_last_napi_was_not_squeezed() {
    let world = World::default();
    world.poll_cost_ns.set(Budget::KERNEL.time_ns);
    world.schedule(1);
    assert!(!world.run_one_cycle().squeezed);
    assert_eq!(world.squeezes.get(), 1);
}

#[test]
fn every_napi_is_polled_once_in_a_cycle() {
    let world = World::default();
    world.schedule_all(3, 2);
    let report = world.run_one_cycle();
    assert_eq!((report.polls, report.squeezed), (3, false));
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
    assert_eq!((report.polls, report.squeezed), (1, false));
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
    world.at(150_000, Event::Shut);
    let end = world.run_scripted(|_, _| {});
    assert_eq!(end, kbp_engine::End::Rescued);
    assert_eq!(world.polled.get() + world.served_by_softirq.get(), 3);
}

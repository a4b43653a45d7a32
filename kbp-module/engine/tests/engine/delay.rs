// SPDX-License-Identifier: GPL-2.0
//! The reported delay of a NAPI against what it has truly waited.

use kbp_engine::{Budget, CycleReport, IdlePolicy, IrqMode};
use proptest::prelude::*;

use crate::world::{policy, Event, World};

const US: u64 = 1_000;
const MS: u64 = 1_000 * US;

#[test]
fn a_sleepers_delay_counts_from_the_call_that_woke_it() {
    let world = World::with(policy(IrqMode::Armed, IdlePolicy::Adaptive { spin_ns: 0 }));
    let napi = world.add_napi(true);
    world.packet_every_ms(napi, 1..10);
    world.at(20 * MS, Event::Stop);
    world.run();
    assert!(world.sleeps.borrow().len() >= 9);
    assert_eq!(world.polled.get(), 9);
    assert_eq!(world.least_excess_ns.get(), 0);
    assert_eq!(world.longest_excess_ns.get(), 0);
}

#[test]
fn a_window_counts_as_waiting() {
    let world = World::default();
    let napi = world.add_napi(true);
    world.poll_cost_ns.set(50 * US);
    world.at(US, Event::Arrive(napi, u32::MAX));
    world.at(US, Event::Others(true)).at(500 * MS, Event::Stop);
    world.run();
    assert!(world.slept_ns.get() > 0);
    assert!(
        world.least_excess_ns.get() >= 0,
        "{}",
        world.least_excess_ns.get()
    );
}

#[test]
fn rounds_that_are_always_cut_short_do_not_make_delays_grow() {
    let world = World::with(policy(IrqMode::Masked, IdlePolicy::Spin));
    world.budget.set(Budget::of_kernel(1, 8_000));
    world.poll_cost_ns.set(10 * US);
    for _ in 0..4 {
        let napi = world.add_napi(true);
        world.at(US, Event::Arrive(napi, u32::MAX));
    }
    world.at(300 * MS, Event::Stop);
    world.run();
    let squeezed = |report: &&CycleReport| report.worked && report.left == 3;
    assert!(world.reports.borrow().iter().filter(squeezed).count() > 20_000);
    assert!(world.least_excess_ns.get() >= 0);
    // Four polls are a round; a round and a half is what can be told too much.
    let longest_ns = world.longest_excess_ns.get();
    assert!(longest_ns < 100 * US as i64, "{longest_ns} ns too much");
    // They are let go of in time, and held again.
    assert!(
        (2..=3).contains(&world.releases.get()),
        "{}",
        world.releases.get()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Never less than the truth; without windows and sleeps at most one round more.
    #[test]
    fn the_reported_delay_is_the_true_one_and_at_most_a_round(
        packets in prop::collection::vec((0u64..300_000, 0usize..4, 1u32..8), 1..200),
        poll_cost_ns in 100u64..700_000,
        masked in any::<bool>(),
        raises in any::<bool>(),
    ) {
        let irq = if masked { IrqMode::Masked } else { IrqMode::Armed };
        let world = World::with(policy(irq, IdlePolicy::Spin));
        world.poll_cost_ns.set(poll_cost_ns);
        (0..4).for_each(|index| {
            world.add_napi(index < 3);
        });
        // From when on the poller has the core.
        let mut now_ns = US;
        for (gap_ns, napi, polls) in packets {
            now_ns += gap_ns;
            world.at(now_ns, Event::Arrive(napi, polls));
            if raises {
                world.at(now_ns + gap_ns / 2, Event::Raise);
                now_ns += gap_ns / 2;
            }
        }
        world.at(now_ns + 5 * MS, Event::Stop);
        world.run();
        prop_assert!(world.least_excess_ns.get() >= 0, "{} ns too little", world.least_excess_ns.get());
        prop_assert!(world.windows.borrow().is_empty() && world.sleeps.borrow().is_empty());
        let reports = world.reports.borrow();
        // A squeezed cycle is finished by the next ones; together they are one round.
        let mut longest_ns = 0;
        let mut round_ns = reports[0].start_ns;
        for pair in reports.windows(2) {
            longest_ns = longest_ns.max(pair[1].end_ns - round_ns);
            if !pair[0].squeezed() {
                round_ns = pair[0].start_ns;
            }
        }
        prop_assert!(
            world.longest_excess_ns.get() as u64 <= longest_ns,
            "{} ns too much, rounds of {longest_ns} ns", world.longest_excess_ns.get()
        );
    }

    /// With windows and sleeps it is never less either.
    #[test]
    fn no_window_or_sleep_hides_a_wait(
        packets in prop::collection::vec((0u64..9_000_000, 0usize..4, 1u32..8), 1..100),
        poll_cost_ns in 100u64..700_000,
        spin_ns in 0u64..1_000_000,
        masked in any::<bool>(),
        raises in any::<bool>(),
    ) {
        let irq = if masked { IrqMode::Masked } else { IrqMode::Armed };
        let world = World::with(policy(irq, IdlePolicy::Adaptive { spin_ns }));
        world.poll_cost_ns.set(poll_cost_ns);
        (0..4).for_each(|index| {
            world.add_napi(index < 3);
        });
        world.at(0, Event::Others(true));
        // From when on the poller has the core.
        let mut now_ns = US;
        for (gap_ns, napi, polls) in packets {
            now_ns += gap_ns;
            if raises {
                world.at(now_ns - gap_ns / 4, Event::Raise);
            }
            world.at(now_ns, Event::Arrive(napi, polls));
        }
        world.at(now_ns + 5 * MS, Event::Stop);
        world.run();
        prop_assert!(world.least_excess_ns.get() >= 0, "{} ns too little", world.least_excess_ns.get());
    }
}

// SPDX-License-Identifier: GPL-2.0
//! How long an adaptive poller spins, asked with arbitrary sleeps.

use kbp_engine::{IdleSpin, Woken};
use proptest::prelude::*;

const LONGEST_NS: u64 = 100_000;

#[test]
fn it_begins_with_the_longest_spin() {
    let idle = IdleSpin::new(LONGEST_NS);
    assert!(!idle.sleep_due(LONGEST_NS - 1));
    assert!(idle.sleep_due(LONGEST_NS));
}

#[test]
fn a_sleep_that_work_ended_too_soon_doubles_the_spin_up_to_the_longest() {
    let mut idle = IdleSpin::new(LONGEST_NS);
    for _ in 0..3 {
        idle.slept(LONGEST_NS, Woken::ByWork);
    }
    assert_eq!(idle.spin_ns(), LONGEST_NS / 8);
    for doubled in [4, 2, 1, 1] {
        idle.slept(LONGEST_NS - 1, Woken::ByWork);
        assert_eq!(idle.spin_ns(), LONGEST_NS / doubled);
    }
}

#[test]
fn a_long_sleep_halves_the_spin_down_to_its_least_part() {
    let mut idle = IdleSpin::new(LONGEST_NS);
    for halved in [2, 4, 8, 16, 16] {
        idle.slept(LONGEST_NS, Woken::ByWork);
        assert_eq!(idle.spin_ns(), LONGEST_NS / halved);
    }
}

#[test]
fn a_sleep_that_no_packet_ended_was_not_too_soon() {
    let mut idle = IdleSpin::new(LONGEST_NS);
    idle.slept(1, Woken::ByTimer);
    assert_eq!(idle.spin_ns(), LONGEST_NS / 2);
}

#[test]
fn a_spin_of_nothing_always_sleeps() {
    let idle = IdleSpin::new(0);
    assert!(idle.sleep_due(0));
}

proptest! {
    /// Whatever the sleeps, the spin stays between its bounds and moves by a factor of two.
    #[test]
    fn the_spin_stays_within_its_bounds(
        longest_ns in 0u64..=u64::MAX,
        sleeps in prop::collection::vec((any::<u64>(), any::<bool>()), 0..50),
    ) {
        let mut idle = IdleSpin::new(longest_ns);
        let least_ns = (longest_ns / IdleSpin::LEAST_PART).max(1);
        for (away_ns, by_work) in sleeps {
            let before_ns = idle.spin_ns();
            idle.slept(away_ns, if by_work { Woken::ByWork } else { Woken::ByTimer });
            let after_ns = idle.spin_ns();
            prop_assert!(after_ns >= least_ns && after_ns <= longest_ns.max(least_ns));
            prop_assert!(after_ns <= before_ns.saturating_mul(2).max(least_ns));
            prop_assert!(after_ns >= before_ns / 2);
        }
    }
}

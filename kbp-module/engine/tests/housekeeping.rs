// SPDX-License-Identifier: GPL-2.0
//! The schedule of windows, asked at arbitrary times.

use kbp_engine::engine::Housekeeping;
use proptest::prelude::*;

#[test]
fn no_window_before_the_spacing_is_over() {
    let schedule = Housekeeping::new(0);
    assert_eq!(
        schedule.window_due(Housekeeping::SPACING_NS - 1, || true),
        None
    );
    assert!(schedule
        .window_due(Housekeeping::SPACING_NS, || true)
        .is_some());
}

#[test]
fn looking_at_the_run_queue_is_saved_while_no_window_can_be_due() {
    let schedule = Housekeeping::new(0);
    let looked = std::cell::Cell::new(false);
    schedule.window_due(1, || {
        looked.set(true);
        true
    });
    assert!(!looked.get());
}

#[test]
fn nobody_waiting_still_brings_a_window_every_firm_interval() {
    let schedule = Housekeeping::new(0);
    assert_eq!(
        schedule.window_due(Housekeeping::FIRM_NS - 1, || false),
        None
    );
    let window = schedule
        .window_due(Housekeeping::FIRM_NS, || false)
        .expect("due");
    assert!(window.cut_by_work && window.firm);
}

#[test]
fn windows_that_packets_cut_are_made_up_for() {
    let mut schedule = Housekeeping::new(0);
    let mut now_ns = 0;
    loop {
        now_ns += Housekeeping::SPACING_NS;
        let window = schedule.window_due(now_ns, || true).expect("due");
        if !window.cut_by_work {
            break;
        }
        schedule.window_taken(now_ns, window, false);
        assert!(now_ns < Housekeeping::FIRM_NS, "cut for ever");
    }
    assert_eq!(now_ns, Housekeeping::FIRM_NS);
}

proptest! {
    /// Time lost to windows stays below length / spacing, however often they are asked for.
    #[test]
    fn windows_cost_a_bounded_share(steps in prop::collection::vec(1u64..20_000_000, 1..500)) {
        let mut schedule = Housekeeping::new(0);
        let (mut now_ns, mut lost_ns) = (0u64, 0u64);
        for step in steps {
            now_ns += step;
            if let Some(window) = schedule.window_due(now_ns, || true) {
                now_ns += window.length_ns;
                lost_ns += window.length_ns;
                schedule.window_taken(now_ns, window, true);
            }
        }
        let share = Housekeeping::LENGTH_NS as f64 / Housekeeping::SPACING_NS as f64;
        prop_assert!(lost_ns as f64 <= share * now_ns as f64 + 1.0);
    }

    /// A clock that jumps back (it cannot, but a model may) never panics or yields a window.
    #[test]
    fn a_clock_that_steps_back_is_harmless(start in any::<u64>(), now in any::<u64>()) {
        let mut schedule = Housekeeping::new(start);
        let due = schedule.window_due(now, || true).is_some();
        prop_assert_eq!(due, now.saturating_sub(start) >= Housekeeping::SPACING_NS);
        schedule.quiescent_due(now);
    }
}

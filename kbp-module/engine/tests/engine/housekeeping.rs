// SPDX-License-Identifier: GPL-2.0
//! The schedule of windows, asked at arbitrary times.

use kbp_engine::engine::{Housekeeping, Window, Windows};
use proptest::prelude::*;

const SPACING_NS: u64 = 500_000;

fn starting_at(now_ns: u64) -> Housekeeping {
    Housekeeping::new(now_ns, Windows::default())
}

/// Lets `ns` pass with a task waiting all the time; packets leave `gap_ns` for polite windows.
fn pass(schedule: &mut Housekeeping, now_ns: &mut u64, ns: u64, gap_ns: u64) -> Vec<Window> {
    let end_ns = *now_ns + ns;
    let mut windows = Vec::new();
    while *now_ns < end_ns {
        *now_ns += SPACING_NS;
        if let Some(window) = schedule.window_due(*now_ns, true, || true) {
            let slept_ns = match window {
                Window::Polite => gap_ns,
                Window::Firm(ns) => ns,
                Window::Visit => 0,
            };
            *now_ns += slept_ns;
            schedule.window_taken(*now_ns, slept_ns);
            windows.push(window);
        }
    }
    windows
}

#[test]
fn looking_at_the_run_queue_is_saved_within_the_spacing() {
    let mut schedule = starting_at(0);
    let looked = std::cell::Cell::new(0);
    for now_ns in [1, SPACING_NS - 1, SPACING_NS, SPACING_NS + 1] {
        schedule.window_due(now_ns, true, || {
            looked.set(looked.get() + 1);
            true
        });
    }
    assert_eq!(looked.get(), 1);
}

#[test]
fn nobody_waiting_brings_one_pass_through_the_scheduler_per_visit() {
    let mut schedule = starting_at(0);
    assert_eq!(
        schedule.window_due(Housekeeping::VISIT_NS - 1, false, || false),
        None
    );
    let window = schedule.window_due(Housekeeping::VISIT_NS + SPACING_NS, false, || false);
    assert_eq!(window, Some(Window::Visit));
}

#[test]
fn windows_that_packets_keep_from_happening_become_firm_and_polite_again_once_paid() {
    let (mut schedule, mut now_ns) = (starting_at(0), 0);
    let windows = pass(&mut schedule, &mut now_ns, 1_000_000_000, 0);
    let firm = windows.iter().position(|window| *window != Window::Polite);
    let firm = firm.expect("patience ends");
    let paid = windows[firm..]
        .iter()
        .position(|window| *window == Window::Polite);
    assert!(firm > 0 && paid.is_some());
}

#[test]
fn windows_that_fit_into_the_gaps_between_packets_never_become_firm() {
    let (mut schedule, mut now_ns) = (starting_at(0), 0);
    let windows = pass(&mut schedule, &mut now_ns, 4_000_000_000, 70_000);
    assert!(windows.iter().all(|window| *window == Window::Polite));
}

#[test]
fn a_window_waits_for_the_end_of_work_or_for_quiet() {
    let quiet_ns = Housekeeping::QUIET_NS;
    let mut schedule = starting_at(0);
    assert_eq!(schedule.window_due(quiet_ns - 1, false, || true), None);
    assert!(schedule.window_due(quiet_ns, false, || true).is_some());

    let mut schedule = starting_at(0);
    assert!(schedule.window_due(quiet_ns / 2, true, || true).is_some());
    assert_eq!(schedule.window_due(quiet_ns, false, || true), None);
}

#[test]
fn what_the_scheduler_took_is_not_owed_again() {
    let (mut schedule, mut now_ns) = (starting_at(0), 0);
    pass(&mut schedule, &mut now_ns, 100_000_000, 0);
    schedule.core_was_taken(50_000_000);
    assert_eq!(
        schedule.window_due(now_ns + SPACING_NS, true, || true),
        None
    );

    pass(&mut schedule, &mut now_ns, 100_000_000, 0);
    schedule.core_was_taken(Housekeeping::TAKEN_NS - 1);
    assert!(schedule
        .window_due(now_ns + SPACING_NS, true, || true)
        .is_some());
}

#[test]
fn a_debt_is_forgotten_when_nobody_waits_any_more() {
    let (mut schedule, mut now_ns) = (starting_at(0), 0);
    pass(&mut schedule, &mut now_ns, 250_000_000, 0);
    assert_eq!(
        schedule.window_due(now_ns + SPACING_NS, true, || false),
        None
    );
}

/// The lengths of the firm windows that overload brings with these measures, and their spacing.
fn firm_windows(windows: Windows) -> Vec<(u64, u64)> {
    let mut schedule = Housekeeping::new(0, windows);
    let (mut now_ns, mut ended_ns, mut seen) = (0, 0, Vec::new());
    while now_ns < 1_000_000_000 {
        now_ns += 10_000;
        match schedule.window_due(now_ns, true, || true) {
            Some(Window::Firm(ns)) => {
                seen.push((ns, now_ns - ended_ns));
                now_ns += ns;
                ended_ns = now_ns;
                schedule.window_taken(now_ns, ns);
            }
            Some(_) => schedule.window_taken(now_ns, 0),
            None => {}
        }
    }
    seen
}

#[test]
fn the_operators_measures_are_followed() {
    for (length_ns, spacing_ns) in [(20_000, 100_000), (50_000, 500_000), (200_000, 5_000_000)] {
        let windows = firm_windows(Windows {
            length_ns,
            spacing_ns,
        });
        assert!(!windows.is_empty(), "{length_ns} {spacing_ns}");
        for (ns, since_ns) in windows {
            assert!(ns >= length_ns && ns <= length_ns * Housekeeping::LONGEST_FIRM);
            assert!(since_ns >= spacing_ns);
        }
    }
}

#[test]
fn measures_changed_at_run_time_hold_from_the_next_look_on() {
    let mut schedule = starting_at(0);
    schedule.set_windows(Windows {
        length_ns: 50_000,
        spacing_ns: 10 * SPACING_NS,
    });
    assert_eq!(schedule.window_due(9 * SPACING_NS, true, || true), None);
    let window = schedule.window_due(10 * SPACING_NS, true, || true);
    assert_eq!(window, Some(Window::Polite));
}

proptest! {
    /// Firm windows bound both the time they take and what is left owing, whatever the cycles.
    #[test]
    fn firm_windows_pay_what_is_owed_and_not_much_more(
        steps in prop::collection::vec(1u64..2_000_000, 500..2_000),
    ) {
        let mut schedule = starting_at(0);
        let (mut now_ns, mut lost_ns) = (0u64, 0u64);
        for step in steps {
            now_ns += step;
            if let Some(window) = schedule.window_due(now_ns, true, || true) {
                let slept_ns = match window {
                    Window::Firm(ns) => ns,
                    Window::Polite | Window::Visit => 0,
                };
                now_ns += slept_ns;
                lost_ns += slept_ns;
                schedule.window_taken(now_ns, slept_ns);
            }
        }
        let owed_ns = now_ns / Housekeeping::SHARE;
        prop_assert!(lost_ns <= owed_ns);
        prop_assert!(lost_ns + Housekeeping::MOST_OWED_NS + now_ns / 100 >= owed_ns);
    }

    /// A clock that jumps back (it cannot, but a model may) never panics or yields a window.
    #[test]
    fn a_clock_that_steps_back_is_harmless(start in any::<u64>(), now in 0..u64::MAX / 2) {
        let mut schedule = starting_at(start);
        let due = schedule.window_due(now, true, || true).is_some();
        prop_assert!(!due || now > start);
        schedule.quiescent_due(now);
    }
}

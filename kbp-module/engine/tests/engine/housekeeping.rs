// SPDX-License-Identifier: GPL-2.0
//! The schedule of windows, asked at arbitrary times.

use kbp_engine::{Demand, Housekeeping, Window, Windows};
use proptest::prelude::*;

const SPACING_NS: u64 = 500_000;

fn task() -> Demand {
    Demand::Task
}

fn starting_at(now_ns: u64) -> Housekeeping {
    Housekeeping::new(now_ns, Windows::default())
}

/// A schedule with nothing owed, beside a task that has not blocked since long, and the time.
fn beside_a_spinning_task(windows: Windows) -> (Housekeeping, u64) {
    let (mut schedule, mut now_ns) = (Housekeeping::new(0, windows), 0);
    let mut graceful = true;
    while graceful {
        // Sooner than anything can be owed.
        now_ns += 1;
        graceful = schedule.window_due(now_ns, true, task).is_some();
        if graceful {
            now_ns += Housekeeping::LONGEST_POLITE_NS;
            schedule.window_taken(now_ns, Housekeeping::LONGEST_POLITE_NS, true);
        }
    }
    // What it has had beyond the debt.
    let credit_ns = Housekeeping::MOST_CREDIT_NS * windows.share_one_in;
    now_ns += credit_ns;
    assert_eq!(schedule.window_due(now_ns, true, task), None);
    (schedule, now_ns)
}

/// Lets `ns` pass with a task waiting all the time; packets leave `gap_ns` for polite windows.
fn pass(schedule: &mut Housekeeping, now_ns: &mut u64, ns: u64, gap_ns: u64) -> Vec<Window> {
    let end_ns = *now_ns + ns;
    let mut windows = Vec::new();
    while *now_ns < end_ns {
        *now_ns += SPACING_NS;
        if let Some(window) = schedule.window_due(*now_ns, true, task) {
            let slept_ns = match window {
                Window::Polite(_) => gap_ns,
                Window::Firm(ns) => ns,
                Window::Visit | Window::Ordinary(_) => 0,
            };
            *now_ns += slept_ns;
            schedule.window_taken(*now_ns, slept_ns, true);
            windows.push(window);
        }
    }
    windows
}

#[test]
fn looking_at_the_run_queue_is_saved_within_the_spacing() {
    let (mut schedule, begin_ns) = beside_a_spinning_task(Windows::default());
    let looked = std::cell::Cell::new(0);
    for since_ns in [1, SPACING_NS - 1, SPACING_NS, SPACING_NS + 1] {
        schedule.window_due(begin_ns + since_ns, true, || {
            looked.set(looked.get() + 1);
            Demand::Task
        });
    }
    assert_eq!(looked.get(), 1);
}

#[test]
fn nobody_waiting_brings_one_pass_through_the_scheduler_per_visit() {
    let mut schedule = starting_at(0);
    assert_eq!(
        schedule.window_due(Housekeeping::VISIT_NS - 1, false, || Demand::None),
        None
    );
    let window = schedule.window_due(Housekeeping::VISIT_NS + SPACING_NS, false, || Demand::None);
    assert_eq!(window, Some(Window::Visit));
}

#[test]
fn windows_that_packets_keep_from_happening_become_firm_and_polite_again_once_paid() {
    let (mut schedule, mut now_ns) = (starting_at(0), 0);
    let windows = pass(&mut schedule, &mut now_ns, 1_000_000_000, 0);
    let firm = windows
        .iter()
        .position(|window| matches!(window, Window::Firm(_)));
    let firm = firm.expect("patience ends");
    let paid = windows[firm..]
        .iter()
        .position(|window| matches!(window, Window::Polite(_)));
    assert!(firm > 0 && paid.is_some());
}

#[test]
fn windows_that_fit_into_the_gaps_between_packets_never_become_firm() {
    let (mut schedule, mut now_ns) = beside_a_spinning_task(Windows::default());
    let windows = pass(&mut schedule, &mut now_ns, 4_000_000_000, 70_000);
    // The first one is for who has lived on its credit for long.
    let polite = |window: &Window| matches!(window, Window::Polite(_));
    assert!(windows[1..].iter().all(polite));
}

#[test]
fn a_window_waits_for_the_end_of_work_or_for_quiet() {
    let quiet_ns = Housekeeping::QUIET_NS;
    let (mut schedule, begin_ns) = beside_a_spinning_task(Windows::default());
    let due = |schedule: &mut Housekeeping, since_ns, worked| {
        let window = schedule.window_due(begin_ns + since_ns, worked, task);
        window.is_some()
    };
    assert!(!due(&mut schedule, quiet_ns - 1, false));
    assert!(due(&mut schedule, quiet_ns, false));

    let (mut schedule, _) = beside_a_spinning_task(Windows::default());
    assert!(due(&mut schedule, quiet_ns / 2, true));
    assert!(!due(&mut schedule, quiet_ns, false));
}

#[test]
fn a_task_that_has_just_come_waits_for_nothing() {
    let first = Some(Window::Polite(Housekeeping::FIRST_GRACE_NS));
    let mut schedule = starting_at(0);
    assert_eq!(schedule.window_due(1, true, task), first);
    // Also when nobody knows how far the next packet is.
    let mut schedule = starting_at(0);
    assert_eq!(schedule.window_due(SPACING_NS - 1, false, task), None);
    assert_eq!(schedule.window_due(SPACING_NS, false, task), first);
}

#[test]
fn windows_of_grace_grow_while_somebody_waits_on() {
    let (mut schedule, mut now_ns, mut longest_ns) = (starting_at(0), 0, 0);
    for waits_on in [true, true, true, true, true, true, true, false] {
        now_ns += 1;
        let Some(Window::Polite(ns)) = schedule.window_due(now_ns, true, task) else {
            panic!("no window");
        };
        let wanted_ns = (2 * longest_ns).clamp(
            Housekeeping::FIRST_GRACE_NS,
            Housekeeping::LONGEST_POLITE_NS,
        );
        assert_eq!(ns, wanted_ns);
        longest_ns = ns;
        now_ns += ns;
        schedule.window_taken(now_ns, ns, waits_on);
    }
    let window = schedule.window_due(now_ns + 1, true, task);
    assert_eq!(window, Some(Window::Polite(Housekeeping::FIRST_GRACE_NS)));
}

#[test]
fn who_waits_on_is_not_kept_for_the_spacing() {
    let mut schedule = starting_at(0);
    schedule.window_due(1, true, task);
    schedule.window_taken(100_001, 100_000, true);
    assert!(schedule.window_due(100_002, false, task).is_some());
    schedule.window_taken(200_002, 100_000, false);
    assert_eq!(schedule.window_due(200_003, false, task), None);
}

/// Windows of `window_ns` right after work, until there is none any more.
fn windows_in_a_row(window_ns: u64, waits_after: impl Fn(u64) -> bool) -> u64 {
    let (mut schedule, mut now_ns) = (starting_at(0), 0);
    for taken in 0..1_000 {
        now_ns += 1;
        if schedule.window_due(now_ns, true, task).is_none() {
            return taken;
        }
        now_ns += window_ns;
        schedule.window_taken(now_ns, window_ns, waits_after(taken));
    }
    1_000
}

#[test]
fn a_task_that_never_blocks_gets_no_more_than_the_grace() {
    for window_ns in [0, 1_000_000, 2_000_000] {
        let windows = windows_in_a_row(window_ns + Housekeeping::SWITCH_NS, |_| true);
        let charged_ns = window_ns.max(Housekeeping::LEAST_GRACE_NS);
        assert_eq!(windows, Housekeeping::GRACE_NS / charged_ns);
    }
}

#[test]
fn a_task_that_blocks_now_and_then_gets_what_it_wants() {
    let windows = windows_in_a_row(1_000_000, |taken| taken % 40 != 39);
    assert_eq!(windows, 1_000);
}

#[test]
fn a_kernel_that_rations_is_paid_without_going_away() {
    let (mut schedule, mut now_ns, mut ordinary_ns) = (starting_at(0), 0, 0);
    while now_ns < 1_000_000_000 {
        now_ns += SPACING_NS;
        match schedule.window_due(now_ns, now_ns % 3 == 0, || Demand::Ration) {
            Some(Window::Ordinary(ns)) => {
                assert!((Housekeeping::ORDINARY_NS..=Housekeeping::MOST_OWED_NS).contains(&ns));
                ordinary_ns += ns;
                now_ns += ns;
                schedule.paid(now_ns, ns, false);
            }
            window => assert!(matches!(window, None | Some(Window::Visit)), "{window:?}"),
        }
    }
    // RT throttling stops who has run for 950 ms of a second.
    assert!(ordinary_ns >= 60_000_000, "{ordinary_ns} ns");
}

#[test]
fn what_the_scheduler_took_is_not_owed_again() {
    let (mut schedule, mut now_ns) = beside_a_spinning_task(Windows::default());
    pass(&mut schedule, &mut now_ns, 100_000_000, 0);
    schedule.core_was_taken(50_000_000);
    assert_eq!(schedule.window_due(now_ns + SPACING_NS, true, task), None);

    pass(&mut schedule, &mut now_ns, 100_000_000, 0);
    schedule.core_was_taken(Housekeeping::TAKEN_NS - 1);
    assert!(schedule
        .window_due(now_ns + SPACING_NS, true, task)
        .is_some());
}

#[test]
fn a_debt_is_forgotten_when_nobody_waits_any_more() {
    let (mut schedule, mut now_ns) = (starting_at(0), 0);
    pass(&mut schedule, &mut now_ns, 250_000_000, 0);
    assert_eq!(
        schedule.window_due(now_ns + SPACING_NS, true, || Demand::None),
        None
    );
}

/// The lengths of the firm windows that overload brings with these measures, and their spacing.
fn firm_windows(windows: Windows) -> Vec<(u64, u64)> {
    let (mut schedule, mut now_ns) = beside_a_spinning_task(windows);
    let (mut ended_ns, mut seen) = (0, Vec::new());
    let end_ns = now_ns + 1_000_000_000;
    while now_ns < end_ns {
        now_ns += 10_000;
        match schedule.window_due(now_ns, true, task) {
            Some(Window::Firm(ns)) => {
                seen.push((ns, now_ns - ended_ns));
                now_ns += ns;
                ended_ns = now_ns;
                schedule.window_taken(now_ns, ns, true);
            }
            Some(_) => schedule.window_taken(now_ns, 0, true),
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
            ..Windows::default()
        });
        assert!(!windows.is_empty(), "{length_ns} {spacing_ns}");
        for (ns, since_ns) in windows {
            assert!(ns >= length_ns && ns <= length_ns * Housekeeping::LONGEST_FIRM);
            assert!(since_ns >= spacing_ns);
        }
    }
}

/// A host that takes the core, or a driver's poll without end, for as long as anybody likes.
#[test]
fn the_longest_stall_makes_no_long_window() {
    for stall_ns in [100_000_000, 830_000_000, 5_000_000_000, u64::MAX / 4] {
        let (mut schedule, mut now_ns) = beside_a_spinning_task(Windows::default());
        now_ns += stall_ns;
        match schedule.window_due(now_ns, true, task) {
            Some(Window::Firm(ns)) => assert!(ns <= Housekeeping::LONGEST_FIRM_NS, "{ns}"),
            other => panic!("{other:?} after {stall_ns} ns"),
        }
    }
}

#[test]
fn measures_changed_at_run_time_hold_from_the_next_look_on() {
    let (mut schedule, begin_ns) = beside_a_spinning_task(Windows::default());
    schedule.set_windows(Windows {
        length_ns: 50_000,
        spacing_ns: 10 * SPACING_NS,
        ..Windows::default()
    });
    let mut due = |spacings| schedule.window_due(begin_ns + spacings * SPACING_NS, true, task);
    assert_eq!(due(9), None);
    assert!(due(10).is_some());
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
            if let Some(window) = schedule.window_due(now_ns, true, task) {
                let slept_ns = match window {
                    Window::Firm(ns) => ns,
                    Window::Polite(_) | Window::Visit | Window::Ordinary(_) => 0,
                };
                now_ns += slept_ns;
                lost_ns += slept_ns;
                schedule.window_taken(now_ns, slept_ns, true);
            }
        }
        let owed_ns = Windows::default().share_of(now_ns);
        prop_assert!(lost_ns <= owed_ns);
        prop_assert!(lost_ns + Housekeeping::MOST_OWED_NS + now_ns / 100 >= owed_ns);
    }

    /// The same for any share: what is paid is that part of the poller's own time, and the switches.
    #[test]
    fn a_task_gets_the_share_that_was_asked_for(
        share_one_in in 1u64..=12,
        steps in prop::collection::vec(1u64..2_000_000, 500..2_000),
    ) {
        let windows = Windows { share_one_in, ..Windows::default() };
        let mut schedule = Housekeeping::new(0, windows);
        let (mut now_ns, mut paid_ns, mut switches_ns) = (0u64, 0u64, 0u64);
        for step in steps {
            now_ns += step;
            if let Some(Window::Firm(ns)) = schedule.window_due(now_ns, true, task) {
                now_ns += ns;
                paid_ns += ns;
                switches_ns += Housekeeping::SWITCH_NS;
                schedule.window_taken(now_ns, ns, true);
            }
        }
        let owed_ns = windows.share_of(now_ns - paid_ns);
        prop_assert!(paid_ns <= owed_ns + switches_ns + Housekeeping::LONGEST_FIRM_NS);
        prop_assert!(paid_ns + Housekeeping::MOST_OWED_NS >= owed_ns);
    }

    /// A clock that jumps back (it cannot, but a model may) never panics or holds up a packet.
    #[test]
    fn a_clock_that_steps_back_is_harmless(start in any::<u64>(), now in 0..u64::MAX / 2) {
        let mut schedule = starting_at(start);
        let window = schedule.window_due(now, true, task);
        prop_assert!(!matches!(window, Some(Window::Firm(_))) || now > start);
        schedule.quiescent_due(now);
    }
}

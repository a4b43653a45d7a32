// SPDX-License-Identifier: GPL-2.0
//! When another core begins to suspect a poller.

use kbp_engine::Watch;
use proptest::prelude::*;

const LIMIT_NS: u64 = 100;

/// Looks every 25 ns with these beats and with packets waiting or not; when it suspects.
fn suspicions(looks: &[(u64, bool)]) -> Vec<usize> {
    let mut watch = Watch::default();
    let suspects = |(index, (beat, waits)): (usize, &(u64, bool))| {
        let now_ns = 1_000 + 25 * index as u64;
        watch
            .suspects(now_ns, *beat, *waits, LIMIT_NS)
            .then_some(index)
    };
    looks.iter().enumerate().filter_map(suspects).collect()
}

#[test]
fn a_poller_away_for_half_the_time_while_packets_wait_is_suspected() {
    assert_eq!(suspicions(&[(7, true); 5]), [2, 3, 4]);
}

#[test]
fn a_poller_that_runs_is_not() {
    let looks = [(1, true), (1, true), (2, true), (2, true), (3, true)];
    assert!(suspicions(&looks).is_empty());
}

#[test]
fn a_poller_without_packets_is_not() {
    assert!(suspicions(&[(1, false); 9]).is_empty());
}

#[test]
fn packets_that_came_late_do_not_make_an_old_beat_suspect() {
    let looks = [(1, false), (1, false), (1, false), (1, true), (1, true)];
    assert_eq!(suspicions(&looks), [4]);
}

#[test]
fn a_core_never_looked_at_has_been_away_for_as_long_as_nobody_knows() {
    let mut watch = Watch::default();
    assert!(!watch.suspects(5_000, 1, true, LIMIT_NS));
    let mut watch = Watch::default();
    assert!(!watch.suspects(5_000, 0, true, LIMIT_NS));
    assert!(watch.suspects(5_050, 0, true, LIMIT_NS));
}

proptest! {
    /// Nobody is suspected who had begun a cycle, or had nothing to do, within half the limit.
    #[test]
    fn no_suspicion_without_half_the_time(
        looks in prop::collection::vec((0u64..1_000, 0u64..4, any::<bool>()), 1..100),
        limit_ns in 1u64..2_000,
    ) {
        let mut watch = Watch::default();
        let (mut now_ns, mut innocent_ns, mut last_beat) = (1u64, 0u64, 0u64);
        for (step_ns, beats, waits) in looks {
            now_ns += step_ns;
            let beat = last_beat + beats / 3;
            if beat != last_beat || !waits {
                innocent_ns = now_ns;
            }
            last_beat = beat;
            let suspected = watch.suspects(now_ns, beat, waits, limit_ns);
            if suspected {
                prop_assert!(now_ns - innocent_ns >= limit_ns / 2);
            }
        }
    }
}

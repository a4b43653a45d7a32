// SPDX-License-Identifier: GPL-2.0
//! `out/livepatch/report.json`: schema `kbp.livepatch/1`, and its table.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::event::{Direction, Subject, Transition, LIMIT_S};
use crate::report::Environment;

/// The name and version of the format.
pub const SCHEMA: &str = "kbp.livepatch/1";

/// Everything a run of `kbp-bench livepatch` found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: String,
    /// Release of the guest's kernel.
    pub kernel: String,
    /// Seconds after which a transition counts as not done.
    pub limit_s: u64,
    /// Each transition, in the order they were made.
    pub transitions: Vec<Transition>,
    /// Where it was measured.
    pub environment: Environment,
}

/// Both pollers side by side.
pub fn table(transitions: &[Transition]) -> String {
    let [kbp, busy] = Subject::ALL;
    let mut out = format!("{:<12}{kbp:>28}{busy:>28}\n", "");
    for (direction, name) in [(Direction::In, "loading"), (Direction::Out, "unloading")] {
        let [kbp, busy] = Subject::ALL.map(|subject| cell(transitions, subject, direction));
        let _ = writeln!(out, "{name:<12}{kbp:>28}{busy:>28}");
    }
    let mut held: Vec<&str> = transitions
        .iter()
        .flat_map(|t| t.held_by.iter().map(String::as_str))
        .collect();
    held.sort_unstable();
    held.dedup();
    if !held.is_empty() {
        let _ = writeln!(out, "held back by: {}", held.join(", "));
    }
    out
}

/// `0.8 s to 1.2 s (3 of 3)`, or that it never came.
fn cell(transitions: &[Transition], subject: Subject, direction: Direction) -> String {
    let all: Vec<_> = transitions
        .iter()
        .filter(|t| (t.subject, t.direction) == (subject, direction))
        .map(|t| t.took_ms)
        .collect();
    let done: Vec<u64> = all.iter().copied().flatten().collect();
    let seconds = |ms: u64| ms as f64 / 1000.0;
    match (done.iter().min(), done.iter().max()) {
        (Some(least), Some(most)) => format!(
            "{:.1} s to {:.1} s ({} of {})",
            seconds(*least),
            seconds(*most),
            done.len(),
            all.len()
        ),
        _ if all.is_empty() => "-".into(),
        _ => format!("not within {LIMIT_S} s (0 of {})", all.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn done_and_not_done_side_by_side() {
        let transition = |subject, direction, took_ms| Transition {
            subject,
            round: 1,
            direction,
            took_ms,
            held_by: Vec::new(),
            packets: 1,
            overflow: 1,
        };
        let mut never = transition(Subject::BusyPoll, Direction::In, None);
        never.held_by = vec!["napi/ktn0-9".into(); 2];
        let table = table(&[
            transition(Subject::Kbp, Direction::In, Some(800)),
            transition(Subject::Kbp, Direction::In, Some(1249)),
            transition(Subject::Kbp, Direction::Out, None),
            transition(Subject::Kbp, Direction::Out, Some(100)),
            never,
        ]);
        let line = |name, kbp, busy| format!("{name:<12}{kbp:>28}{busy:>28}\n");
        assert_eq!(
            table,
            line("", "kbp", "busy-poll")
                + &line(
                    "loading",
                    "0.8 s to 1.2 s (2 of 2)",
                    "not within 60 s (0 of 1)"
                )
                + &line("unloading", "0.1 s to 0.1 s (1 of 2)", "-")
                + "held back by: napi/ktn0-9\n"
        );
    }
}

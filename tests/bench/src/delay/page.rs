// SPDX-License-Identifier: GPL-2.0
//! The delays on a page of HTML.

use maud::{html, Markup};

use super::report::{about, lines, ordered, Report, NAMES};

/// What kind of figures these are, the table, the goals.
pub(crate) fn section(report: &Report) -> Markup {
    let cells = ordered(&report.cells);
    let of_kbp = |at: usize| at > 0 && cells[at - 1].mode.is_kbp();
    let words = |column: usize| (column < NAMES).then_some("words");
    html! {
        p.lead { (about(report)) }
        div.wide {
            table {
                @for (at, line) in lines(report).iter().enumerate() {
                    tr class=[of_kbp(at).then_some("kbp")] {
                        @for (column, text) in line.iter().enumerate() {
                            @if at == 0 { th class=[words(column)] { (text) } }
                            @else { td class=[words(column)] { (text) } }
                        }
                    }
                }
            }
        }
        ul {
            @for goal in &report.goals {
                li class=(if goal.met { "ok" } else { "warn" }) { (goal.line()) }
            }
            @for (mode, why) in &report.missing { li { (mode) ": " (why) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::goals::Goal;
    use super::super::report::tests::synthetic;
    use super::*;
    use crate::mode::Mode;

    #[test]
    fn the_table_has_heads_and_a_line_for_each_cell_and_a_missed_goal_is_marked() {
        let mut report = synthetic();
        report.missing = vec![(Mode::ThreadedBusyPoll, "kernel <7".into())];
        let goal = |row: &str, met| Goal {
            row: row.into(),
            mode: Mode::KbpArmed,
            met,
            because: "p50".into(),
        };
        report.goals = vec![goal("quiet", false), goal("spin", true)];
        let html = section(&report).into_string();
        let count = |part: &str| html.matches(part).count();
        assert_eq!(count("<tr"), 1 + report.cells.len());
        assert_eq!(count("<tr class=\"kbp\">"), 2);
        assert_eq!(count("<th class=\"words\">"), NAMES);
        for part in [
            "<td class=\"words\">kbp-armed</td><td>1.50 µs</td>",
            "<li class=\"warn\">goal: quiet/kbp-armed: missed",
            "<li class=\"ok\">goal: spin/kbp-armed: met",
            "threaded-busy-poll: kernel &lt;7",
            "the same on every machine",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
    }
}

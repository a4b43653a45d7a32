// SPDX-License-Identifier: GPL-2.0
//! What a reader must know before believing a number.

use maud::{html, Markup};

/// Titles and their notes. The first sentence of a note is its name.
const NOTES: [(&str, &[&str]); 2] = [("Is it fair?", &FAIRNESS), ("How to read this", &READING)];

const FAIRNESS: [&str; 5] = [
    "Cores. Both sides have the same number of cores, and one of them receives. KBP takes that core \
     with a thread; softirq takes as much of it as there are packets.",
    "The interrupt is where the application's competitor is. The NIC interrupts the receiving core \
     in every mode, and what competes runs there, too. On a machine with a core to spare for \
     interrupts alone, softirq suffers less than here.",
    "Light load. Most rows send few packets. A spinning core shines there: it is awake when the \
     packet comes. With a full core the difference is who may have it, not who is awake.",
    "CPU time is the price. A core that polls is busy at any load. That is why each latency has the \
     busy share of every core beside it, and their sum as busy cores: a mode that is twice as fast \
     with a core more is not twice as good.",
    "Best of two. Where this report says KBP, it means the better one of armed and masked, in that \
     row. Both are in the tables.",
];

const READING: [&str; 6] = [
    "Numbers and ratios. A number is the median of the rounds. A ratio is the mode by softirq of the \
     same round, then the median of these ratios: below 1 is better for times, above 1 for rates.",
    "Brackets. They hold where the median of a ratio is likely to be: with 95 %, from a bootstrap \
     over rounds. ~ marks less than six rounds; no interval of so few values can promise 95 %, and \
     the brackets hold the lowest and highest round.",
    "Within noise. The control is softirq once more, interleaved; what it differs from softirq is \
     noise. A difference is within it when it is less than 10 % (p50, rate) or 25 % (p99 and \
     beyond), or than the control's where that is more, plus the spread of the control; or when the \
     brackets hold 1.",
    "Plots. Every further nine takes the same room. The dotted line is what the time source itself \
     adds: late timers, a late sender. Nothing below it can be told apart.",
    "Tails. p99.9 and the maximum of a thousand packets are one or two packets. Compare p50 and p99.",
    "Emulation. Times under it are long; only ratios within one boot mean something elsewhere.",
];

pub(super) fn sections() -> Markup {
    html! {
        @for (title, notes) in NOTES {
            h2 { (title) }
            ul {
                @for (name, text) in notes.iter().filter_map(|note| note.split_once(". ")) {
                    li { b { (name) "." } " " (text) }
                }
            }
        }
    }
}

// SPDX-License-Identifier: GPL-2.0
//! What a reader must know before believing a number.

use maud::{html, Markup};

pub(super) fn fairness() -> Markup {
    html! {
        h2 { "Is it fair?" }
        ul {
            li {
                b { "Cores." }
                " Both sides have the same number of cores, and one of them receives. KBP takes that \
                core with a thread; softirq takes as much of it as there are packets."
            }
            li {
                b { "The interrupt is where the application's competitor is." }
                " The NIC interrupts the receiving core in every mode, and what competes runs there, \
                too. On a machine with a core to spare for interrupts alone, softirq suffers less \
                than here."
            }
            li {
                b { "Light load." }
                " Most rows send few packets. A spinning core shines there: it is awake when the \
                packet comes. With a full core the difference is who may have it, not who is awake."
            }
            li {
                b { "CPU time is the price." }
                " A core that polls is busy at any load. That is why each latency has the busy share \
                of every core beside it, and their sum as busy cores: a mode that is twice as fast \
                with a core more is not twice as good."
            }
            li {
                b { "Best of two." }
                " Where this report says KBP, it means the better one of armed and masked, in that \
                row. Both are in the tables."
            }
        }
    }
}

pub(super) fn how_to_read() -> Markup {
    html! {
        h2 { "How to read this" }
        ul {
            li {
                "A number is the median of the rounds. A ratio is the mode by softirq of the same \
                round, then the median of these ratios: below 1 is better for times, above 1 for \
                rates."
            }
            li {
                "Behind a ratio, in brackets, is where its median is likely to be: with 95 %, from a \
                bootstrap over rounds. "
                code { "~" }
                " marks less than six rounds; no interval of so few values can promise 95 %, and the \
                brackets hold the lowest and highest round."
            }
            li {
                "The control is softirq once more, interleaved. What it differs from softirq is \
                noise. "
                b { "Within noise" }
                ": the difference is less than 10 % (p50, rate) or 25 % (p99 and beyond), or than the \
                 control's where that is more, plus the spread of the control; or the brackets hold \
                1."
            }
            li {
                "In the plots every further nine takes the same room. The dotted line is what the \
                time source itself adds: late timers, a late sender. Nothing below it can be told \
                apart."
            }
            li {
                "p99.9 and the maximum of a thousand packets are one or two packets. Compare p50 and \
                p99."
            }
            li {
                "Times under emulation are long; only ratios within one boot mean something \
                elsewhere."
            }
        }
    }
}

// SPDX-License-Identifier: GPL-2.0
//! The synthetic NIC in the guest: from the interrupt to the poll.

use super::made::row;
use crate::suite::cell::{Competitor, Row, Workload};

const MS: u64 = 1_000_000;

/// All of them.
pub(super) fn rows() -> Vec<Row> {
    let delay = |queues, period_ns, cost_ns, burst, competitor| Workload::Delay {
        queues,
        period_ns,
        cost_ns,
        burst,
        competitor,
    };
    let light = |competitor| delay(1, MS, 0, 1, competitor);
    // Under emulation interrupts and task switches cost twenty times a real machine's, so packets
    // are slow, too.
    let heavy = |competitor| delay(1, 4 * MS, 3_600_000, 1, competitor);
    let mut rows = vec![
        row(
            "delay-quiet",
            "one packet a millisecond, nothing else",
            light(Competitor::None),
        ),
        row(
            "delay-spin",
            "one packet a millisecond; a task spins on the core",
            light(Competitor::Spin),
        ),
        row(
            "delay-tasklet",
            "one packet a millisecond; a tasklet takes a third of the core",
            light(Competitor::Tasklet),
        ),
        row(
            "delay-load90",
            "packets take 90 % of the core",
            heavy(Competitor::None),
        ),
        row(
            "delay-load90-spin",
            "packets take 90 % of the core; a task spins on it",
            heavy(Competitor::Spin),
        ),
        row(
            "delay-burst",
            "32 packets at once, every 10 ms; each takes 50 us",
            delay(1, 10 * MS, 50_000, 32, Competitor::None),
        ),
    ];
    // One packet at a time, for one NAPI after the other: what a packet waits for is whoever polls
    // its NAPI.
    for queues in [1, 4, 8] {
        rows.push(row(
            format!("delay-queues-{queues}"),
            format!("one packet a millisecond, in turn for each of {queues} NAPIs on the core"),
            delay(queues, MS, 0, 1, Competitor::None),
        ));
    }
    rows
}

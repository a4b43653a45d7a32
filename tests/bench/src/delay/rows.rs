// SPDX-License-Identifier: GPL-2.0
//! What happens on the CPU.

use serde::{Deserialize, Serialize};

/// Who else wants the CPU.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Beside {
    /// Nobody.
    #[default]
    Nothing,
    /// One task that spins.
    Spin,
    /// Small tasks that come and go: one each millisecond, which works for 0.2 ms.
    Crowd,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// NAPIs; packets come to them in turn.
    pub queues: u32,
    /// Between two interrupts, in nanoseconds.
    pub period_ns: u64,
    /// Packets of an interrupt.
    pub burst: u64,
    /// How long the CPU works for a packet, in nanoseconds; 0: as long as the stack does.
    pub cost_ns: u64,
    /// How many packets come.
    pub packets: u64,
    /// Between two runs of a tasklet, and how long each is, in nanoseconds.
    pub tasklet: Option<(u64, u64)>,
    /// Who else wants the CPU.
    pub beside: Beside,
}

const US: u64 = 1000;
const MS: u64 = 1000 * US;

impl Row {
    fn new(name: impl Into<String>, period_ns: u64, packets: u64, beside: Beside) -> Row {
        Row {
            name: name.into(),
            queues: 1,
            period_ns,
            burst: 1,
            cost_ns: 0,
            packets,
            tasklet: None,
            beside,
        }
    }

    /// How long its packets come.
    pub fn length_ns(&self) -> u64 {
        self.period_ns * self.packets / self.burst
    }

    /// The time that packets and tasklets take, as a part of the CPU's.
    pub fn load(&self) -> f64 {
        let tasklet = self
            .tasklet
            .map_or(0.0, |(period, takes)| takes as f64 / period as f64);
        (self.burst * self.cost_ns) as f64 / self.period_ns as f64 + tasklet
    }
}

/// Every row, in the order they are measured in; those with as many NAPIs stand together.
pub fn all() -> Vec<Row> {
    use Beside::{Crowd, Nothing, Spin};
    let quiet = |name: &str, beside| Row::new(name, 200 * US, 5000, beside);
    let mut rows = vec![
        quiet("quiet", Nothing),
        quiet("spin", Spin),
        quiet("crowd", Crowd),
        Row::new("rare", 10 * MS, 200, Nothing),
    ];
    for percent in [50, 90, 97, 110] {
        for (end, beside) in [("", Nothing), ("-spin", Spin)] {
            rows.push(Row {
                cost_ns: percent * US,
                ..Row::new(format!("load{percent}{end}"), 100 * US, 10_000, beside)
            });
        }
    }
    for (burst, period) in [(64, MS), (512, 4 * MS), (1024, 8 * MS)] {
        rows.push(Row {
            burst,
            cost_ns: 5 * US,
            ..Row::new(
                format!("burst{burst}-spin"),
                period,
                MS * 1000 / period * burst,
                Spin,
            )
        });
    }
    // The paper's case: softirqs compete. One that lasts, seldom; and many short ones.
    for (name, tasklet, percent) in [
        ("rare", (500 * MS, 3 * MS), 90),
        ("often", (3100 * US, MS), 30),
    ] {
        rows.push(Row {
            cost_ns: percent * US,
            tasklet: Some(tasklet),
            ..Row::new(format!("tasklet-{name}-spin"), 100 * US, 20_000, Spin)
        });
    }
    for queues in [4, 8] {
        rows.push(Row {
            queues,
            ..Row::new(format!("queues{queues}-spin"), 200 * US, 5000, Spin)
        });
    }
    rows
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn rows_have_names_of_their_own_and_stand_by_their_queues() {
        let rows = all();
        let names: BTreeSet<_> = rows.iter().map(|row| &row.name).collect();
        assert_eq!(names.len(), rows.len());
        assert!(rows.windows(2).all(|pair| pair[0].queues <= pair[1].queues));
    }

    #[test]
    fn a_second_or_two_each_and_the_load_of_the_name() {
        for row in all() {
            assert!(
                (1000 * MS..=2000 * MS).contains(&row.length_ns()),
                "{row:?}"
            );
            assert_eq!(row.packets % row.burst, 0, "{row:?}");
            if let Some(percent) = row.name.strip_prefix("load") {
                let percent: f64 = percent.trim_end_matches("-spin").parse().unwrap();
                assert!((row.load() * 100.0 - percent).abs() < 1e-9, "{row:?}");
            }
        }
    }
}

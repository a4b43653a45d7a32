// SPDX-License-Identifier: GPL-2.0
//! What happens on the CPU.

use std::time::Duration;

use crate::guest::testnic::Order;

/// Who else wants the CPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// Nobody.
    Nothing,
    /// One task that spins.
    Spin,
    /// Small tasks that come and go: one each millisecond, which works for 0.2 ms.
    Crowd,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// NAPIs; packets come to them in turn.
    pub queues: u32,
    /// What the synthetic NIC does.
    pub order: Order,
    /// Who else wants the CPU.
    pub beside: Beside,
    /// Whether a program on the CPU waits for the packets; what is timed is until it has them.
    pub program: bool,
    /// Whether they go there by the CPU's backlog, as what comes by RPS, veth and loopback does.
    pub backlog: bool,
    /// The bytes of a frame, where the highest rate without loss is looked for.
    pub search: Option<u32>,
}

/// Packets for which a queue has room, where all are to be served.
const RING: u32 = 4096;
/// The same where a rate without loss is looked for: what NICs have that are set up for load.
const SEARCH_RING: u32 = 1024;

impl Row {
    /// How many queues the NIC has, and their length.
    pub(crate) fn shape(&self) -> (u32, u32) {
        (self.queues, self.search.map_or(RING, |_| SEARCH_RING))
    }
}

const fn us(n: u64) -> Duration {
    Duration::from_micros(n)
}

const fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

fn row(name: impl Into<String>, beside: Beside, order: Order) -> Row {
    Row {
        name: name.into(),
        queues: 1,
        order,
        beside,
        program: false,
        backlog: false,
        search: None,
    }
}

/// So many packets, one each `period`.
fn single(period: Duration, count: u64) -> Order {
    Order {
        period,
        count,
        ..Order::default()
    }
}

/// What all periods are multiples of, about 0.1 ms. Not that itself, of which the kernel's tick is a multiple: the
/// tick would meet each fortieth packet in one mode, and none in another that begins a moment later.
const BEAT: Duration = Duration::from_nanos(101_700);
/// For how many beats packets come: with what a row needs before it, it is over within a second, at which the next
/// begins.
const STEADY: u32 = 7472;

/// Packets for [`STEADY`] beats, one each so many.
fn steady(beats: u32) -> Order {
    single(BEAT * beats, u64::from(STEADY / beats))
}

/// Every row, in the order they are measured in; those with the same NAPIs and rings stand together.
pub fn all() -> Vec<Row> {
    use Beside::{Crowd, Nothing, Spin};
    let quiet = steady(2);
    let mut rows = vec![
        row("quiet", Nothing, quiet),
        row("spin", Spin, quiet),
        row("crowd", Crowd, quiet),
        row("rare", Nothing, single(BEAT * 100, 182)),
    ];
    for percent in [50, 90, 97, 110] {
        for (end, beside) in [("", Nothing), ("-spin", Spin)] {
            let order = Order {
                cost: BEAT * percent / 100,
                ..match percent {
                    // What does not get through piles up: for a full second.
                    97 | 110 => single(BEAT, 10_000),
                    _ => steady(1),
                }
            };
            rows.push(row(format!("load{percent}{end}"), beside, order));
        }
    }
    for (burst, beats, times) in [(64, 10, 1000), (512, 40, 250), (1024, 80, 125)] {
        let order = Order {
            burst,
            cost: us(5),
            ..single(BEAT * beats, times * u64::from(burst))
        };
        rows.push(row(format!("burst{burst}-spin"), Spin, order));
    }
    // The paper's case: softirqs compete. One that lasts, seldom; and many short ones.
    for (name, tasklet, percent, count) in [
        ("rare", (ms(500), ms(3)), 90, 19_600),
        ("often", (us(3100), ms(1)), 30, 10_000),
    ] {
        let order = Order {
            cost: BEAT * percent / 100,
            tasklet: Some(tasklet),
            ..single(BEAT, count)
        };
        rows.push(row(format!("tasklet-{name}-spin"), Spin, order));
    }
    // The program that receives is on the CPU that polls.
    let load50 = Order {
        cost: BEAT / 2,
        ..steady(1)
    };
    rows.extend(
        [
            ("program", Nothing, quiet),
            ("program-spin", Spin, quiet),
            ("program-load50", Nothing, load50),
            ("program-load50-spin", Spin, load50),
            ("backlog", Nothing, quiet),
            ("backlog-spin", Spin, quiet),
        ]
        .map(|(name, beside, order)| Row {
            program: true,
            backlog: name.starts_with("backlog"),
            ..row(name, beside, order)
        }),
    );
    rows.extend([4, 8].map(|queues| Row {
        queues,
        ..row(format!("queues{queues}-spin"), Spin, quiet)
    }));
    // The competition of the paper's searches: a task, and a softirq that now and then takes the CPU for so
    // long that ksoftirqd is to do the rest. By the backlog as into a container.
    let searches = [("64", 64), ("512", 512), ("1518", 1518), ("64-backlog", 64)];
    rows.extend(searches.map(|(name, frame)| {
        let order = Order {
            tasklet: Some((ms(50), ms(3))),
            ..Order::default()
        };
        Row {
            search: Some(frame),
            backlog: name.ends_with("backlog"),
            ..row(format!("zero-loss-{name}-spin"), Spin, order)
        }
    }));
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
        let shapes = rows.chunk_by(|a, b| a.shape() == b.shape());
        let shapes: Vec<_> = shapes.map(|same| same[0].shape()).collect();
        assert_eq!(shapes, [(1, 4096), (4, 4096), (8, 4096), (1, 1024)]);
    }

    #[test]
    fn at_most_two_seconds_each_at_all_moments_of_the_tick_and_the_load_of_the_name() {
        for row in all().into_iter().filter(|row| row.search.is_none()) {
            let order = &row.order;
            let (length, whole) = (order.length(), ms(1000)..=ms(2000));
            assert!(
                length == BEAT * STEADY || whole.contains(&length),
                "{row:?}"
            );
            for tick in [ms(4), ms(1)] {
                let rest = (tick.as_nanos() * 100 % order.period.as_nanos()) as f64;
                assert!(rest / order.period.as_nanos() as f64 > 0.001, "{row:?}");
            }
            assert_eq!(order.count % u64::from(order.burst), 0, "{row:?}");
            if let Some(percent) = row.name.strip_prefix("load") {
                let percent: f64 = percent.trim_end_matches("-spin").parse().unwrap();
                let load = order.cost.as_secs_f64() / order.period.as_secs_f64();
                assert!((load * 100.0 - percent).abs() < 1e-9, "{row:?}");
            }
        }
    }
}

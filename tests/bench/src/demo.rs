// SPDX-License-Identifier: GPL-2.0
//! The demo: delays on an exact clock first, which are the same on every machine; then what that
//! clock does not know, round trips on the wall clock.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::Arc;

use maud::{html, Markup};

use crate::delay::report::Report;
use crate::mode::Mode;
use crate::suite::scale::Scale;
use crate::{delay, suite, Result};

/// The delays: nothing beside, a task, load and a task, bursts, and the paper's case.
const ROWS: [&str; 5] = [
    "=quiet",
    "=spin",
    "=load90-spin",
    "=burst512-spin",
    "=tasklet-rare-spin",
];

/// What to do.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// Suite (like trixie-backports) or exact release of the guests' kernel
    #[arg(long)]
    pub kernel: String,
    /// Repetitions of every round trip; the exact delays need none
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub rounds: u32,
    /// Folder for report.html, report.svg and report.json, and exact/ for the delays
    #[arg(long, default_value = "out/demo")]
    pub out: PathBuf,
}

/// Runs it. The answer says whether all that was verified is as it must be.
pub fn run(options: &Options, stop: &Arc<AtomicBool>) -> Result<bool> {
    let exact = delay::host::run(&options.exact(), stop)?;
    println!();
    suite::host::run(&options.wall_clock(), Some(&first(&exact)), stop)
}

impl Options {
    fn exact(&self) -> delay::host::Options {
        delay::host::Options {
            kernel: self.kernel.clone(),
            measure: delay::guest::Options {
                // What `kbpctl enable` sets up when nothing is asked for.
                modes: vec![Mode::Softirq, Mode::KbpReserve],
                rows: ROWS.map(str::to_owned).to_vec(),
                instructions: None,
                part: None,
            },
            out: self.out.join("exact"),
        }
    }

    fn wall_clock(&self) -> suite::host::Options {
        suite::host::Options {
            kernel: self.kernel.clone(),
            preset: Scale::Demo,
            rounds: Some(self.rounds),
            filter: Vec::new(),
            // A demo shows what is now.
            fresh: true,
            out: self.out.clone(),
        }
    }
}

/// What stands first on the page.
fn first(exact: &Report) -> Markup {
    html! {
        h2 { "Delays on an exact clock" }
        p.lead {
            "Softirq, and what kbpctl enable sets up when nothing is asked for, "
            (Mode::KbpReserve) ": softirq polls, and KBP's poller takes over when that does not get \
             through. The curves are in exact/delays.svg."
        }
        (delay::page::section(exact))
        h2 { "Round trips on the wall clock" }
        p.lead {
            "What a clock that counts instructions does not know: from the host through the virtio \
             NIC to a program in the guest, and back. These are times of this machine, with its \
             noise. With " (Mode::KbpArmed) " KBP's poller always has the core."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delays_are_five_rows_in_one_guest_and_both_parts_have_folders_of_their_own() {
        let options = Options {
            kernel: "sid".into(),
            rounds: 2,
            out: "demo".into(),
        };
        let (exact, wall_clock) = (options.exact(), options.wall_clock());
        let rows = exact.measure.rows().into_iter();
        let names: Vec<String> = rows.map(|row| format!("={}", row.name)).collect();
        assert_eq!(names, ROWS);
        assert_eq!(exact.measure.parts().len(), 1);
        assert_eq!(exact.out, PathBuf::from("demo/exact"));
        assert_eq!(wall_clock.out, PathBuf::from("demo"));
        assert_eq!(wall_clock.rounds, Some(2));
    }
}

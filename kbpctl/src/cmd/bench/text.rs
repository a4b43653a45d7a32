// SPDX-License-Identifier: GPL-2.0
//! What was measured, for people.

use std::fmt::Write;

use kbp_probe::report::{Report, Size, Verdict};
use kbp_probe::session::Plan;
use kbp_probe::times::Summary;

use crate::output::{counted, us};

/// What is measured, in a line.
pub(super) fn plan(plan: &Plan) -> String {
    format!(
        "{} over {}: {} probes/s on {}, {} of {} after {} of warm-up",
        plan.peer,
        plan.protocol.name(),
        plan.rate,
        counted(plan.flows, "flow"),
        counted(plan.rounds as usize, "round"),
        humantime::format_duration(plan.duration),
        humantime::format_duration(plan.warm_up),
    )
}

/// What came of it.
pub(super) fn report(report: &Report) -> String {
    let mut text = format!(
        "own noise: sender late {}; round trip on this machine {}\n",
        brief(&report.noise.timer),
        brief(&report.noise.loopback)
    );
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "{:>5} {:>9} {:>7} {:>4} {:>5} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8}",
        "frame",
        "sent",
        "lost",
        "dup",
        "reord",
        "min us",
        "mean",
        "p50",
        "p90",
        "p99",
        "p99.9",
        "p99.99",
        "max",
        "late p99"
    );
    for size in &report.sizes {
        let _ = writeln!(text, "{}", line(size));
    }
    for size in report.sizes.iter().filter(|size| size.rounds.len() > 1) {
        let _ = writeln!(
            text,
            "frame {}, from round to round: p50 {}, p99 {}, max {} us",
            size.frame_bytes,
            spread(size, |latency| latency.p50_ns),
            spread(size, |latency| latency.p99_ns),
            spread(size, |latency| latency.max_ns)
        );
    }
    for note in &report.notes {
        let _ = writeln!(text, "note: {note}");
    }
    text.push_str(verdict(report.verdict));
    for reason in &report.reasons {
        let _ = write!(text, "\n  {reason}");
    }
    text
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ok => "ok: every probe was answered",
        Verdict::Loss => "loss: not every probe was answered",
        Verdict::TooLong => "too long: an answer took longer than --stop-above",
        Verdict::Interrupted => "interrupted",
        Verdict::RateNotKept => "rate not kept: these are not the figures of the load asked for",
    }
}

fn line(size: &Size) -> String {
    let (counts, latency) = (&size.counts, &size.latency);
    let mut text = format!(
        "{:>5} {:>9} {:>7} {:>4} {:>5}",
        size.frame_bytes, counts.sent, counts.lost, counts.duplicates, counts.reordered
    );
    for value in [
        latency.min_ns,
        latency.mean_ns,
        latency.p50_ns,
        latency.p90_ns,
        latency.p99_ns,
        latency.p999_ns,
        latency.p9999_ns,
        latency.max_ns,
        size.send_late.p99_ns,
    ] {
        let _ = write!(text, " {:>8}", us(value));
    }
    text
}

fn spread(size: &Size, of: impl Fn(&Summary) -> Option<u64>) -> String {
    let values = || size.rounds.iter().filter_map(|round| of(&round.latency));
    format!("{} to {}", us(values().min()), us(values().max()))
}

fn brief(times: &Summary) -> String {
    format!(
        "p50 {}, p99 {}, max {} us",
        us(times.p50_ns),
        us(times.p99_ns),
        us(times.max_ns)
    )
}

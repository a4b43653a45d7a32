// SPDX-License-Identifier: GPL-2.0
//! What of the kernel's log is about KBP.

use std::io;

use crate::sys::System;

/// Words of KBP, of livepatches, and of what a poller that does not let others run would bring.
const WORDS: [&str; 9] = [
    "kbp",
    "livepatch",
    "klp_",
    "module verification",
    "watchdog",
    "rcu:",
    "hung_task",
    "blocked for more than",
    "nohz",
];
/// The first and the last line of what the kernel says of one fault.
const BEGINS: &str = "[ cut here ]";
const ENDS: &str = "---[ end trace";

/// The lines about KBP, and of faults in which it is named all lines.
pub(crate) fn lines(sys: &dyn System) -> io::Result<Vec<String>> {
    let lines: Vec<String> = sys
        .kernel_log()?
        .iter()
        .filter_map(|record| line(record))
        .collect();
    let mut kept = Vec::new();
    let mut rest = &lines[..];
    while let Some(first) = rest.first() {
        let length = match first.contains(BEGINS) {
            true => length_of_fault(rest),
            false => 1,
        };
        let (part, others) = rest.split_at(length);
        if part.iter().any(|line| is_about_kbp(line)) {
            kept.extend_from_slice(part);
        }
        rest = others;
    }
    Ok(kept)
}

fn length_of_fault(lines: &[String]) -> usize {
    let end = lines.iter().position(|line| line.contains(ENDS));
    let next = lines[1..].iter().position(|line| line.contains(BEGINS));
    let end = end.map_or(lines.len(), |end| end + 1);
    next.map_or(end, |next| end.min(next + 1))
}

fn is_about_kbp(line: &str) -> bool {
    let line = line.to_lowercase();
    WORDS.iter().any(|word| line.contains(word))
}

/// A record as dmesg shows it.
fn line(record: &str) -> Option<String> {
    let (head, rest) = record.split_once(';')?;
    let message = rest.lines().next()?;
    let us: u64 = head.split(',').nth(2)?.parse().ok()?;
    let (seconds, us) = (us / 1_000_000, us % 1_000_000);
    Some(format!("[{seconds:>5}.{us:06}] {message}"))
}

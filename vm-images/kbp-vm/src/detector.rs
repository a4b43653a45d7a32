// SPDX-License-Identifier: GPL-2.0
//! Finds kernel crashes in the kernel's log, line by line.

use std::collections::VecDeque;

/// Lines kept from before the first bad one.
const CONTEXT: usize = 5;

/// Marks that count wherever they stand in a line.
const ANYWHERE: [&str; 8] = [
    "Kernel panic - not syncing",
    "kernel BUG at ",
    "BUG: soft lockup",
    "hard LOCKUP",
    " kthread starved for ",
    "detected stalls on ",
    "self-detected stall on ",
    "detected expedited stalls on ",
];

/// Marks that count at the start of a message only; user programs and boot hints print them inside.
const AT_START: [&str; 9] = [
    "BUG: ",
    "WARNING: ",
    "Oops: ",
    "general protection fault",
    "stack segment: ",
    "invalid opcode: ",
    "PANIC: ",
    "UBSAN: ",
    "traps: PANIC",
];

/// What the log has shown so far.
#[derive(Debug, Default)]
pub struct Detector {
    before: VecDeque<String>,
    trace: Vec<String>,
    ended: bool,
}

impl Detector {
    /// Looks at one more line. True when this line is the first bad one.
    pub fn line(&mut self, line: &str) -> bool {
        if self.crashed() {
            self.ended |= line.contains("---[ end ");
            self.trace.push(line.into());
            return false;
        }
        self.before.push_back(line.into());
        if is_bad(line) {
            self.trace.extend(self.before.drain(..));
            return true;
        }
        if self.before.len() > CONTEXT {
            self.before.pop_front();
        }
        false
    }

    /// Whether a bad line was seen.
    pub fn crashed(&self) -> bool {
        !self.trace.is_empty()
    }

    /// Whether the end of the trace was seen, too.
    pub fn trace_ended(&self) -> bool {
        self.ended
    }

    /// The bad line, some lines before it and all lines since.
    pub fn trace(&self) -> &[String] {
        &self.trace
    }
}

/// Whether this line of a kernel log tells of a panic, BUG, WARN, oops, stall, lockup or hung task.
pub fn is_bad(line: &str) -> bool {
    let message = message(line);
    ANYWHERE.iter().any(|mark| message.contains(mark))
        || AT_START.iter().any(|mark| message.starts_with(mark))
        || (message.starts_with("INFO: task ") && message.contains(" blocked for more than "))
}

/// The line without its time stamp and, where the kernel prints it, the caller's `[T12]`.
fn message(line: &str) -> &str {
    let mut rest = line.trim();
    while let Some(end) = rest.strip_prefix('[').and_then(|inner| inner.find(']')) {
        let inside = &rest[1..=end];
        if !inside
            .trim_matches(|c: char| " .TC".contains(c) || c.is_ascii_digit())
            .is_empty()
        {
            break;
        }
        rest = rest[end + 2..].trim_start();
    }
    rest
}

// SPDX-License-Identifier: GPL-2.0
//! How a run ended.

use crate::detector::is_bad;

/// Kernel taints that an unsigned out-of-tree module and a livepatch bring by themselves: O, E, K.
pub const ALLOWED_TAINT: u64 = (1 << 12) | (1 << 13) | (1 << 15);

/// The judgement on a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The command ended with this code, and the kernel was well.
    Exit(u8),
    /// The kernel's log shows a panic, BUG, WARN, oops, stall, lockup or hung task: these lines.
    Crash(Vec<String>),
    /// The kernel was tainted in the end beyond [`ALLOWED_TAINT`]: this value.
    Taint(u64),
    /// The guest ended before it told how the command did.
    Lost(String),
    /// The time was over.
    Timeout,
    /// The run was interrupted from outside.
    Interrupted,
}

impl Verdict {
    /// The exit code for it.
    pub fn code(&self) -> u8 {
        match self {
            Verdict::Exit(code) => *code,
            Verdict::Crash(_) | Verdict::Taint(_) | Verdict::Lost(_) => 255,
            Verdict::Timeout => 254,
            Verdict::Interrupted => 130,
        }
    }

    /// What a person should read about it; nothing for a plain exit.
    pub fn explain(&self) -> Option<String> {
        match self {
            Verdict::Exit(_) => None,
            // The line that tells of it first: of a long report people see the beginning.
            Verdict::Crash(lines) => Some(format!(
                "the guest's kernel failed: {}\n{}",
                lines.iter().find(|line| is_bad(line)).map_or("", |line| line.trim()),
                lines.join("\n")
            )),
            Verdict::Taint(value) => Some(format!(
                "the guest's kernel is tainted: {value} has bits beyond {ALLOWED_TAINT} (O, E, K); see \
                 Documentation/admin-guide/tainted-kernels.rst and the kernel log (KBP_VM_LOG=FILE keeps it)"
            )),
            Verdict::Lost(why) => Some(why.clone()),
            Verdict::Timeout => Some("time-out: the command did not end in time (--timeout sets the limit)".into()),
            Verdict::Interrupted => Some("interrupted".into()),
        }
    }
}

/// A finished run.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The exit code that stands for [`Outcome::verdict`].
    pub code: u8,
    /// What the command printed, stdout and stderr in one.
    pub output: Vec<u8>,
    /// The kernel's log.
    pub console: String,
    /// How it ended.
    pub verdict: Verdict,
}

impl Outcome {
    /// The output as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.output).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_is_told_by_its_line_first() {
        let lines = [
            "[ 1.0] kbp: loaded",
            "[ 2.0] BUG: soft lockup",
            "[ 2.1] more",
        ];
        let said = Verdict::Crash(lines.map(String::from).to_vec()).explain();
        let first = "the guest's kernel failed: [ 2.0] BUG: soft lockup\n[ 1.0] kbp: loaded\n";
        assert!(
            said.as_deref().is_some_and(|said| said.starts_with(first)),
            "{said:?}"
        );
    }
}

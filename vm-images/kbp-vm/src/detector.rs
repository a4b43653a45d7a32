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

#[cfg(test)]
mod tests {
    use super::*;

    const BAD: [&str; 22] = [
        "[    3.188318] Kernel panic - not syncing: sysrq triggered crash",
        "[   12.000001] BUG: kernel NULL pointer dereference, address: 0000000000000008",
        "[   12.000001] BUG: unable to handle page fault for address: ffffc90000abc000",
        "[   12.5] BUG: scheduling while atomic: kbp/1/143/0x00000100",
        "[   12.5] BUG: Bad page state in process kbp/1  pfn:00001",
        "[    8.123456] kernel BUG at net/core/dev.c:6543!",
        "[    8.123456] ------------[ cut here ]------------ kernel BUG at lib/list_debug.c:62!",
        "[    9.000000] Oops: 0002 [#1] PREEMPT SMP NOPTI",
        "[    9.000000] Oops: Oops: 0000 [#1] SMP NOPTI",
        "[    9.000000] Oops: general protection fault, probably for non-canonical address 0xdead000000000122: 0000 [#1] SMP",
        "[    9.0] general protection fault, probably for non-canonical address 0x1: 0000 [#1] SMP",
        "[   10.1][  T143] WARNING: CPU: 1 PID: 143 at kernel/softirq.c:362 __local_bh_enable_ip+0x6d/0x90",
        "[   10.1][   C1] WARNING: kernel/softirq.c:362 at __local_bh_enable_ip+0x6d/0x90, CPU#1: kbp/1/143",
        "[   10.1] WARNING: possible circular locking dependency detected",
        "[   31.0] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:",
        "[   31.0] rcu: INFO: rcu_sched self-detected stall on CPU",
        "[   31.0] rcu: INFO: rcu_preempt detected expedited stalls on CPUs/tasks: { 1-.... } 22 jiffies s: 1",
        "[   31.0] rcu: rcu_preempt kthread starved for 5250 jiffies! g-1 f0x0 RCU_GP_WAIT_FQS(5)",
        "[   26.0] watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [kbp/1:143]",
        "[   26.0] watchdog: CPU1: Watchdog detected hard LOCKUP on cpu 1",
        "[  121.0] INFO: task kworker/1:1:34 blocked for more than 120 seconds.",
        "[    1.0] UBSAN: array-index-out-of-bounds in net/core/dev.c:1:2",
    ];

    const FINE: [&str; 15] = [
        "[    0.000000] Linux version 6.12.0 (WARNING: none here)",
        "[    0.1] Spectre V2 : WARNING: Unprivileged eBPF is enabled with eIBRS on",
        "[    0.1] MDS: Vulnerable: Clear CPU buffers attempted, no microcode",
        "[    1.0] Call Trace:",
        "[    1.0]  ? __warn+0x81/0x130",
        "[    1.0] kbp: loading out-of-tree module taints kernel.",
        "[    1.0] livepatch: 'kbp_livepatch': starting patching transition",
        "[    2.0] clocksource: timekeeping watchdog on CPU1: Marking clocksource 'tsc' as unstable",
        "[    2.0] rcu: Hierarchical RCU implementation.",
        "[    2.0] traps: demo[120] general protection fault ip:401000 sp:7ffe error:0 in demo[401000+1000]",
        "[    2.0] sched: RT throttling activated",
        "[    2.0] sched: DL replenish lagged too much",
        "[    2.0] workqueue: blk_mq_run_work_fn hogged CPU for >10000us 4 times, consider switching to WQ_UNBOUND",
        "[    2.0] NOHZ tick-stop error: local softirq work is pending, handler #08!!!",
        "",
    ];

    #[test]
    fn bad_lines_are_bad_and_fine_lines_are_fine() {
        for line in BAD {
            assert!(is_bad(line), "{line}");
        }
        for line in FINE {
            assert!(!is_bad(line), "{line}");
        }
    }

    #[test]
    fn the_trace_has_context_and_an_end() {
        let mut detector = Detector::default();
        for n in 0..20 {
            assert!(!detector.line(&format!("[    1.0] line {n}")));
        }
        assert!(detector.line(BAD[11]));
        assert!(!detector.line("[   10.1] Call Trace:"));
        assert!(!detector.trace_ended());
        assert!(!detector.line("[   10.2] ---[ end trace 0000000000000000 ]---"));
        assert!(detector.trace_ended());
        assert_eq!(detector.trace().len(), CONTEXT + 3);
        assert_eq!(detector.trace()[0], "[    1.0] line 15");
    }
}

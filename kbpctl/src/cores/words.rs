// SPDX-License-Identifier: GPL-2.0
//! The words for what kbp.ko answers with numbers.

use kbp_uapi as abi;
use kbp_uapi::kbp_core_status;

use crate::output::harmless;

/// Every state of a core, and its word.
pub(crate) const STATES: [(u32, &str); 6] = [
    (abi::KBP_CORE_OFF, "off"),
    (abi::KBP_CORE_STARTING, "starting"),
    (abi::KBP_CORE_POLLING, "polling"),
    (abi::KBP_CORE_SLEEPING, "sleeping"),
    (abi::KBP_CORE_DRAINING, "draining"),
    (abi::KBP_CORE_YIELDED, "yielded"),
];

/// What a core does.
pub(crate) fn state(state: u32) -> &'static str {
    let known = STATES.iter().find(|(number, _)| *number == state);
    known.map_or("unknown", |(_, word)| *word)
}

/// Why a core is with softirq.
pub(crate) fn yield_reason(reason: u32) -> &'static str {
    match reason {
        abi::KBP_YIELD_PATCH => "livepatch transition",
        abi::KBP_YIELD_HOOKS => "hooks replaced",
        abi::KBP_YIELD_OFFLINE => "core offline",
        abi::KBP_YIELD_SUSPEND => "suspend",
        abi::KBP_YIELD_RESCUE => "rescue",
        _ => "unknown",
    }
}

/// The name of the task that had the core at its last rescue.
pub(crate) fn rescuer(status: &kbp_core_status) -> String {
    name(&status.rescue_comm.map(|byte| byte as u8))
}

/// The name of a task, which may hold any byte.
fn name(comm: &[u8]) -> String {
    let end = comm
        .iter()
        .position(|byte| *byte == 0)
        .unwrap_or(comm.len());
    harmless(&String::from_utf8_lossy(&comm[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_harmless() {
        assert_eq!(name(b"rt-hog\0\0\0junk\0\0\0\0\0"), "rt-hog");
        assert_eq!(name(b"\x1b[2J\xff89abcdefgh"), "?[2J\u{fffd}89abcdefgh");
        assert_eq!(name(&[0; 16]), "");
    }
}

// SPDX-License-Identifier: GPL-2.0
//! What each exit code means.

use crate::error::Exit;

pub(crate) const EXITS: &[(u8, &str)] = &[
    (
        Exit::Ok as u8,
        "Done, or nothing to do. status: at least one core is enabled.",
    ),
    (
        Exit::Failed as u8,
        "Failed. Nothing was changed, or it was undone, or the message says what is left.",
    ),
    (
        Exit::Usage as u8,
        "Wrong command line, or a wrong value in a file of the saved state.",
    ),
    (
        Exit::NotActive as u8,
        "KBP is not loaded, no core is enabled, or nothing waits to be confirmed.",
    ),
    (
        Exit::Unsupported as u8,
        "This kernel or this module cannot do it, or that is unknown.",
    ),
    (
        Exit::CheckFailed as u8,
        "A check had a bad result: of verify, doctor, config check, bench, or of the last boot.",
    ),
    (
        Exit::TimedOut as u8,
        "A wait ran out, and what had begun was undone.",
    ),
    (
        Exit::Permission as u8,
        "Not permitted: a capability is missing, or a file may not be written.",
    ),
];

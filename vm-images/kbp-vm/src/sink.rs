// SPDX-License-Identifier: GPL-2.0
//! Where a command's output goes.

use std::io::{self, Write};

use kbp_vm::Sink;

/// As it comes, to stdout.
pub(crate) fn to_stdout() -> Sink {
    Box::new(|bytes| {
        let mut out = io::stdout();
        // A reader that has gone away (`| head`) does not change how the command ends.
        let _ = out.write_all(bytes).and_then(|()| out.flush());
    })
}

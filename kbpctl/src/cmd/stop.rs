// SPDX-License-Identifier: GPL-2.0
//! Ctrl-c and the like end what would go on, in good order.

use std::io;
use std::sync::atomic::AtomicBool;
use std::sync::Arc;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::error::{Error, Result};

/// A flag that ctrl-c raises.
pub(super) fn flag() -> Result<Arc<AtomicBool>> {
    let flag = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, flag.clone())
            .map_err(|error: io::Error| Error::system("cannot catch signals", &error))?;
    }
    Ok(flag)
}

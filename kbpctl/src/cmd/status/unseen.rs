// SPDX-License-Identifier: GPL-2.0
//! What this caller may not see. The rest is shown all the same.

use kbp_uapi::kbp_info;
use schemars::JsonSchema;
use serde::Serialize;

use crate::cores::device;
use crate::error::{Error, Exit, Result};
use crate::sys::System;

/// Why the cores are not shown.
#[derive(Serialize, JsonSchema)]
pub(super) struct Unseen {
    pub(super) what: &'static str,
    pub(super) cause: String,
    pub(super) cure: String,
}

/// What the module says; or why this caller is not told.
pub(super) fn ask(sys: &dyn System) -> Result<(Option<kbp_info>, Option<Unseen>)> {
    match device::info(sys) {
        Ok(info) => Ok((info, None)),
        Err(error) if error.exit == Exit::Permission => Ok((None, Some(Unseen::new(&error)))),
        Err(error) => Err(error),
    }
}

impl Unseen {
    fn new(error: &Error) -> Unseen {
        Unseen {
            what: "the cores and what was counted",
            cause: format!("/dev/kbp takes CAP_NET_ADMIN ({})", error.cause),
            cure: error.cure.clone(),
        }
    }
}

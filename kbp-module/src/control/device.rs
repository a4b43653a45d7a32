// SPDX-License-Identifier: GPL-2.0
//! The ioctls of `/dev/kbp`; their contract is `uapi/kbp.h`.

use super::{change, status};
use crate::sys::{self, UserValue};
use crate::uapi::{
    kbp_change, kbp_core_status, kbp_napi_status, KBP_ABI_VERSION, KBP_IOC_CONFIGURE,
    KBP_IOC_CORE_STATUS, KBP_IOC_DISABLE, KBP_IOC_ENABLE, KBP_IOC_INFO, KBP_IOC_NAPI_STATUS,
};
use kernel::prelude::*;

/// Carries out one request.
///
/// Context: process context, may sleep.
pub(crate) fn ioctl(cmd: u32, arg: UserValue) -> Result {
    if !sys::may_configure() {
        return Err(EPERM);
    }
    match cmd {
        KBP_IOC_INFO => arg.write(&status::info()),
        KBP_IOC_ENABLE => apply(arg, change::enable),
        KBP_IOC_DISABLE => apply(arg, change::disable),
        KBP_IOC_CONFIGURE => apply(arg, change::configure),
        KBP_IOC_CORE_STATUS => core_status(arg),
        KBP_IOC_NAPI_STATUS => napi_status(arg),
        _ => Err(ENOTTY),
    }
}

/// Runs a change and writes back what came of it, also when it failed.
fn apply(arg: UserValue, act: fn(&mut kbp_change) -> Result) -> Result {
    let mut request: kbp_change = arg.read()?;
    let outcome = act(&mut request);
    arg.write(&request)?;
    outcome
}

fn core_status(arg: UserValue) -> Result {
    let mut request: kbp_core_status = arg.read()?;
    if request.abi_version != KBP_ABI_VERSION {
        return Err(EPROTO);
    }
    status::core(&mut request)?;
    arg.write(&request)
}

fn napi_status(arg: UserValue) -> Result {
    let mut request: kbp_napi_status = arg.read()?;
    if request.abi_version != KBP_ABI_VERSION {
        return Err(EPROTO);
    }
    status::napi(&mut request)?;
    arg.write(&request)
}

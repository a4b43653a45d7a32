// SPDX-License-Identifier: GPL-2.0
//! The ioctls of `/dev/kbp`; their contract is `uapi/kbp.h`.

use super::{change, status};
use crate::sys::{self, UserValue};
use crate::uapi::{
    Change, CoreStatus, NapiStatus, ABI_VERSION, IOC_CONFIGURE, IOC_CORE_STATUS, IOC_DISABLE,
    IOC_ENABLE, IOC_INFO, IOC_NAPI_STATUS,
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
        IOC_INFO => arg.write(&status::info()),
        IOC_ENABLE => apply(arg, change::enable),
        IOC_DISABLE => apply(arg, change::disable),
        IOC_CONFIGURE => apply(arg, change::configure),
        IOC_CORE_STATUS => core_status(arg),
        IOC_NAPI_STATUS => napi_status(arg),
        _ => Err(ENOTTY),
    }
}

/// Runs a change and writes back what came of it, also when it failed.
fn apply(arg: UserValue, act: fn(&mut Change) -> Result) -> Result {
    let mut request: Change = arg.read()?;
    let outcome = act(&mut request);
    arg.write(&request)?;
    outcome
}

fn core_status(arg: UserValue) -> Result {
    let mut request: CoreStatus = arg.read()?;
    if request.abi_version != ABI_VERSION {
        return Err(EPROTO);
    }
    status::core(&mut request)?;
    arg.write(&request)
}

fn napi_status(arg: UserValue) -> Result {
    let mut request: NapiStatus = arg.read()?;
    if request.abi_version != ABI_VERSION {
        return Err(EPROTO);
    }
    status::napi(&mut request)?;
    arg.write(&request)
}

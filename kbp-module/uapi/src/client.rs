// SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note
//! Requests to the loaded module. Each opens `/dev/kbp` for itself: an open device would keep
//! `kbp.ko` from being removed. Errors are those of open(2) and of `kbp.h`; `NotFound` when there
//! is no device.

use std::fs::{File, OpenOptions};
use std::io;

use crate::sys;
use crate::{kbp_change, kbp_core_status, kbp_info, kbp_napi_status};

/// The device.
pub const DEVICE: &str = "/dev/kbp";

/// `KBP_IOC_INFO`: the module as a whole.
pub fn info() -> io::Result<kbp_info> {
    let mut info = kbp_info::default();
    sys::info(&open()?, &mut info)?;
    Ok(info)
}

/// `KBP_IOC_CORE_STATUS`: one core.
pub fn core_status(core: u32) -> io::Result<kbp_core_status> {
    let mut status = kbp_core_status::of(core);
    sys::core_status(&open()?, &mut status)?;
    Ok(status)
}

/// `KBP_IOC_NAPI_STATUS`: one NAPI of a core; `NotFound` when there is no such record.
pub fn napi_status(core: u32, index: u32) -> io::Result<kbp_napi_status> {
    let mut status = kbp_napi_status::of(core, index);
    sys::napi_status(&open()?, &mut status)?;
    Ok(status)
}

/// `KBP_IOC_ENABLE`: on failure `change` says which step failed.
pub fn enable(change: &mut kbp_change) -> io::Result<()> {
    sys::enable(&open()?, change)
}

/// `KBP_IOC_DISABLE`: on failure `change` says which step failed.
pub fn disable(change: &mut kbp_change) -> io::Result<()> {
    sys::disable(&open()?, change)
}

/// `KBP_IOC_CONFIGURE`: on failure `change` says which step failed.
pub fn configure(change: &mut kbp_change) -> io::Result<()> {
    sys::configure(&open()?, change)
}

fn open() -> io::Result<File> {
    OpenOptions::new().read(true).write(true).open(DEVICE)
}

// SPDX-License-Identifier: GPL-2.0
//! `kbp.ko`: kernel busy poll.
//!
//! ```text
//!  /dev/kbp ioctl ──> ffi ──> control   validate, plan, commit          (may sleep)
//!                               │  starts and stops
//!                               ▼
//!  kbp/N thread ────> ffi ──> datapath ──> engine ──> sys ──> shim (C) ──> kernel
//!                                          decides     the only unsafe    acts
//! ```
//!
//! The data path never calls the control path. `unsafe` lives in `sys` and `ffi` only.

use kernel::prelude::*;

// The engine is also the host's crate `kbp-engine`; what only its tests use stays unused here.
#[allow(dead_code, unreachable_pub, unused_imports)]
#[forbid(unsafe_code)]
#[path = "../engine/src/lib.rs"]
mod engine;

// The layouts are also the host's crate `kbp-uapi`, where all of them are used.
#[allow(dead_code, unreachable_pub)]
#[forbid(unsafe_code)]
#[path = "../uapi/src/layout.rs"]
mod uapi;

#[forbid(unsafe_code)]
mod control;
#[forbid(unsafe_code)]
mod datapath;
mod ffi;
mod sys;

module! {
    type: Kbp,
    name: "kbp",
    authors: ["The KBP developers"],
    description: "Kernel busy poll: per-core NAPI polling outside softirq context",
    license: "GPL",
}

/// The loaded module.
struct Kbp {
    _control: control::Control,
}

impl kernel::Module for Kbp {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        Ok(Self {
            _control: control::Control::start()?,
        })
    }
}

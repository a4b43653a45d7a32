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
//!
//! Kbuild makes the module of it. It is also a crate of the workspace, on `kernel-compat`, so that
//! clippy, rustfmt and editors reach it.

// Rust-for-Linux gives the attribute on the command line.
#![cfg_attr(not(MODULE), no_std)]

use kernel::prelude::*;

// The engine is also the host's crate `kbp-engine`.
#[allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "some of it only its tests use"
)]
#[path = "../engine/src/lib.rs"]
mod engine;

// The layouts are also the host's crate `kbp-uapi`.
#[allow(dead_code, unreachable_pub, reason = "all of it is used there")]
#[forbid(unsafe_code)]
#[path = "../uapi/src/abi/mod.rs"]
mod uapi;

#[forbid(unsafe_code)]
mod control;
#[forbid(unsafe_code)]
mod datapath;
#[allow(unsafe_code, reason = "calls from C")]
mod ffi;
#[allow(unsafe_code, reason = "calls into C")]
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

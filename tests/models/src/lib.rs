// SPDX-License-Identifier: GPL-2.0
//! The real poller (`kbp_engine::run`) against a model of one core and its kernel, in
//! every schedule that a model checker comes up with.
//!
//! What runs *on* the core in the kernel (the poller's thread, hard interrupts, softirqs, IPIs,
//! ksoftirqd, a task that sends through loopback) and what runs *elsewhere* (control, the watch,
//! the wire, somebody who takes a device down) are threads of the model checker alike. Three
//! rules make the former one core:
//!
//! - A section with interrupts off is one [`Machine::atomic`] step. Nothing else happens within;
//!   anything may happen between two.
//! - A softirq runs as soon as an interrupt ends or bottom halves are let run again, unless
//!   somebody has them off ([`State::bh`]); who wants them off waits until nobody has.
//! - A hard interrupt is one step and may come between any two.
//!
//! `kernel/` is the kernel's side, written after its sources; `shim/` is the module's C, file by
//! file. A [`Twin`] is the same model with one deliberate mistake. `docs/concurrency.md` says
//! which claim is checked by which model, and which twin shows that the check can fail.
#![forbid(unsafe_code)]

mod bounded;
mod check;
mod claims;
mod kernel;
mod machine;
mod outside;
mod platform;
mod shim;
mod state;
mod twin;

pub use check::{explore, explore_all, twin_fails};
pub use machine::{Machine, Model};
pub use state::{Context, Napi, State};
pub use twin::Twin;

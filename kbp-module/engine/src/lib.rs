// SPDX-License-Identifier: GPL-2.0
//! The poller's policy and life cycle, free of the kernel: what a poller decides, in plain values.
//!
//! The same source is compiled into `kbp.ko` (which includes this file by path), under
//! `cargo test` and under model checkers. It decides; a [`Platform`] acts.
//!
//! ```text
//!  Orders ──> run ──> poller ──> cycle ──> guard ──> Platform   (held: poll NAPIs, within Budget)
//!              │                                        ▲
//!              ├──> spin, window, yielding ─────────────┤       (between: sleep, give the core)
//!              └──> Ledger  (state and counters, written only)
//!  watch::Watch    (another core checks on the poller)
//! ```
//!
//! Inside, each file imports from the file that owns the name; what stands here is for outsiders.

#![forbid(unsafe_code)]

mod budget;
mod cycle;
mod guard;
mod housekeeping;
mod idle;
mod ledger;
mod life;
mod orders;
mod pass;
mod platform;
mod policy;
mod poller;
mod rescue;
mod rescues;
mod run;
mod spin;
mod watch;
mod window;
mod yielding;

pub use budget::Budget;
pub use guard::{Between, BottomHalves, Guard, Held};
pub use housekeeping::{Demand, Housekeeping, Window};
pub use idle::IdleSpin;
pub use ledger::{CycleReport, Gap, Ledger};
pub use life::{CoreState, YieldReason};
pub use orders::{Order, Orders};
pub use platform::{Platform, PolledNapi, Spin, Spun, Taken, Woken};
pub use policy::{Away, IdlePolicy, IrqMode, Policy, Retry, Windows};
pub use run::run;
pub use watch::Watch;

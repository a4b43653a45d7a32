// SPDX-License-Identifier: GPL-2.0
//! The poller's policy and life cycle, free of the kernel: what a poller decides, in plain values.
//!
//! The same source is compiled into `kbp.ko` (which includes this file by path), under
//! `cargo test` and under model checkers. It decides; a [`Platform`] acts.
//!
//! ```text
//!  Orders ──> poller::run ──> guard::Guard ──> Platform   (held: poll NAPIs, bounded by Budget)
//!                  │                             ▲
//!                  ├──> housekeeping, idle ──────┤        (between: windows, sleeps, yields)
//!                  └──> Ledger  (state and counters, written only)
//!  watch::Watch    (another core's look at the poller)
//! ```

#![forbid(unsafe_code)]

mod budget;
mod cycle;
mod guard;
mod housekeeping;
mod idle;
mod life;
mod platform;
mod policy;
mod poller;
mod watch;

pub use budget::Budget;
pub use cycle::{run_cycle, CycleReport};
pub use guard::{Between, Guard, Held};
pub use housekeeping::{Company, Housekeeping, Window};
pub use idle::IdleSpin;
pub use life::{CoreState, YieldReason};
pub use platform::{Gap, Ledger, Orders, Platform, PolledNapi, Taken, Wanted, Woken};
pub use policy::{IdlePolicy, IrqMode, Policy, Windows};
pub use poller::{run, End};
pub use watch::Watch;

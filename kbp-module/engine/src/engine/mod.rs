// SPDX-License-Identifier: GPL-2.0
//! What a poller decides, told in plain values.
//!
//! ```text
//!  poller::run ──> guard::Guard ──> Platform   (held: poll NAPIs, bounded by Budget)
//!       │                             ▲
//!       ├──> housekeeping ────────────┤        (not held: windows, quiescent states)
//!       └──> Ledger  (state and counters, written only)
//! ```

mod budget;
mod cycle;
mod guard;
mod housekeeping;
mod life;
mod platform;
mod poller;

pub use budget::Budget;
pub use cycle::{run_cycle, CycleReport};
pub use guard::Guard;
pub use housekeeping::{Housekeeping, Window};
pub use life::{CoreState, YieldReason};
pub use platform::{Ledger, Platform, PolledNapi, Woken};
pub use poller::run;

// SPDX-License-Identifier: GPL-2.0
//! Safe wrappers of the C shim.
//!
//! # Invariants
//!
//! - *poller-thread*: a [`Poller`] exists only on the `kbp/N` thread of its core and only while
//!   `kbp_rs_poll` runs there.
//! - *table-life*: the core table is made before the first thread, device or hook can exist and
//!   freed after the last of them is gone.
//! - *one-thread*: a core has at most one thread at any time, made and forgotten under the control
//!   lock.
//! - *lock-token*: a [`ControlLock`] exists only while the control mutex is held and no core can
//!   go on- or offline.

#[rustfmt::skip]
#[allow(
    missing_docs,
    non_camel_case_types,
    unreachable_pub,
    clippy::allow_attributes_without_reason,
    reason = "names and comments are those of C; only this module sees it"
)]
mod bindings;
mod gate;
mod host;
mod lock;
mod poller;
mod table;
mod thread;
pub(crate) mod trace;
mod user;

use bindings as shim;

pub(crate) use bindings::kbp_poller;
pub(crate) use gate::{hooks_in_effect, nudge_watch, recover_backlog, GateOf, WatchThread};
pub(crate) use host::{
    core_limit, core_online, core_possible, limit_exit_latency, may_configure, now_ns, pause,
    Device, Hotplug, Power,
};
pub(crate) use lock::ControlLock;
pub(crate) use poller::Poller;
pub(crate) use table::{core, cores, CoreTable};
pub(crate) use thread::{
    ask_stop, join, join_limit, nudge, schedule_as, start_thread, take_stop_back, thread_pid,
    SchedPolicy,
};
pub(crate) use user::UserValue;

// SPDX-License-Identifier: GPL-2.0
//! Safe wrappers of the C shim.
//!
//! # Invariants
//!
//! - *poller-thread*: a [`Poller`] exists only on the `kbp/N` thread of its core and only while
//!   `kbp_rs_poll` runs there.
//! - *table-life*: the core table is made before the first thread, device or hook can exist and
//!   freed after the last of them is gone.
//! - *lock-token*: a [`ControlLock`] exists only while the control mutex is held and no core can
//!   go on- or offline.

mod host;
mod lock;
mod poller;
mod shim;
mod table;
mod thread;
mod user;

pub(crate) use host::{
    core_limit, core_online, core_possible, may_configure, now_ns, pause, schedules, Device,
    Hotplug,
};
pub(crate) use lock::ControlLock;
pub(crate) use poller::Poller;
pub(crate) use shim::RawPoller;
pub(crate) use table::{core, cores, CoreTable};
pub(crate) use thread::{Thread, ThreadSlot};
pub(crate) use user::UserValue;

// SPDX-License-Identifier: GPL-2.0
//! The stories, one file per subject.

mod concurrency;
mod endurance;
mod harness;
mod hotplug;
mod livepatch;
mod permissions;
mod refusals;
mod rescue;
mod round_trip;
mod scheduling;
mod synthetic_nic;
mod unload;

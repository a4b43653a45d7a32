// SPDX-License-Identifier: GPL-2.0
//! Instructions per packet, counted instead of timed.
//!
//! The guest's clock counts instructions ([`kbp_vm::VmConfig::icount`]), one a nanosecond. What a
//! packet costs is what it takes away from whoever has the rest of the CPU: a task that spins, or
//! KBP's own rounds that find nothing. [`plan`] says what is run, [`event`] what the guest tells,
//! [`compute`] turns that into instructions, [`goals`] judges, [`report`] shows it.

pub mod compute;
pub mod event;
pub mod goals;
pub mod guest;
pub mod host;
pub mod plan;
pub mod report;
pub mod row;

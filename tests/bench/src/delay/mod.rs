// SPDX-License-Identifier: GPL-2.0
//! Delays from the interrupt to the poll, on a clock that counts instructions.
//!
//! The guest's clock counts instructions ([`kbp_vm::VmConfig::icount`]), one a nanosecond, so what is
//! measured hardly depends on the run or on the machine: medians agree within a bucket. There is one
//! CPU: the synthetic NIC interrupts it, somebody polls, and what else wants the CPU is part of the
//! row. [`rows`] says what happens, [`event`] what the guest tells, [`mod@guest`] measures, [`goals`]
//! judges, [`report`] compares and shows, `picture` draws, `page` writes HTML; `path` tells where the
//! instructions are.

pub mod event;
mod exits;
mod functions;
pub mod goals;
pub mod guest;
pub mod host;
pub(crate) mod page;
mod path;
mod picture;
pub mod report;
pub mod rows;

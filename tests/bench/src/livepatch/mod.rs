// SPDX-License-Identifier: GPL-2.0
//! How long somebody else's livepatch takes while a thread polls without rest: KBP's, and the
//! kernel's own threaded busy poll.

pub mod event;
pub mod guest;
pub mod host;
pub mod report;

// SPDX-License-Identifier: GPL-2.0
//! The host: what kbpctl must know of the machine under KBP before and while it changes it.
//!
//! The modules and their livepatch: [`modules`], [`packed`], [`livepatch`], [`blockers`],
//! [`others`] and [`ftrace`].
//! Kernels, running, installed or broken: [`images`], [`verified`], [`suits`], [`newest`] and
//! [`boot`].
//! Devices: [`network`], [`link_files`] and [`softnet`]; tasks: [`processes`]; cores: [`cpu_time`].
//! What was logged and installed: [`kernel_log`] and [`packages`].
//! Taking turns and time: [`lock`] and [`wait`].

pub(crate) mod blockers;
pub(crate) mod boot;
pub(crate) mod cpu_time;
pub(crate) mod ftrace;
pub(crate) mod images;
pub(crate) mod kernel_log;
pub(crate) mod link_files;
pub(crate) mod livepatch;
pub(crate) mod lock;
pub(crate) mod modules;
pub(crate) mod network;
pub(crate) mod newest;
pub(crate) mod others;
pub(crate) mod packages;
pub(crate) mod packed;
pub(crate) mod processes;
pub(crate) mod softnet;
pub(crate) mod suits;
pub(crate) mod verified;
pub(crate) mod wait;

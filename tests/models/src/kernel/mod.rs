// SPDX-License-Identifier: GPL-2.0
//! The kernel's side of the core.

mod backlog;
mod device;
mod napi;
mod softirq;

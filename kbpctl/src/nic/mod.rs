// SPDX-License-Identifier: GPL-2.0
//! Network interfaces and their interrupts, as the kernel shows them.
//!
//! [`interface`] finds the NICs that a name leads to, [`sysfs`] reads their interrupts, [`vectors`]
//! knows which of them receive, and [`affinity`] where one goes.

pub(crate) mod affinity;
pub(crate) mod interface;
#[cfg(test)]
mod layouts;
pub(crate) mod sysfs;
pub(crate) mod vectors;

// SPDX-License-Identifier: GPL-2.0
//! What happened between two looks at the machine.
//!
//! A [`sample`] is one look: KBP's counters, and what the kernel counts itself. An [`interval`] is what
//! two of them make: figures for each core ([`one_core`]) with its NAPIs ([`napi`]), the interrupts of
//! NICs ([`nic`]), and what became of cores and interrupts ([`event`]). [`grown`] knows what a
//! difference of two counters is worth, and [`number`] writes figures in few characters.
//!
//! A figure that cannot be told is `None`: of a counter that began anew, a core that is gone, an
//! interval without length.

pub(crate) mod event;
mod grown;
pub(crate) mod interval;
pub(crate) mod napi;
pub(crate) mod nic;
pub(crate) mod number;
pub(crate) mod one_core;
pub(crate) mod sample;
mod spent;
#[cfg(test)]
mod tests;

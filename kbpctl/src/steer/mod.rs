// SPDX-License-Identifier: GPL-2.0
//! Bringing the interrupts of NICs to cores, and back.
//!
//! A [`plan`] says which interrupt goes where. NICs get as many queues as are asked for
//! ([`channels`], [`requeue`]), [`moves`] carries the plan out, and [`xps`] has the cores send by
//! the same queues; [`done`] undoes all of it when a step fails. [`originals`] keeps how everything
//! was before, and how it is to be: [`back`] brings it back, wherever a vector is by then
//! ([`place`]), and [`keeper`] keeps it, but for what somebody else changes again and again
//! ([`fights`], [`culprit`]). [`balancer`] is told, and [`seen`] looks whether packets come.
//! [`bring`] is the whole of it.

pub(crate) mod back;
pub(crate) mod balancer;
pub(crate) mod bring;
pub(crate) mod channels;
mod culprit;
pub(crate) mod done;
pub(crate) mod fights;
pub(crate) mod keeper;
pub(crate) mod moves;
pub(crate) mod originals;
pub(crate) mod place;
pub(crate) mod plan;
pub(crate) mod requeue;
pub(crate) mod seen;
mod write;
pub(crate) mod xps;

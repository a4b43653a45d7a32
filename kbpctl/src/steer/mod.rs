// SPDX-License-Identifier: GPL-2.0
//! Bringing the interrupts of NICs to cores, and back.
//!
//! A [`plan`] says which interrupt goes where; [`moves`] carries it out, all of it or nothing; and
//! [`originals`] keeps where each interrupt went before. [`balancer`] is told, and [`seen`] looks
//! whether packets come. [`bring`] does all of that.

pub(crate) mod balancer;
pub(crate) mod bring;
pub(crate) mod moves;
pub(crate) mod originals;
pub(crate) mod plan;
pub(crate) mod seen;

// SPDX-License-Identifier: GPL-2.0
//! What every picture of times is made of.

pub(crate) mod axes;
pub(crate) mod curves;
pub(crate) mod elements;
pub(crate) mod sheet;
pub(crate) mod style;

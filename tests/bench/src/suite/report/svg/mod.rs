// SPDX-License-Identifier: GPL-2.0
//! The plots of rows: each with its table on the page, and all together in one picture.

mod picture;
mod plot;

pub(super) use crate::report::svg::style::sheet;
pub(super) use picture::draw as picture;
pub(super) use plot::Plot;

#[cfg(test)]
pub(super) mod tests;

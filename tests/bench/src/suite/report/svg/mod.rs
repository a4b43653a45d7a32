// SPDX-License-Identifier: GPL-2.0
//! The plots of rows: each with its table on the page, and all together in one picture.

mod axes;
mod curves;
mod elements;
mod picture;
mod plot;
mod style;

pub(super) use picture::draw as picture;
pub(super) use plot::Plot;
pub(super) use style::sheet;

#[cfg(test)]
pub(super) mod tests;

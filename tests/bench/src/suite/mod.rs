// SPDX-License-Identifier: GPL-2.0
//! The benchmark: every way to poll that the kernel has, beside KBP's, in one boot. Its smallest preset
//! is the demo's part on the wall clock.
//!
//! [`cell`] names what is measured, [`outcome`] what comes of it. The host plans cells, gives them
//! to the guest in a file, and keeps each outcome as it comes; the report is made of the outcomes
//! alone, by [`metric`], [`noise`] and [`report`].

pub mod cell;
pub mod guest;
pub mod host;
pub mod metric;
pub mod noise;
pub mod outcome;
pub mod plan;
pub mod report;
pub mod rows;
pub mod scale;

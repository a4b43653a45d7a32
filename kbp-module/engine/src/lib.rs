// SPDX-License-Identifier: GPL-2.0
//! The poller's policy and life cycle, free of the kernel.
//!
//! The same source is compiled into `kbp.ko` (which includes [`engine`] by path), under
//! `cargo test` and under model checkers. It decides; a [`engine::Platform`] acts.
#![no_std]
#![forbid(unsafe_code)]

pub mod engine;

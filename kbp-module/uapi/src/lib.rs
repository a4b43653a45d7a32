// SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note
//! Layouts and numbers of the `/dev/kbp` interface.
//!
//! `kbp.h` is the truth. [`layout`] says the same in Rust; the kernel module compiles that
//! file too, so both ends of the ioctl use one text.
#![no_std]

pub mod layout;

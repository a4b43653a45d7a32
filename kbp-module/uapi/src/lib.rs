// SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note
//! The interface of `/dev/kbp`: layouts and numbers, made of `kbp.h`, and with the feature `std` its
//! one client.
#![cfg_attr(not(feature = "std"), no_std)]

mod abi;
#[cfg(feature = "std")]
pub mod client;
#[cfg(feature = "std")]
mod sys;

pub use abi::*;

// SPDX-License-Identifier: GPL-2.0
//! The system calls that have no safe wrapper.
#![allow(
    unsafe_code,
    reason = "the only place in this crate for calls without a safe wrapper"
)]

pub(crate) mod bpf;

// SPDX-License-Identifier: GPL-2.0
//! Nothing: what the compiler may call (`memcpy` and its like) the kernel has.

#![allow(internal_features)]
#![feature(compiler_builtins)]
#![compiler_builtins]
#![no_builtins]
#![no_std]

// SPDX-License-Identifier: GPL-2.0
//! XDP programs of a few instructions: every packet of a device goes on, or to another device.

use std::os::fd::OwnedFd;

use nix::net::if_::if_nametoindex;

use crate::sys::bpf::{self, Instruction};
use crate::{Error, Result};

const XDP_PASS: i32 = 2;
const BPF_FUNC_REDIRECT: i32 = 23;
// Operation codes of include/uapi/linux/bpf.h.
const MOV64_IMMEDIATE: u8 = 0xb7;
const CALL: u8 = 0x85;
const EXIT: u8 = 0x95;

/// Attaches a program to the driver of `device` for as long as the answer is held: it sends every
/// packet out of the device `redirect_to`, or lets it go on to the stack. Fails when the driver has no
/// XDP of its own.
pub fn attach(device: &str, redirect_to: Option<&str>) -> Result<OwnedFd> {
    let program = match redirect_to {
        None => pass(),
        Some(target) => redirect(index_of(target)?),
    };
    bpf::attach_xdp(&program, index_of(device)?).map_err(Error::doing(format!(
        "cannot attach an XDP program to {device} (it needs root, and native XDP in its driver)"
    )))
}

fn index_of(device: &str) -> Result<u32> {
    if_nametoindex(device).map_err(Error::doing(format!("cannot find the device {device}")))
}

fn pass() -> Vec<Instruction> {
    vec![
        instruction(MOV64_IMMEDIATE, 0, XDP_PASS),
        instruction(EXIT, 0, 0),
    ]
}

/// What bpf_redirect(ifindex, 0) returns is the verdict.
fn redirect(ifindex: u32) -> Vec<Instruction> {
    vec![
        instruction(MOV64_IMMEDIATE, 1, ifindex as i32),
        instruction(MOV64_IMMEDIATE, 2, 0),
        instruction(CALL, 0, BPF_FUNC_REDIRECT),
        instruction(EXIT, 0, 0),
    ]
}

fn instruction(code: u8, registers: u8, immediate: i32) -> Instruction {
    Instruction {
        code,
        registers,
        offset: 0,
        immediate,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_is_a_call_with_the_target_as_first_argument() {
        let program = [(0xb7, 1, 7), (0xb7, 2, 0), (0x85, 0, 23), (0x95, 0, 0)]
            .map(|(code, registers, immediate)| instruction(code, registers, immediate));
        assert_eq!(redirect(7), program);
        assert_eq!(pass()[0].immediate, XDP_PASS);
    }

    #[test]
    fn a_device_that_is_not_there_is_named() {
        let error = attach("nowhere0", None).unwrap_err().to_string();
        assert!(
            error.starts_with("cannot find the device nowhere0: "),
            "{error}"
        );
    }
}

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

/// What becomes of a packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It goes on to the stack.
    Pass,
    /// It leaves through the device of this name.
    Redirect(String),
}

/// An attached program; it goes when this is dropped.
#[derive(Debug)]
pub struct Attached(#[allow(dead_code, reason = "held, never used")] OwnedFd);

/// Attaches a program to the driver of `device`; fails when the driver has no XDP of its own.
pub fn attach(device: &str, verdict: &Verdict) -> Result<Attached> {
    let program = match verdict {
        Verdict::Pass => pass(),
        Verdict::Redirect(target) => redirect(index_of(target)?),
    };
    let link = bpf::attach_xdp(&program, index_of(device)?);
    link.map(Attached).map_err(Error::doing(format!(
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
        let program = redirect(7);
        let brief: Vec<_> = program
            .iter()
            .map(|i| (i.code, i.registers, i.immediate))
            .collect();
        assert_eq!(
            brief,
            [(0xb7, 1, 7), (0xb7, 2, 0), (0x85, 0, 23), (0x95, 0, 0)]
        );
        assert_eq!(pass()[0].immediate, XDP_PASS);
    }

    #[test]
    fn a_device_that_is_not_there_is_named() {
        let error = attach("nowhere0", &Verdict::Pass).unwrap_err().to_string();
        assert!(
            error.starts_with("cannot find the device nowhere0: "),
            "{error}"
        );
    }
}

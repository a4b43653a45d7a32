// SPDX-License-Identifier: GPL-2.0
//! bpf(2): loading an XDP program and linking it to a device.
//!
//! Invariant (whole-attributes): the kernel reads as many bytes of an attribute as it is told, and
//! follows the pointers in it; each attribute here is `repr(C)` without padding, is passed with its
//! own size, and what it points to outlives the call.
//! Invariant (new-descriptor): a call that makes an object returns a descriptor that nobody else
//! has.

use std::io;
use std::mem::size_of;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use nix::errno::Errno;
use nix::libc;

// Of include/uapi/linux/bpf.h and if_link.h.
const BPF_PROG_LOAD: libc::c_long = 5;
const BPF_LINK_CREATE: libc::c_long = 28;
const BPF_PROG_TYPE_XDP: u32 = 6;
const BPF_XDP: u32 = 37;
/// In the driver or not at all: never behind its back, in the generic path.
const XDP_FLAGS_DRV_MODE: u32 = 1 << 2;

/// One BPF instruction, `struct bpf_insn`.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Instruction {
    pub(crate) code: u8,
    /// The target in the low four bits, the source in the high ones.
    pub(crate) registers: u8,
    pub(crate) offset: i16,
    pub(crate) immediate: i32,
}

/// The first fields of `union bpf_attr` for `BPF_PROG_LOAD`.
#[repr(C)]
struct ProgLoad {
    prog_type: u32,
    insn_cnt: u32,
    insns: u64,
    license: u64,
    log_level: u32,
    log_size: u32,
    log_buf: u64,
    kern_version: u32,
    prog_flags: u32,
    prog_name: [u8; 16],
    prog_ifindex: u32,
    expected_attach_type: u32,
}

/// The first fields of `union bpf_attr` for `BPF_LINK_CREATE`.
#[repr(C)]
struct LinkCreate {
    prog_fd: u32,
    target_ifindex: u32,
    attach_type: u32,
    flags: u32,
}

/// Loads an XDP program and attaches it to the driver of a device, until the link is dropped.
pub(crate) fn attach_xdp(program: &[Instruction], ifindex: u32) -> io::Result<OwnedFd> {
    let program = load(program)?;
    let attribute = LinkCreate {
        prog_fd: program.as_raw_fd() as u32,
        target_ifindex: ifindex,
        attach_type: BPF_XDP,
        flags: XDP_FLAGS_DRV_MODE,
    };
    // SAFETY: whole-attributes: four numbers.
    unsafe { bpf(BPF_LINK_CREATE, &attribute) }
}

fn load(program: &[Instruction]) -> io::Result<OwnedFd> {
    let license = c"GPL";
    let attribute = ProgLoad {
        prog_type: BPF_PROG_TYPE_XDP,
        insn_cnt: program.len() as u32,
        insns: program.as_ptr() as u64,
        license: license.as_ptr() as u64,
        log_level: 0,
        log_size: 0,
        log_buf: 0,
        kern_version: 0,
        prog_flags: 0,
        prog_name: *b"kbp_bench\0\0\0\0\0\0\0",
        prog_ifindex: 0,
        expected_attach_type: BPF_XDP,
    };
    // SAFETY: whole-attributes: the program, of insn_cnt instructions, and the licence, which ends
    // with a NUL, outlive the call; there is no log.
    unsafe { bpf(BPF_PROG_LOAD, &attribute) }
}

/// Makes an object.
///
/// # Safety
/// `A` is the beginning of what `command`, which makes an object, wants (whole-attributes).
unsafe fn bpf<A>(command: libc::c_long, attribute: &A) -> io::Result<OwnedFd> {
    let attribute: *const A = attribute;
    // SAFETY: whole-attributes, by our caller.
    let number = unsafe { libc::syscall(libc::SYS_bpf, command, attribute, size_of::<A>()) };
    let number = Errno::result(number)?;
    // SAFETY: new-descriptor.
    Ok(unsafe { OwnedFd::from_raw_fd(number as libc::c_int) })
}

// Without padding: the fields fill them.
const _: () = assert!(size_of::<Instruction>() == 8);
const _: () = assert!(size_of::<LinkCreate>() == 4 * 4);
const _: () = assert!(size_of::<ProgLoad>() == 2 * 4 + 2 * 8 + 2 * 4 + 8 + 2 * 4 + 16 + 2 * 4);

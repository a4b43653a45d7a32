// SPDX-License-Identifier: GPL-2.0
//! What has no safe form.
#![allow(
    unsafe_code,
    reason = "the only place in this crate for what has no safe form"
)]

use std::arch::asm;
use std::io;
use std::os::fd::{AsFd, AsRawFd};

use nix::errno::Errno;
use nix::libc;

/// Executes so many instructions, a multiple of 16, and a handful around them. Few of them jump: an
/// emulator takes as long for one that does as for a dozen that do not.
pub(crate) fn execute(instructions: u32) {
    const TURN: u32 = 16;
    let turns = (instructions / TURN).max(1);
    // SAFETY: the loop changes the flags and the one register that it declares, and no memory.
    unsafe {
        asm!(
            "2:", ".rept 14", "nop", ".endr", "dec {n:e}", "jnz 2b",
            n = inout(reg) turns => _,
            options(nomem, nostack)
        );
    }
}

/// Makes the calling thread one that runs only when nobody else wants to (SCHED_IDLE).
pub(crate) fn only_when_idle() -> io::Result<()> {
    policy(0, libc::SCHED_IDLE, 0)
}

/// Makes a thread a real-time one (SCHED_FIFO).
pub(crate) fn real_time(thread: i32, priority: i32) -> io::Result<()> {
    policy(thread, libc::SCHED_FIFO, priority)
}

fn policy(pid: i32, policy: libc::c_int, priority: libc::c_int) -> io::Result<()> {
    let param = libc::sched_param {
        sched_priority: priority,
    };
    // SAFETY: the kernel reads one sched_param, which lives through the call.
    Errno::result(unsafe { libc::sched_setscheduler(pid, policy, &param) })?;
    Ok(())
}

/// `struct epoll_params` of linux/eventpoll.h.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct EpollParams {
    pub(crate) busy_poll_usecs: u32,
    pub(crate) busy_poll_budget: u16,
    pub(crate) prefer_busy_poll: u8,
    pad: u8,
}

impl EpollParams {
    pub(crate) fn new(busy_poll_usecs: u32, busy_poll_budget: u16) -> EpollParams {
        EpollParams {
            busy_poll_usecs,
            busy_poll_budget,
            prefer_busy_poll: 1,
            pad: 0,
        }
    }
}

/// How an epoll polls the NAPIs of its sockets (6.9 and later).
pub(crate) fn epoll_busy_poll(epoll: impl AsFd, params: &EpollParams) -> io::Result<()> {
    // SAFETY: the kernel reads one EpollParams for this number: its size is in it.
    unsafe { epiocsparams(epoll.as_fd().as_raw_fd(), params) }?;
    Ok(())
}

nix::ioctl_write_ptr!(epiocsparams, 0x8a, 1, EpollParams);

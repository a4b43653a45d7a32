// SPDX-License-Identifier: GPL-2.0
//! Run commands in guests with stock kernels.
//!
//! ```no_run
//! use kbp_vm::{run_script, VmConfig};
//!
//! let outcome = run_script(VmConfig::new("trixie-backports").nic(1), "ping -c 1 10.77.0.1")?;
//! assert_eq!(outcome.code, 0, "{}", outcome.text());
//! # Ok::<(), kbp_vm::Error>(())
//! ```
//!
//! The path of a run: [`VmConfig`] says what is wanted, `boot` has `initramfs` pack it and `qemu` start
//! it, `serial` brings its three ports, [`detector`] reads the kernel's log, and [`Vm`] comes to a
//! [`Verdict`].

pub mod accel;
mod address;
mod boot;
mod busybox;
pub mod cable;
pub mod cache;
mod config;
mod cpio;
mod debugger;
pub mod detector;
mod error;
pub mod image;
mod initramfs;
mod interrupt;
mod kept;
mod launch;
mod limit;
mod lock;
mod modules;
mod monitor;
mod one_cpu;
mod outcome;
mod program;
mod progress;
mod qemu;
mod qmp;
mod request;
mod serial;
mod stall;
mod switch;
mod sys;
mod threads;
mod tools;
pub mod udp;
mod vm;
mod wait;

pub use boot::choose_accel;
pub use cable::nic::{Model, Nic};
pub use config::VmConfig;
pub use error::{Error, Result};
pub use interrupt::interrupt_flag;
pub use lock::{lock, try_lock, Locked};
pub use outcome::{Outcome, Verdict, ALLOWED_TAINT};
pub use switch::Report as SwitchReport;
pub use sys::window_size;
pub use vm::{Sink, Vm};

/// Boots a guest, runs a shell script in it and waits for the end.
pub fn run_script(config: VmConfig, script: &str) -> Result<Outcome> {
    Vm::boot(config.script(script))?.wait()
}

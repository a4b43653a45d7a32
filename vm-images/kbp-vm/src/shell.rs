// SPDX-License-Identifier: GPL-2.0
//! A person's terminal on a guest's serial port.

use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;
use std::thread;
use std::time::Duration;

use kbp_vm::{window_size, Error, Nic, Outcome, Result, Vm, VmConfig};
use nix::errno::Errno;
use nix::sys::termios::{cfmakeraw, tcgetattr, tcsetattr, SetArg, Termios};
use nix::unistd::Uid;

/// How long the guest may take until its prompt.
const BOOT_LIMIT: Duration = Duration::from_secs(300);
/// The same with a debugger, which may stop it for as long as a person thinks.
const DEBUG_LIMIT: Duration = Duration::from_secs(24 * 3600);
/// The guest's terminal reads this as the end of the input.
const END_OF_INPUT: u8 = 4;

/// The terminal's own settings, put back when this is dropped.
struct RawMode(Option<Termios>);

impl RawMode {
    fn enter() -> Result<RawMode> {
        if !io::stdin().is_terminal() {
            return Ok(RawMode(None));
        }
        let failed = |errno: Errno| Error::Io {
            what: "cannot set up the terminal".into(),
            source: errno.into(),
        };
        let before = tcgetattr(io::stdin()).map_err(failed)?;
        let mut raw = before.clone();
        cfmakeraw(&mut raw);
        tcsetattr(io::stdin(), SetArg::TCSANOW, &raw).map_err(failed)?;
        Ok(RawMode(Some(before)))
    }
}

impl Drop for RawMode {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            // Nothing better can be done when the terminal is gone.
            let _ = tcsetattr(io::stdin(), SetArg::TCSADRAIN, before);
        }
    }
}

/// The NIC of a guest for whose NICs nobody has asked: two queues where that can be had.
pub(crate) fn nic() -> Nic {
    let able = Uid::effective().is_root() && Path::new("/dev/net/tun").exists();
    if !able {
        eprintln!("kbp-vm: eth0 has one queue only: two need root and /dev/net/tun");
    }
    Nic::Cable {
        queues: if able { 2 } else { 1 },
    }
}

/// Boots a guest and connects the terminal to it until the guest's shell ends.
pub(crate) fn run(config: VmConfig) -> Result<Outcome> {
    let (rows, columns) = window_size(io::stdout()).unwrap_or((24, 80));
    let mut vm = Vm::boot(config.shell(rows, columns))?;
    vm.on_output(crate::sink::to_stdout());
    eprintln!("kbp-vm: booting; leave the guest with `exit`");
    crate::advice::on_gdb(&vm)?;
    let limit = vm.gdb().map_or(BOOT_LIMIT, |_| DEBUG_LIMIT);
    vm.wait_ready(limit)?;
    let raw = RawMode::enter()?;
    let mut guest = vm.input()?;
    let copy = move || {
        let mut buffer = [0; 4096];
        while let Ok(n) = io::stdin().read(&mut buffer) {
            let typed = if n == 0 {
                &[END_OF_INPUT]
            } else {
                &buffer[..n]
            };
            if guest.write_all(typed).is_err() || n == 0 {
                return;
            }
        }
    };
    // It is never joined: nobody can end a read from a terminal, and the process is about to.
    thread::Builder::new()
        .name("kbp-vm-stdin".into())
        .spawn(copy)
        .map_err(|source| Error::Io {
            what: "cannot start a thread".into(),
            source,
        })?;
    let outcome = vm.wait();
    drop(raw);
    outcome
}

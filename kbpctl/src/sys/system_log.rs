// SPDX-License-Identifier: GPL-2.0
//! What a process says that has no terminal: in the system's log (syslog(3)), or where nobody keeps
//! one in the kernel's.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::net::UnixDatagram;
use std::process;

const SOCKET: &str = "/dev/log";
const KERNEL: &str = "/dev/kmsg";
/// Facility `daemon`, severity `notice`.
const PRIORITY: u32 = (3 << 3) | 5;

/// Says it. Nobody waits for it, so nobody hears that it cannot be said.
pub(super) fn say(line: &str) {
    // One record is one line.
    let line = line.replace(char::is_control, " ");
    let record = format!("<{PRIORITY}>kbpctl[{}]: {line}", process::id());
    if to_system(&record).is_err() {
        let _ = to_kernel(&record);
    }
}

fn to_system(record: &str) -> io::Result<()> {
    let socket = UnixDatagram::unbound()?;
    // One that is full is not waited for.
    socket.set_nonblocking(true)?;
    socket.send_to(record.as_bytes(), SOCKET)?;
    Ok(())
}

fn to_kernel(record: &str) -> io::Result<()> {
    let mut log = OpenOptions::new().write(true).open(KERNEL)?;
    // Without its end a record is shown when the next one comes.
    log.write_all(format!("{record}\n").as_bytes())
}

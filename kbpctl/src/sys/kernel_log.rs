// SPDX-License-Identifier: GPL-2.0
//! The log of the kernel, as /dev/kmsg has it.

use std::fs::OpenOptions;
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sys::stat::makedev;

const FILE: &str = "/dev/kmsg";
/// More than a record has.
const RECORD: usize = 16 << 10;

/// Every record that is there now: `PRIORITY,NUMBER,MICROSECONDS,FLAGS;MESSAGE` and lines of details.
pub(super) fn read() -> io::Result<Vec<String>> {
    let flags = OFlag::O_NONBLOCK.bits();
    let mut file = OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(FILE)?;
    // In a container it may be anything.
    if file.metadata()?.rdev() != makedev(1, 11) {
        let cause = "it is not the log of the kernel here";
        return Err(io::Error::new(io::ErrorKind::Unsupported, cause));
    }
    let mut records = Vec::new();
    let mut record = vec![0; RECORD];
    loop {
        match file.read(&mut record) {
            Ok(0) => return Ok(records),
            Ok(length) => records.push(String::from_utf8_lossy(&record[..length]).into_owned()),
            Err(error) => match error.raw_os_error().map(Errno::from_raw) {
                Some(Errno::EAGAIN) => return Ok(records),
                // The oldest ones were overwritten meanwhile; the next read goes on behind them.
                Some(Errno::EPIPE | Errno::EINTR) => {}
                _ => return Err(error),
            },
        }
    }
}

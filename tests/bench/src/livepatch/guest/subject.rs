// SPDX-License-Identifier: GPL-2.0
//! The two pollers that do not rest.

use std::fs;
use std::path::{Path, PathBuf};

use crate::guest::kbp::kbpctl;
use crate::guest::netlink::{Netdev, Threaded};
use crate::guest::{cpu, sys, testnic};
use crate::livepatch::event::Subject;
use crate::{Error, Result};

/// The priority of KBP's own thread, for both.
const PRIORITY: i32 = 1;

/// A poller at work.
#[derive(Debug)]
pub(super) enum Running {
    /// KBP on a core.
    Kbp,
    /// The thread of a NAPI.
    BusyPoll {
        /// The NAPI.
        napi: u32,
        /// The core's fair server, and what it had.
        fair: (PathBuf, String),
    },
}

impl Running {
    pub(super) fn start(subject: Subject, cpu: usize) -> Result<Running> {
        match subject {
            Subject::Kbp => {
                kbpctl(&["load"])?;
                kbpctl(&["enable", "--cores", &cpu.to_string()])?;
                Ok(Running::Kbp)
            }
            Subject::BusyPoll => busy_poll(cpu),
        }
    }

    /// Softirq polls again, on a kernel without KBP.
    pub(super) fn stop(self) -> Result<()> {
        match self {
            Running::Kbp => kbpctl(&["unload"]),
            Running::BusyPoll { napi, fair } => {
                Netdev::open()?.set_threaded(napi, Threaded::Disabled)?;
                write(&fair.0, &fair.1)
            }
        }
    }
}

fn busy_poll(cpu: usize) -> Result<Running> {
    let netdev = Netdev::open()?;
    let first = || Ok::<_, Error>(netdev.napis(testnic::INTERFACE)?[0]);
    let napi = first()?.id;
    netdev.set_threaded(napi, Threaded::BusyPoll)?;
    let thread = first()?.pid.and_then(|pid| i32::try_from(pid).ok());
    let thread =
        thread.ok_or_else(|| Error::Other(format!("NAPI {napi} has got no thread of its own")))?;
    cpu::pin_thread(thread, cpu)?;
    sys::real_time(thread, PRIORITY)
        .map_err(Error::doing("cannot make the NAPI's thread SCHED_FIFO"))?;
    let server = format!("/sys/kernel/debug/sched/fair_server/cpu{cpu}/runtime");
    let server = PathBuf::from(server);
    let had = fs::read_to_string(&server).map_err(Error::at("read", &server))?;
    write(&server, "0")?;
    Ok(Running::BusyPoll {
        napi,
        fair: (server, had.trim().into()),
    })
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).map_err(Error::at("write", path))
}

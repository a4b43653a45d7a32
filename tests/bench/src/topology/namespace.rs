// SPDX-License-Identifier: GPL-2.0
//! Network namespaces without names: they live as long as somebody holds them, so that none is left
//! behind however the program ends. `nsenter --net=/proc/PID/fd/N` looks into one.

use std::fs::File;
use std::net::Ipv4Addr;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::{process, thread};

use nix::ifaddrs::getifaddrs;
use nix::sched::{setns, unshare, CloneFlags};
use procfs_core::net::InterfaceDeviceStatus;
use procfs_core::FromRead;

use super::sysctl;
use crate::guest::program;
use crate::{Error, Result};

/// One that is held.
#[derive(Debug)]
pub(super) struct Namespace(File);

impl Namespace {
    /// The one of the calling thread.
    pub(super) fn here() -> Result<Namespace> {
        Namespace::of("thread-self")
    }

    /// The one of a process.
    pub(super) fn of(process: &str) -> Result<Namespace> {
        let path = Path::new("/proc").join(process).join("ns/net");
        let file = File::open(&path).map_err(Error::at("open", &path))?;
        Ok(Namespace(file))
    }

    /// A new one; `forwards` makes it a router.
    pub(super) fn create(forwards: bool) -> Result<Namespace> {
        aside(|| {
            unshare(CloneFlags::CLONE_NEWNET).map_err(Error::doing(
                "cannot make a network namespace (it needs root, and room below user.max_net_namespaces)",
            ))?;
            sysctl::set(sysctl::NO_IPV6, "1")?;
            if forwards {
                sysctl::set(sysctl::FORWARD, "1")?;
            }
            Namespace::here()
        })
    }

    /// Does something inside; what it opens there stays there.
    pub(super) fn inside<T: Send>(&self, work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
        aside(|| {
            setns(&self.0, CloneFlags::CLONE_NEWNET)
                .map_err(Error::doing("cannot enter a network namespace"))?;
            work()
        })
    }

    /// Has `ip` do these lines inside, in one process: an emulated CPU starts some thirty a second.
    pub(super) fn ip(&self, lines: &str) -> Result<()> {
        let why = " (it needs root, free names, and the kernel the modules of these devices)";
        let batch = || program::run_with("ip", &["-batch", "-"], lines, "").map(drop);
        self.inside(batch)
            .map_err(|error| Error::Other(format!("cannot do '{lines}': {error}{why}")))
    }

    /// What `ip` in another namespace calls this one.
    pub(super) fn path(&self) -> String {
        format!("/proc/{}/fd/{}", process::id(), self.0.as_raw_fd())
    }

    /// Packets that came in by a device, and that went out by it.
    pub(super) fn counted(&self, device: &str) -> Result<(u64, u64)> {
        let all = self.inside(|| {
            InterfaceDeviceStatus::from_file("/proc/thread-self/net/dev")
                .map_err(|error| Error::Other(error.to_string()))
        })?;
        let of = all.0.get(device);
        of.map(|of| (of.recv_packets, of.sent_packets))
            .ok_or_else(|| Error::Other(format!("a container has lost its device {device}")))
    }

    /// The first IPv4 address of a device.
    pub(super) fn address_of(&self, device: &str) -> Result<Ipv4Addr> {
        self.inside(|| {
            let mut all = getifaddrs().map_err(Error::doing("cannot list addresses"))?;
            all.find_map(|one| {
                let of = one.interface_name == device;
                Some(one.address.filter(|_| of)?.as_sockaddr_in()?.ip())
            })
            .ok_or_else(|| {
                Error::Other(format!(
                    "the device {device} has no IPv4 address: give it one"
                ))
            })
        })
    }
}

/// In a thread of its own, because a namespace belongs to a thread; the caller stays where it is.
fn aside<T: Send>(work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    thread::scope(|scope| scope.spawn(work).join()).unwrap_or_else(|_| {
        let why = "the thread in a network namespace panicked";
        Err(Error::Other(why.into()))
    })
}

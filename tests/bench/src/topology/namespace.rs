// SPDX-License-Identifier: GPL-2.0
//! Network namespaces without names: they live as long as somebody holds them, so that none is left
//! behind however the program ends. `nsenter --net=/proc/PID/fd/N` looks into one.

use std::fs::File;
use std::os::fd::AsFd;
use std::path::Path;
use std::thread;

use nix::sched::{setns, unshare, CloneFlags};

use super::rtnl::{End, Rtnl};
use super::sysctl;
use crate::{Error, Result};

/// A namespace and a connection to it.
#[derive(Debug)]
pub(super) struct Namespace {
    file: File,
    pub(super) route: Rtnl,
}

impl Namespace {
    /// The one of the calling thread.
    pub(super) fn here() -> Result<Namespace> {
        let path = Path::new("/proc/thread-self/ns/net");
        let file = File::open(path).map_err(Error::at("open", path))?;
        let route = Rtnl::open()?;
        Ok(Namespace { file, route })
    }

    /// The one of a process.
    pub(super) fn of(process: &str) -> Result<Namespace> {
        let path = Path::new("/proc").join(process).join("ns/net");
        let file = File::open(&path).map_err(Error::at("open", &path))?;
        let route = enter(&file, Rtnl::open)?;
        Ok(Namespace { file, route })
    }

    /// A new one, with its loopback device on; `forwards` makes it a router.
    pub(super) fn create(forwards: bool) -> Result<Namespace> {
        aside(|| {
            unshare(CloneFlags::CLONE_NEWNET).map_err(Error::doing(
                "cannot make a network namespace (it needs root, and room below user.max_net_namespaces)",
            ))?;
            sysctl::without_ipv6("default")?;
            if forwards {
                sysctl::write(sysctl::FORWARD, "1")?;
            }
            let namespace = Namespace::here()?;
            let route = &namespace.route;
            route.switch_on(route.index("lo")?)?;
            Ok(namespace)
        })
    }

    /// Does something inside; what it opens there stays there.
    pub(super) fn inside<T: Send>(&self, work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
        enter(&self.file, work)
    }

    /// A device to be, in here.
    pub(super) fn end<'a>(&'a self, name: &'a str) -> End<'a> {
        End {
            name,
            namespace: Some(self.file.as_fd()),
        }
    }
}

fn enter<T: Send>(file: &File, work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    aside(|| {
        setns(file, CloneFlags::CLONE_NEWNET)
            .map_err(Error::doing("cannot enter a network namespace"))?;
        work()
    })
}

/// In a thread of its own, because a namespace belongs to a thread; the caller stays where it is.
fn aside<T: Send>(work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    thread::scope(|scope| {
        let thread = thread::Builder::new().name("namespace".into());
        let thread = thread
            .spawn_scoped(scope, work)
            .map_err(Error::doing("cannot start a thread"))?;
        thread.join().unwrap_or_else(|_| {
            Err(Error::Other(
                "the thread in a network namespace panicked".into(),
            ))
        })
    })
}

// SPDX-License-Identifier: GPL-2.0
//! The places of a receiver: containers as Docker, Kubernetes and a line of routers have them.
//!
//! Devices and routes are made by one `ip -batch` for each namespace, rules by one `nft -f`: a line
//! of 64 containers is up in seconds on an emulated machine. Nothing stays behind: [`Topology::tear_down`] says whether that succeeded, dropping a topology tries.

mod container;
mod line;
mod made;
mod namespace;
mod passed;
pub mod place;
mod podman;
mod rules;
mod ruleset;
mod sysctl;

use std::net::{Ipv4Addr, UdpSocket};
use std::time::{Duration, Instant};

use self::line::Cable;
use self::made::Made;
use self::passed::{evidence, Counted};
use self::rules::Entry;
use crate::guest::sink;
use crate::suite::cell::Place;
use crate::{Error, Result};

/// The stories' words on these places, which say what a guest needs, the Debian of `podman` with it.
/// The kernel loads modules itself when they are there. Some kernels have one or the other built in
/// (`nft_objref` since some time after 6.1).
pub const PLACES: &str = include_str!("../../../vm/guest/place.sh");
/// The story that says what podman's own rules need beyond that.
pub const PODMAN: &str = include_str!("../../../vm/stories/podman.sh");

/// What a story's head says that it needs: `module` or `tool`.
pub fn needs(story: &'static str, what: &str) -> impl Iterator<Item = &'static str> {
    let head = format!("# {what}: ");
    let lines = story
        .lines()
        .filter_map(move |line| line.strip_prefix(&head));
    lines.flat_map(str::split_whitespace)
}

/// Enough for the longest line, there and back.
const TTL: u32 = 255;
/// How long the first packet may take to get through: bridges and address resolution start in the
/// background.
const OPEN_WITHIN: Duration = Duration::from_secs(60);

/// A place that is set up.
#[derive(Debug)]
pub struct Topology {
    place: Place,
    port: u16,
    made: Made,
    /// The receiver's address.
    inner: Ipv4Addr,
    /// What the devices had counted when it was up.
    before: Vec<Counted>,
}

impl Topology {
    /// Sets up `place`, for datagrams that come in by `interface` for `port`. When this returns,
    /// packets get through in both directions.
    pub fn publish(place: Place, interface: &str, port: u16) -> Result<Topology> {
        let mut topology = Topology {
            place,
            port,
            made: Made::nothing()?,
            inner: Ipv4Addr::UNSPECIFIED,
            before: Vec::new(),
        };
        topology.make(interface)?;
        topology.before = topology.counted()?;
        Ok(topology)
    }

    fn make(&mut self, interface: &str) -> Result<()> {
        if !self.place.is_container() {
            return Ok(());
        }
        let made = &mut self.made;
        let entry = Entry {
            interface: interface.into(),
            address: made.guest.address_of(interface)?,
            port: self.port,
        };
        self.inner = match self.place {
            Place::Guest | Place::Debian => return Ok(()),
            Place::Podman => container::podman(made, &entry)?,
            Place::Docker => container::docker(made, &entry)?,
            Place::Pod => container::pod(made, &entry)?,
            Place::LineVeth(length) => line::line(made, &entry, length, Cable::Veth)?,
            Place::LineMacvlan(length) => line::line(made, &entry, length, Cable::Macvlan)?,
        };
        self.open()
    }

    /// Sends packets through from the guest until one comes back. Every device on the way is on by
    /// then, and knows its neighbours.
    fn open(&self) -> Result<()> {
        let failed = || Error::doing("cannot try the way to the receiver");
        let inner = self.bind(self.port)?;
        let outer = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).map_err(failed())?;
        outer.set_ttl(TTL).map_err(failed())?;
        outer
            .set_read_timeout(Some(Duration::from_millis(100)))
            .map_err(failed())?;
        let start = Instant::now();
        let mut buffer = [0; 64];
        while start.elapsed() < OPEN_WITHIN {
            // A route that is not ready yet refuses, which is as good as a loss.
            let _ = outer.send_to(b"kbp-topology", (self.inner, self.port));
            // Each side waits for a moment; what comes later is met in a later round.
            if let Ok((length, from)) = inner.recv_from(&mut buffer) {
                let _ = inner.send_to(&buffer[..length], from);
                if outer.recv_from(&mut buffer).is_ok() {
                    return Ok(());
                }
            }
        }
        Err(Error::Other(format!(
            "no packet came back from {} ({}) within {OPEN_WITHIN:?}: the topology does not work on this kernel",
            self.inner,
            place::name(self.place)
        )))
    }

    /// A UDP socket at the receiver's end, usable from every thread. It must be closed before the
    /// topology is torn down; the container would live on with it.
    pub fn bind(&self, port: u16) -> Result<UdpSocket> {
        let Some(last) = self.made.namespaces.last() else {
            return sink::bind(port);
        };
        if port != self.port {
            return Err(Error::Other(format!(
                "nothing leads to port {port} in the container: only {} was published",
                self.port
            )));
        }
        let socket = last.inside(|| sink::bind(port))?;
        if matches!(self.place, Place::LineVeth(_) | Place::LineMacvlan(_)) {
            socket
                .set_ttl(TTL)
                .map_err(Error::doing("cannot set a socket's TTL"))?;
        }
        Ok(socket)
    }

    /// What shows that packets took the way since it was up, in words.
    pub fn evidence(&self) -> Result<String> {
        let ruled = match self.place {
            // Podman's rules count nothing.
            Place::Guest | Place::Debian | Place::Podman => None,
            _ => Some((ruleset::counted("published")?, ruleset::counted("entered")?)),
        };
        Ok(evidence(ruled, &self.before, &self.counted()?))
    }

    /// What each container's device towards the guest has counted.
    fn counted(&self) -> Result<Vec<Counted>> {
        let device = match self.place {
            Place::Docker | Place::Pod | Place::Podman => container::INSIDE,
            _ => line::IN,
        };
        let namespaces = self.made.namespaces.iter();
        namespaces
            .map(|namespace| namespace.counted(device))
            .collect()
    }

    /// Takes everything down that [`Topology::publish`] has made, and waits until its devices are
    /// gone. The kernel frees what is left of the namespaces a moment later.
    pub fn tear_down(mut self) -> Result<()> {
        self.made.undo()
    }
}

impl Drop for Topology {
    fn drop(&mut self) {
        // After `tear_down` there is nothing left to do; else there is nobody to tell.
        let _ = self.made.undo();
    }
}

// SPDX-License-Identifier: GPL-2.0
//! Containers in a line. Each but the last forwards to the next one; the way back is everybody's
//! default route. Segment N, with the network 10.200.N.0/24, joins container N (address 2) with
//! what comes before it (address 1): the guest, or container N-1.
//!
//! ```text
//!   guest  kbp-line -1- in  container 1  out -2- in  container 2  out -3- in  container 3
//! ```

use std::net::Ipv4Addr;

use super::made::Made;
use super::namespace::Namespace;
use super::rules::Entry;
use crate::Result;

/// The guest's own device in the line.
const ENTRY: &str = "kbp-line";
/// Each container's device towards the guest; `out` is the one towards the last container.
pub(super) const IN: &str = "in";

/// What a segment is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cable {
    /// A veth pair. A packet waits once for each: in the backlog of the core.
    Veth,
    /// Two macvlan devices in bridge mode on a dummy device: a switch that has nobody else. Each
    /// segment has its own, because macvlan devices on one device all see each other, and what the
    /// first container floods would reach all. It is in the container it leads to, and goes with
    /// it. A packet waits once for each here, too.
    Macvlan,
}

/// Joins `length` containers, and lets packets in at the guest.
pub(super) fn line(made: &mut Made, entry: &Entry, length: u32, cable: Cable) -> Result<Ipv4Addr> {
    let last = Ipv4Addr::from(0x0ac8_0002 | (length << 8));
    made.rules(&entry.line(last))?;
    made.forward()?;
    if cable == Cable::Macvlan {
        made.allow_dummies()?;
    }
    for number in 1..=length {
        made.namespaces.push(Namespace::create(number < length)?);
    }
    // Each makes its segment, with a device of the container before it, which then uses that.
    let mut onward = String::new();
    for number in (1..=length).rev() {
        let (before, start) = match number {
            1 => (&made.guest, ENTRY),
            _ => (&made.namespaces[number as usize - 2], "out"),
        };
        let other_end = format!("{start} netns {}", before.path());
        let segment = match cable {
            Cable::Veth => format!("link add in type veth peer name {other_end}\n"),
            Cable::Macvlan => format!(
                "link add switch type dummy\n\
                 link set switch up\n\
                 link add link switch name {other_end} type macvlan mode bridge\n\
                 link add link switch name in type macvlan mode bridge\n"
            ),
        };
        made.namespaces[number as usize - 1].ip(&format!(
            "link set lo up\n{segment}{onward}\
             address add 10.200.{number}.2/24 dev in\n\
             link set in up\n\
             route add default via 10.200.{number}.1\n"
        ))?;
        onward = format!("address add 10.200.{number}.1/24 dev {start}\nlink set {start} up\n");
        // The last one's own network leads to it.
        if number < length {
            onward += &format!("route add {last} via 10.200.{number}.2\n");
        }
    }
    // The guest's device goes with the first container.
    made.fades(ENTRY);
    made.guest.ip(&onward)?;
    Ok(last)
}

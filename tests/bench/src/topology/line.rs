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
use super::rtnl::Rtnl;
use super::rules::Entry;
use super::sysctl;
use crate::Result;

/// The guest's own device in the line.
const ENTRY: &str = "kbp-line";
/// Each container's device towards the guest, and the one towards the last container.
pub(super) const IN: &str = "in";
const OUT: &str = "out";
/// What joins two macvlan devices.
const SWITCH: &str = "switch";

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
    let last = address(length, 2);
    made.rules(&entry.line(last))?;
    made.forward()?;
    if cable == Cable::Macvlan {
        made.allow_dummies()?;
    }
    for number in 1..=length {
        made.namespaces.push(Namespace::create(number < length)?);
        segment(made, number, cable)?;
        let (before, start) = before(made, number);
        let gateway = address(number, 2);
        // The last one's own network leads to it.
        if number < length {
            let route = &before.route;
            route.route((last, 32), gateway, route.index(start)?)?;
        }
    }
    Ok(last)
}

/// Makes segment `number`, whose container is there.
fn segment(made: &mut Made, number: u32, cable: Cable) -> Result<()> {
    let (before, start) = before(made, number);
    let container = &made.namespaces[number as usize - 1];
    match cable {
        Cable::Veth => container.route.veth(container.end(IN), before.end(start))?,
        Cable::Macvlan => {
            let route = &container.route;
            route.dummy(SWITCH)?;
            let switch = route.index(SWITCH)?;
            route.switch_on(switch)?;
            route.macvlan(before.end(start), switch)?;
            route.macvlan(container.end(IN), switch)?;
        }
    }
    if number == 1 {
        sysctl::without_ipv6(ENTRY)?;
    }
    place(&before.route, start, address(number, 1))?;
    let device = place(&container.route, IN, address(number, 2))?;
    let everything = (Ipv4Addr::UNSPECIFIED, 0);
    container
        .route
        .route(everything, address(number, 1), device)?;
    // The guest's device goes with the first container.
    made.fading = Some(ENTRY);
    Ok(())
}

/// What comes before container `number`, and its device towards it.
fn before(made: &Made, number: u32) -> (&Namespace, &'static str) {
    match (number as usize).checked_sub(2) {
        Some(at) => (&made.namespaces[at], OUT),
        None => (&made.guest, ENTRY),
    }
}

fn place(route: &Rtnl, device: &str, address: Ipv4Addr) -> Result<u32> {
    let index = route.index(device)?;
    route.address(index, address, 24)?;
    route.switch_on(index)?;
    Ok(index)
}

fn address(segment: u32, end: u8) -> Ipv4Addr {
    Ipv4Addr::from(0x0ac8_0000 | segment << 8 | u32::from(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_segment_has_a_network_of_its_own() {
        assert_eq!(address(1, 1), Ipv4Addr::new(10, 200, 1, 1));
        assert_eq!(address(64, 2), Ipv4Addr::new(10, 200, 64, 2));
    }
}

// SPDX-License-Identifier: GPL-2.0
//! Sizes: an Ethernet frame with its FCS, as switches and NIC data sheets count it.

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::Serialize;

use crate::framing;
use crate::wire::Probe;
use crate::{Error, Result};

/// The largest frame without jumbo frames and VLAN tags.
pub const LARGEST: u16 = 1518;
/// The smallest frame of Ethernet.
pub const SMALLEST: u16 = 64;

/// Ethernet header and FCS.
const ETHERNET: u16 = 14 + 4;

/// What carries the probes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// A datagram per probe.
    Udp,
    /// Length-framed requests on connections.
    Tcp,
}

/// What surrounds a probe and its padding in a frame to this peer. For TCP that is a segment with
/// time stamps, as Linux sends it, that carries one request.
pub fn headers(protocol: Protocol, peer: IpAddr) -> u16 {
    let ip = if peer.to_canonical().is_ipv4() {
        20
    } else {
        40
    };
    let transport = match protocol {
        Protocol::Udp => 8,
        Protocol::Tcp => 20 + 12 + framing::HEADER as u16,
    };
    ETHERNET + ip + transport
}

/// The smallest frame that a probe fits into.
pub fn smallest(protocol: Protocol, peer: IpAddr) -> u16 {
    headers(protocol, peer) + Probe::SIZE as u16
}

/// The bytes of probe and padding in a frame of `frame` bytes.
pub fn payload(frame: u16, protocol: Protocol, peer: IpAddr) -> Result<usize> {
    let smallest = smallest(protocol, peer);
    if !(smallest..=LARGEST).contains(&frame) {
        let family = if peer.to_canonical().is_ipv4() {
            "IPv4"
        } else {
            "IPv6"
        };
        return Err(Error::request(
            format!("cannot send frames of {frame} bytes"),
            format!(
                "a probe over {} and {family} takes a frame of {smallest} to {LARGEST} bytes",
                protocol.name()
            ),
            format!("give --frame {smallest} or more"),
        ));
    }
    Ok(usize::from(frame - headers(protocol, peer)))
}

/// The sizes to measure when none are named: the smallest, a middle one, the largest.
pub fn usual(protocol: Protocol, peer: IpAddr) -> Vec<u16> {
    vec![smallest(protocol, peer), 512, LARGEST]
}

impl Protocol {
    /// Its name in text.
    pub fn name(self) -> &'static str {
        match self {
            Protocol::Udp => "UDP",
            Protocol::Tcp => "TCP",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{Ipv4Addr, Ipv6Addr};

    const V4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
    const V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);

    #[test]
    fn the_sizes_of_the_rfc() {
        let udp = |frame, peer| payload(frame, Protocol::Udp, peer).unwrap();
        assert_eq!((udp(64, V4), udp(512, V4), udp(1518, V4)), (18, 466, 1472));
        assert_eq!((udp(84, V6), udp(1518, V6)), (18, 1452));
        // The largest segment of a connection over Ethernet, with its length in it.
        let tcp = payload(1518, Protocol::Tcp, V4).unwrap();
        assert_eq!(tcp + framing::HEADER, 1448);
        let mapped = IpAddr::V6(Ipv4Addr::LOCALHOST.to_ipv6_mapped());
        assert_eq!(udp(64, mapped), 18);
    }

    #[test]
    fn what_does_not_fit_is_refused_with_what_does() {
        for (frame, protocol, peer, words) in [
            (63, Protocol::Udp, V4, "64 to 1518"),
            (1519, Protocol::Udp, V4, "64 to 1518"),
            (64, Protocol::Udp, V6, "UDP and IPv6 takes a frame of 84"),
            (64, Protocol::Tcp, V4, "TCP and IPv4 takes a frame of 92"),
        ] {
            let error = payload(frame, protocol, peer).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
        for (protocol, peer) in [
            (Protocol::Udp, V4),
            (Protocol::Udp, V6),
            (Protocol::Tcp, V6),
        ] {
            for frame in usual(protocol, peer) {
                assert!(payload(frame, protocol, peer).is_ok());
            }
        }
    }
}

// SPDX-License-Identifier: GPL-2.0
//! UDP over IPv4 over Ethernet, as frames, and a load of them.

mod load;

use etherparse::{LinkSlice, NetSlice, PacketBuilder, SlicedPacket, TransportSlice};

use crate::cable::{guest_ip, guest_mac, host_ip, host_mac};

pub use load::Load;

/// The port of the echo service.
pub const ECHO_PORT: u16 = 7;

const TTL: u8 = 64;

/// One end of a UDP flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Endpoint {
    /// The MAC address.
    pub mac: [u8; 6],
    /// The IPv4 address.
    pub ip: [u8; 4],
    /// The UDP port.
    pub port: u16,
}

impl Endpoint {
    /// A port of the guest, on its `eth<n>`.
    pub fn guest(n: usize, port: u16) -> Endpoint {
        Endpoint {
            mac: guest_mac(n),
            ip: guest_ip(n),
            port,
        }
    }

    /// A port of the host's end of that cable.
    pub fn host(n: usize, port: u16) -> Endpoint {
        Endpoint {
            mac: host_mac(n),
            ip: host_ip(n),
            port,
        }
    }
}

/// A received datagram whose checksums are right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Datagram<'a> {
    /// Who sent it.
    pub from: Endpoint,
    /// To whom.
    pub to: Endpoint,
    /// What it says.
    pub payload: &'a [u8],
}

/// Builds a frame. `None` when the payload does not fit into one datagram.
pub fn build(from: Endpoint, to: Endpoint, payload: &[u8]) -> Option<Vec<u8>> {
    let builder = PacketBuilder::ethernet2(from.mac, to.mac)
        .ipv4(from.ip, to.ip, TTL)
        .udp(from.port, to.port);
    let mut frame = Vec::with_capacity(builder.size(payload.len()));
    builder.write(&mut frame, payload).ok().map(|()| frame)
}

/// Reads a frame. `None` when it is anything but a whole UDP/IPv4 datagram with right checksums.
pub fn parse(frame: &[u8]) -> Option<Datagram<'_>> {
    let packet = SlicedPacket::from_ethernet(frame).ok()?;
    let (
        Some(LinkSlice::Ethernet2(link)),
        Some(NetSlice::Ipv4(net)),
        Some(TransportSlice::Udp(udp)),
    ) = (&packet.link, &packet.net, &packet.transport)
    else {
        return None;
    };
    let ip = net.header().to_header();
    let header = udp.to_header();
    // A sender may leave the UDP checksum out: zero.
    let udp_right = header.checksum == 0
        || header.calc_checksum_ipv4(&ip, udp.payload()) == Ok(header.checksum);
    if ip.header_checksum != ip.calc_header_checksum() || !udp_right {
        return None;
    }
    Some(Datagram {
        from: Endpoint {
            mac: link.source(),
            ip: ip.source,
            port: header.source_port,
        },
        to: Endpoint {
            mac: link.destination(),
            ip: ip.destination,
            port: header.destination_port,
        },
        payload: udp.payload(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sum of RFC 1071, on its own so that it can disagree.
    fn sum(bytes: &[u8]) -> u16 {
        let words = bytes
            .chunks(2)
            .map(|w| (u32::from(w[0]) << 8) | u32::from(*w.get(1).unwrap_or(&0)));
        let mut total: u32 = words.sum();
        while total > 0xffff {
            total = (total & 0xffff) + (total >> 16);
        }
        total as u16
    }

    #[test]
    fn checksums_add_up() {
        for payload in [&b""[..], b"odd", b"even", &[0xff; 1472]] {
            let frame = build(Endpoint::host(0, 9), Endpoint::guest(0, 7), payload).unwrap();
            let (ip, udp) = (&frame[14..34], &frame[34..]);
            assert_eq!(sum(ip), 0xffff);
            let length = (udp.len() as u16).to_be_bytes();
            let pseudo = [&ip[12..20], &[0, 17], &length, udp].concat();
            assert_eq!(sum(&pseudo), 0xffff);
            assert_eq!(parse(&frame).unwrap().payload, payload);
        }
    }

    #[test]
    fn one_wrong_bit_is_seen() {
        let frame = build(Endpoint::host(3, 9), Endpoint::guest(3, 7), b"payload").unwrap();
        let datagram = parse(&frame).unwrap();
        assert_eq!(
            (datagram.from, datagram.to),
            (Endpoint::host(3, 9), Endpoint::guest(3, 7))
        );
        for byte in 14..frame.len() {
            let mut wrong = frame.clone();
            wrong[byte] ^= 0x10;
            // Type of service to identification: covered by the header's sum like all others.
            assert_eq!(parse(&wrong), None, "byte {byte}");
        }
        assert_eq!(parse(&frame[..40]), None);
    }
}

// SPDX-License-Identifier: GPL-2.0
//! What the host says to a guest by itself: ARP, ping and UDP echo.

use etherparse::{
    ArpEthIpv4Packet, ArpOperation, Icmpv4Type, LinkSlice, NetSlice, PacketBuilder, SlicedPacket,
    TransportSlice,
};

use crate::address::{host_ip, host_mac};
use crate::udp::datagram::{self as udp, ECHO_PORT};

const TTL: u8 = 64;

/// The answer to this frame from `eth<n>` of the guest, if it deserves one.
pub fn answer(n: usize, frame: &[u8]) -> Option<Vec<u8>> {
    let packet = SlicedPacket::from_ethernet(frame).ok()?;
    let Some(LinkSlice::Ethernet2(link)) = &packet.link else {
        return None;
    };
    match (&packet.net, &packet.transport) {
        (Some(NetSlice::Arp(arp)), _) => {
            let question = arp.to_packet().try_eth_ipv4().ok()?;
            let for_us =
                question.operation == ArpOperation::REQUEST && question.target_ipv4 == host_ip(n);
            let reply = ArpEthIpv4Packet {
                operation: ArpOperation::REPLY,
                sender_mac: host_mac(n),
                sender_ipv4: host_ip(n),
                target_mac: question.sender_mac,
                target_ipv4: question.sender_ipv4,
            };
            let builder =
                PacketBuilder::ethernet2(host_mac(n), question.sender_mac).arp(reply.into());
            let mut frame = Vec::with_capacity(builder.size());
            (for_us && builder.write(&mut frame).is_ok()).then_some(frame)
        }
        (Some(NetSlice::Ipv4(net)), Some(TransportSlice::Icmpv4(icmp))) => {
            let Icmpv4Type::EchoRequest(echo) = icmp.icmp_type() else {
                return None;
            };
            let right = icmp.icmp_type().calc_checksum(icmp.payload()) == icmp.checksum();
            let builder = PacketBuilder::ethernet2(host_mac(n), link.source())
                .ipv4(host_ip(n), net.header().source(), TTL)
                .icmpv4_echo_reply(echo.id, echo.seq);
            let mut frame = Vec::with_capacity(builder.size(icmp.payload().len()));
            let for_us = net.header().destination() == host_ip(n);
            (for_us && right && builder.write(&mut frame, icmp.payload()).is_ok()).then_some(frame)
        }
        (Some(NetSlice::Ipv4(_)), Some(TransportSlice::Udp(_))) => {
            let datagram = udp::parse(frame)?;
            let for_us = datagram.to.ip == host_ip(n) && datagram.to.port == ECHO_PORT;
            // A reply to an echo port would be echoed for ever.
            let to_echo = datagram.from.port == ECHO_PORT;
            (for_us && !to_echo)
                .then(|| udp::build(datagram.to, datagram.from, datagram.payload))?
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::{guest_ip, guest_mac};
    use crate::udp::datagram::Endpoint;

    #[test]
    fn arp_for_us_only() {
        let ask = |ip| {
            let arp = ArpEthIpv4Packet {
                operation: ArpOperation::REQUEST,
                sender_mac: guest_mac(1),
                sender_ipv4: guest_ip(1),
                target_mac: [0; 6],
                target_ipv4: ip,
            };
            let mut frame = Vec::new();
            PacketBuilder::ethernet2(guest_mac(1), [0xff; 6])
                .arp(arp.into())
                .write(&mut frame)
                .unwrap();
            answer(1, &frame)
        };
        let reply = ask(host_ip(1)).unwrap();
        assert_eq!(
            (&reply[..6], &reply[6..12]),
            (&guest_mac(1)[..], &host_mac(1)[..])
        );
        assert_eq!(reply[20..22], [0, 2]);
        assert_eq!(ask([10, 77, 1, 9]), None);
        assert_eq!(ask(host_ip(2)), None);
    }

    #[test]
    fn udp_echo_without_loops() {
        let (guest, echo) = (Endpoint::guest(0, 999), Endpoint::host(0, ECHO_PORT));
        let reply = answer(0, &udp::build(guest, echo, b"hello").unwrap()).unwrap();
        let datagram = udp::parse(&reply).unwrap();
        assert_eq!(
            (datagram.from, datagram.to, datagram.payload),
            (echo, guest, &b"hello"[..])
        );
        let looping = udp::build(Endpoint::guest(0, ECHO_PORT), echo, b"x").unwrap();
        assert_eq!(answer(0, &looping), None);
        assert_eq!(
            answer(0, &udp::build(guest, Endpoint::host(0, 8), b"x").unwrap()),
            None
        );
        assert_eq!(answer(0, b"short"), None);
    }
}

// SPDX-License-Identifier: GPL-2.0
//! Whether a load was what it should be: everything at the socket, and by the right poller.

use std::fs;
use std::path::Path;

use crate::cost::plan::{Load, Mode};
use crate::guest::{kbp, softirqs, testnic};
use crate::{Error, Result};

/// Counters around one load.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Packets the NIC handed to the stack; it counts from 0 for each load.
    delivered: u64,
    /// Packets that found the socket full.
    refused: u64,
    /// NET_RX softirqs.
    net_rx: u64,
    /// Packets KBP polled.
    polled: u64,
    /// Polls of NAPIs whose interrupt KBP keeps off.
    held: u64,
}

impl Counts {
    pub(super) fn read(mode: Mode, cpu: usize) -> Result<Counts> {
        let path = Path::new("/proc/net/snmp");
        let snmp = fs::read_to_string(path).map_err(Error::at("read", path))?;
        let refused = udp(&snmp, "RcvbufErrors")
            .ok_or_else(|| Error::Other("this kernel does not count RcvbufErrors of UDP".into()))?;
        let mut counts = Counts {
            delivered: testnic::number(&testnic::read("stats")?, "delivered")?,
            refused,
            net_rx: softirqs::net_rx(cpu)?,
            ..Counts::default()
        };
        if mode.by_kbp() {
            let kbp = kbp::status(cpu)?.counters;
            (counts.polled, counts.held) = (kbp.packets, kbp.held_polls);
        }
        Ok(counts)
    }

    /// What happened between `before` and now.
    pub(super) fn since(self, before: &Counts) -> Counts {
        Counts {
            delivered: self.delivered,
            refused: self.refused - before.refused,
            net_rx: self.net_rx - before.net_rx,
            polled: self.polled - before.polled,
            held: self.held - before.held,
        }
    }

    /// Judges them.
    pub(super) fn check(&self, mode: Mode, load: Load) -> Result<()> {
        let packets = load.packets();
        let interrupts = match load.rhythm() {
            Some(rhythm) if packets > 0 => rhythm.interrupts,
            _ if self.refused + self.polled == 0 => return Ok(()),
            _ => return Err(self.wrong("no packet was expected")),
        };
        if self.delivered != packets || self.refused != packets {
            return Err(self.wrong(&format!(
                "{packets} packets should have reached a full socket"
            )));
        }
        if mode.by_softirq() && self.net_rx < interrupts {
            return Err(self.wrong(&format!("{interrupts} NET_RX softirqs were expected")));
        }
        if !mode.by_softirq() && self.net_rx > interrupts / 100 {
            return Err(self.wrong("NET_RX softirqs polled"));
        }
        if mode.by_kbp() && self.polled != packets {
            return Err(self.wrong(&format!("KBP should have polled {packets} packets")));
        }
        if mode.by_kbp() && (mode == Mode::KbpMasked) != (self.held > 0) {
            return Err(self.wrong("interrupts were not kept as asked"));
        }
        Ok(())
    }

    fn wrong(&self, what: &str) -> Error {
        Error::Other(format!("{what}: {self:?}"))
    }
}

/// A UDP counter: a line of names comes before the line of numbers. (procfs-core wants those of
/// UDP-Lite, too, which newer kernels do not have.)
fn udp(snmp: &str, name: &str) -> Option<u64> {
    let mut lines = snmp.lines().filter_map(|line| line.strip_prefix("Udp: "));
    let column = lines.next()?.split(' ').position(|head| head == name)?;
    lines.next()?.split(' ').nth(column)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_of_udp_only() {
        let snmp = "Tcp: InErrs RcvbufErrors\nTcp: 1 2\nUdp: InDatagrams RcvbufErrors\nUdp: 3 4\n";
        assert_eq!(udp(snmp, "RcvbufErrors"), Some(4));
        assert_eq!(udp(snmp, "InErrs"), None);
    }

    #[test]
    fn each_mode_has_its_own_signs() {
        let load = Load::Packets(8);
        let (packets, interrupts) = (load.packets(), load.rhythm().unwrap().interrupts);
        let counts = |net_rx, polled, held| Counts {
            delivered: packets,
            refused: packets,
            net_rx,
            polled,
            held,
        };
        let softirq = counts(interrupts, 0, 0);
        let (thread, armed, masked) = (
            counts(0, 0, 0),
            counts(0, packets, 0),
            counts(0, packets, 9),
        );
        for (mode, right) in [
            (Mode::Softirq, [true, false, false, false]),
            (Mode::SoftirqLoaded, [true, false, false, false]),
            // What KBP's counters say is asked for under KBP only.
            (Mode::Threaded, [false, true, true, true]),
            (Mode::KbpArmed, [false, false, true, false]),
            (Mode::KbpMasked, [false, false, false, true]),
        ] {
            let fits = [softirq, thread, armed, masked].map(|c| c.check(mode, load).is_ok());
            assert_eq!(fits, right, "{mode}");
        }
        let lost = Counts {
            refused: packets - 1,
            ..softirq
        };
        assert!(lost.check(Mode::Softirq, load).is_err());
        assert!(softirq.check(Mode::Softirq, Load::Quiet).is_err());
    }
}

// SPDX-License-Identifier: GPL-2.0
//! Whether a load was what it should be: everything at the socket, and by the right poller.

use std::fs;
use std::path::Path;

use kbp_uapi::client;

use crate::cost::plan::{Load, Mode};
use crate::guest::{softirqs, testnic};
use crate::{Error, Result};

const SNMP: &str = "/proc/net/snmp";

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
        let path = Path::new(SNMP);
        let snmp = fs::read_to_string(path).map_err(Error::at("read", path))?;
        let refused = udp(&snmp, "RcvbufErrors")
            .ok_or_else(|| Error::Other(format!("{SNMP} has no RcvbufErrors of UDP")))?;
        let mut counts = Counts {
            delivered: testnic::number(&testnic::read("stats")?, "delivered")?,
            refused,
            net_rx: softirqs::net_rx(cpu)?,
            ..Counts::default()
        };
        if mode.by_kbp() {
            let core = u32::try_from(cpu).unwrap_or(u32::MAX);
            let kbp = client::core_status(core)
                .map_err(Error::doing("cannot read the status of KBP's core"))?
                .counters;
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

/// A UDP counter: a line of names comes before the line of numbers.
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
        let softirq = Counts {
            delivered: packets,
            refused: packets,
            net_rx: interrupts,
            polled: 0,
            held: 0,
        };
        let thread = Counts {
            net_rx: 0,
            ..softirq
        };
        let armed = Counts {
            polled: packets,
            ..thread
        };
        let masked = Counts { held: 9, ..armed };
        let right = [
            (Mode::Softirq, softirq),
            (Mode::SoftirqLoaded, softirq),
            (Mode::Threaded, thread),
            (Mode::KbpArmed, armed),
            (Mode::KbpMasked, masked),
        ];
        for (mode, _) in right {
            for (of, counts) in right {
                // What KBP's counters say is asked for under KBP only.
                let counts = match mode.by_kbp() {
                    true => counts,
                    false => Counts {
                        polled: 0,
                        held: 0,
                        ..counts
                    },
                };
                let alike = mode == of
                    || (mode.by_softirq() && of.by_softirq())
                    || (mode == Mode::Threaded && !of.by_softirq());
                assert_eq!(counts.check(mode, load).is_ok(), alike, "{mode:?} {of:?}");
            }
        }
        let lost = Counts {
            refused: packets - 1,
            ..softirq
        };
        assert!(lost.check(Mode::Softirq, load).is_err());
        assert!(softirq.check(Mode::Softirq, Load::Quiet).is_err());
    }
}

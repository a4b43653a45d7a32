// SPDX-License-Identifier: GPL-2.0
//! The UDP payloads: our own probes, and those of the synthetic NIC.

/// Start of a probe.
const MAGIC: [u8; 4] = *b"KBPB";
/// Start of the synthetic NIC's payload; see `tests/nic/README.md`.
const TESTNIC_MAGIC: [u8; 4] = *b"KBPT";

/// What a probe is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// To be sent back.
    Ping,
    /// The measured traffic of phase `seq` begins.
    Start,
    /// The measured traffic of phase `seq` is over.
    Stop,
    /// The answer to `Start` and `Stop`.
    Ack,
}

const KINDS: [Kind; 4] = [Kind::Ping, Kind::Start, Kind::Stop, Kind::Ack];

/// Our own payload: magic, kind (u32), sequence number (u64), time stamp (u64), padding; numbers
/// in network byte order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probe {
    /// What it is for.
    pub kind: Kind,
    /// Which one it is.
    pub seq: u64,
    /// When it was sent, on the sender's own clock.
    pub sent_ns: u64,
}

impl Probe {
    /// Bytes of a probe without padding.
    pub const SIZE: usize = 24;

    /// Writes it to the start of `buffer`, which must have [`Probe::SIZE`] bytes.
    pub fn write(&self, buffer: &mut [u8]) {
        let kind = KINDS
            .iter()
            .position(|kind| *kind == self.kind)
            .unwrap_or(0) as u32;
        buffer[..4].copy_from_slice(&MAGIC);
        buffer[4..8].copy_from_slice(&kind.to_be_bytes());
        buffer[8..16].copy_from_slice(&self.seq.to_be_bytes());
        buffer[16..24].copy_from_slice(&self.sent_ns.to_be_bytes());
    }

    /// Reads one; `None` when it is something else.
    pub fn read(payload: &[u8]) -> Option<Probe> {
        if payload.get(..4)? != MAGIC {
            return None;
        }
        Some(Probe {
            kind: *KINDS.get(number32(payload, 4)? as usize)?,
            seq: number64(payload, 8)?,
            sent_ns: number64(payload, 16)?,
        })
    }
}

/// What a packet of the synthetic NIC says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TestnicPacket {
    /// The queue it came through.
    pub queue: u32,
    /// Its number in that queue.
    pub seq: u64,
    /// When its interrupt was raised, CLOCK_MONOTONIC ns.
    pub timestamp_ns: u64,
}

impl TestnicPacket {
    /// Reads one; `None` when it is something else.
    pub fn read(payload: &[u8]) -> Option<TestnicPacket> {
        if payload.get(..4)? != TESTNIC_MAGIC {
            return None;
        }
        Some(TestnicPacket {
            queue: number32(payload, 4)?,
            seq: number64(payload, 8)?,
            timestamp_ns: number64(payload, 16)?,
        })
    }
}

fn number32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn number64(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_be_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn probes_survive_the_wire() {
        for kind in KINDS {
            let probe = Probe {
                kind,
                seq: u64::MAX - 1,
                sent_ns: 7,
            };
            let mut buffer = [0xff; 64];
            probe.write(&mut buffer);
            assert_eq!(Probe::read(&buffer), Some(probe));
            assert_eq!(Probe::read(&buffer[..Probe::SIZE]), Some(probe));
            assert_eq!(Probe::read(&buffer[..Probe::SIZE - 1]), None);
        }
    }

    #[test]
    fn a_packet_of_the_synthetic_nic() {
        let mut bytes = b"KBPT\0\0\0\x03".to_vec();
        bytes.extend(77u64.to_be_bytes());
        bytes.extend(99u64.to_be_bytes());
        let packet = TestnicPacket {
            queue: 3,
            seq: 77,
            timestamp_ns: 99,
        };
        assert_eq!(TestnicPacket::read(&bytes), Some(packet));
        assert_eq!(Probe::read(&bytes), None);
    }

    proptest! {
        #[test]
        fn no_payload_is_a_problem(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = (Probe::read(&bytes), TestnicPacket::read(&bytes));
        }
    }
}

// SPDX-License-Identifier: GPL-2.0
//! The UDP payloads: our own probes, which are kbp-probe's, and those of the synthetic NIC.

pub use kbp_probe::wire::{Kind, Probe};

/// Start of the synthetic NIC's payload; see `tests/nic/README.md`.
const TESTNIC_MAGIC: [u8; 4] = *b"KBPT";

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
            let _ = TestnicPacket::read(&bytes);
        }
    }
}

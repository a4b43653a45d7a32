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
        let numbers = payload.strip_prefix(&TESTNIC_MAGIC)?;
        let (queue, numbers) = numbers.split_first_chunk()?;
        let (seq, numbers) = numbers.split_first_chunk()?;
        Some(TestnicPacket {
            queue: u32::from_be_bytes(*queue),
            seq: u64::from_be_bytes(*seq),
            timestamp_ns: u64::from_be_bytes(*numbers.first_chunk()?),
        })
    }
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

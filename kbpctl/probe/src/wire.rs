// SPDX-License-Identifier: GPL-2.0
//! The probe: 18 bytes, because a 64-byte Ethernet frame leaves UDP over IPv4 no more.

/// Start of a probe. The byte after it is its [`Kind`].
const MAGIC: [u8; 3] = *b"KBP";
const KINDS: [(Kind, u8); 5] = [
    (Kind::Ping, b'P'),
    (Kind::Pong, b'R'),
    (Kind::Start, b'S'),
    (Kind::Stop, b'E'),
    (Kind::Ack, b'A'),
];

/// What a probe is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// To be answered.
    Ping,
    /// The reflector's answer to `Ping`. Nobody answers it, so two reflectors cannot be made to
    /// keep each other busy by a forged sender.
    Pong,
    /// The measured traffic of phase `seq` begins.
    Start,
    /// The measured traffic of phase `seq` is over.
    Stop,
    /// The answer to `Start` and `Stop`.
    Ack,
}

/// The start of every payload: magic and kind (4 bytes), sequence number (6), time stamp (8), in
/// network byte order; padding follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probe {
    /// What it is for.
    pub kind: Kind,
    /// Which one it is; the low 48 bits travel.
    pub seq: u64,
    /// When it was, or should have been, sent: on the sender's own clock.
    pub sent_ns: u64,
}

impl Probe {
    /// Bytes of a probe without padding.
    pub const SIZE: usize = 18;
    /// The largest sequence number.
    pub const MAX_SEQ: u64 = (1 << 48) - 1;

    /// Writes it to the start of `buffer`, which must have [`Probe::SIZE`] bytes.
    pub fn write(&self, buffer: &mut [u8]) {
        buffer[..3].copy_from_slice(&MAGIC);
        buffer[3] = self.kind.code();
        buffer[4..10].copy_from_slice(&self.seq.to_be_bytes()[2..]);
        buffer[10..18].copy_from_slice(&self.sent_ns.to_be_bytes());
    }

    /// Reads one; `None` when it is something else.
    pub fn read(payload: &[u8]) -> Option<Probe> {
        if payload.get(..3)? != MAGIC {
            return None;
        }
        let mut seq = [0; 8];
        seq[2..].copy_from_slice(payload.get(4..10)?);
        Some(Probe {
            kind: Kind::of(*payload.get(3)?)?,
            seq: u64::from_be_bytes(seq),
            sent_ns: u64::from_be_bytes(payload.get(10..18)?.try_into().ok()?),
        })
    }
}

impl Kind {
    fn code(self) -> u8 {
        KINDS
            .iter()
            .find(|(kind, _)| *kind == self)
            .map_or(0, |(_, code)| *code)
    }

    fn of(code: u8) -> Option<Kind> {
        KINDS
            .iter()
            .find(|(_, its)| *its == code)
            .map(|(kind, _)| *kind)
    }
}

/// Fills what follows the probe in `payload` with bytes that depend on `index` and their place, so
/// that one that changes on its way is seen.
pub fn pad(payload: &mut [u8], index: u64) {
    for (place, byte) in payload.iter_mut().enumerate().skip(Probe::SIZE) {
        *byte = (place as u64).wrapping_mul(31).wrapping_add(index) as u8;
    }
}

/// Makes a ping its own answer, of the same length. `false`: it is no ping and stays as it is.
pub fn reflect(payload: &mut [u8]) -> bool {
    match Probe::read(payload) {
        Some(probe) if probe.kind == Kind::Ping => {
            payload[3] = Kind::Pong.code();
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_bytes_of_a_probe() {
        let probe = Probe {
            kind: Kind::Ping,
            seq: 0x0102_0304_0506,
            sent_ns: 7,
        };
        let mut buffer = [0xff; 19];
        probe.write(&mut buffer);
        assert_eq!(
            &buffer,
            b"KBPP\x01\x02\x03\x04\x05\x06\0\0\0\0\0\0\0\x07\xff"
        );
    }

    #[test]
    fn only_pings_are_answered_and_answers_never() {
        for (kind, _) in KINDS {
            let mut bytes = [0; 30];
            let probe = Probe {
                kind,
                seq: 1,
                sent_ns: 2,
            };
            probe.write(&mut bytes);
            let before = bytes;
            assert_eq!(reflect(&mut bytes), kind == Kind::Ping);
            if kind == Kind::Ping {
                let pong = Probe {
                    kind: Kind::Pong,
                    ..probe
                };
                assert_eq!(Probe::read(&bytes), Some(pong));
                assert!(!reflect(&mut bytes), "a loop of two reflectors");
            } else {
                assert_eq!(bytes, before);
            }
        }
    }

    proptest! {
        #[test]
        fn probes_survive_the_wire(kind in 0..KINDS.len(), seq in 0..=Probe::MAX_SEQ, sent_ns: u64, padding in 0usize..64) {
            let probe = Probe { kind: KINDS[kind].0, seq, sent_ns };
            let mut buffer = vec![0xff; Probe::SIZE + padding];
            probe.write(&mut buffer);
            prop_assert_eq!(Probe::read(&buffer), Some(probe));
            prop_assert_eq!(Probe::read(&buffer[..Probe::SIZE - 1]), None);
        }

        #[test]
        fn no_payload_is_a_problem(mut bytes in proptest::collection::vec(any::<u8>(), 0..64), magic: bool) {
            if magic && bytes.len() >= 3 {
                bytes[..3].copy_from_slice(&MAGIC);
            }
            let pings = Probe::read(&bytes).is_some_and(|probe| probe.kind == Kind::Ping);
            prop_assert_eq!(reflect(&mut bytes), pings);
        }
    }
}

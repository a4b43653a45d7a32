// SPDX-License-Identifier: GPL-2.0
//! How TCP carries probes: each after its length, four bytes in network byte order.

use crate::wire::Probe;

/// Bytes of the length.
pub const HEADER: usize = 4;
/// The longest probe with its padding. A longer one is a mistake or an attack.
pub const LONGEST: usize = 1518;

/// Appends `payload` with its length to `out`.
pub fn put(out: &mut Vec<u8>, payload: &[u8]) {
    out.extend((payload.len() as u32).to_be_bytes());
    out.extend(payload);
}

/// The stream is not one of probes; nothing after this can be understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken {
    /// The length that cannot be.
    pub length: u32,
}

/// Takes a stream apart, however it was cut into segments.
#[derive(Debug, Default)]
pub struct Frames {
    bytes: Vec<u8>,
    /// How many of `bytes` were already given out.
    taken: usize,
}

impl Frames {
    /// Adds what was received.
    pub fn push(&mut self, received: &[u8]) {
        // Only now: `take` lends parts of it.
        self.bytes.drain(..self.taken);
        self.taken = 0;
        self.bytes.extend(received);
    }

    /// The next whole payload; `None` when more must be received first.
    pub fn take(&mut self) -> Result<Option<&mut [u8]>, Broken> {
        let rest = &self.bytes[self.taken..];
        let Some(header) = rest.first_chunk::<HEADER>() else {
            return Ok(None);
        };
        let length = u32::from_be_bytes(*header);
        if !(Probe::SIZE..=LONGEST).contains(&(length as usize)) {
            return Err(Broken { length });
        }
        let begin = self.taken + HEADER;
        let end = begin + length as usize;
        if self.bytes.len() < end {
            return Ok(None);
        }
        self.taken = end;
        Ok(Some(&mut self.bytes[begin..end]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_length_that_cannot_be_ends_it() {
        for length in [0, Probe::SIZE as u32 - 1, LONGEST as u32 + 1, u32::MAX] {
            let mut frames = Frames::default();
            frames.push(&length.to_be_bytes());
            assert_eq!(frames.take(), Err(Broken { length }));
        }
    }

    proptest! {
        #[test]
        fn however_it_is_cut(
            lengths in proptest::collection::vec(Probe::SIZE..=LONGEST, 0..20),
            cuts in proptest::collection::vec(1usize..3000, 1..40),
        ) {
            let payloads: Vec<Vec<u8>> =
                lengths.iter().enumerate().map(|(i, length)| vec![i as u8; *length]).collect();
            let mut stream = Vec::new();
            payloads.iter().for_each(|payload| put(&mut stream, payload));
            let (mut frames, mut got, mut rest) = (Frames::default(), Vec::new(), &stream[..]);
            for cut in cuts.into_iter().cycle() {
                let (now, later) = rest.split_at(cut.min(rest.len()));
                frames.push(now);
                while let Some(payload) = frames.take().unwrap() {
                    got.push(payload.to_vec());
                }
                rest = later;
                if rest.is_empty() {
                    break;
                }
            }
            prop_assert_eq!(got, payloads);
        }
    }
}

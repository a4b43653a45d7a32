// SPDX-License-Identifier: GPL-2.0
//! Probes as requests on a stream that is echoed. It keeps their order, so a request needs of a
//! probe's head no more than its number: one fits into the smallest frame. The heads wait here.

use std::collections::VecDeque;

use kbp_probe::wire::Probe;

/// A head, without the number's part that travels.
const REST: usize = Probe::SIZE - NUMBER;
/// The low part of the number, and its place in the head.
const NUMBER: usize = 4;
const AT: usize = 6;

/// The size of a probe that makes a request of so many bytes.
pub(super) fn probe(request: usize) -> usize {
    request + REST
}

/// What is asked and not answered.
#[derive(Debug, Default)]
pub(super) struct Stream {
    heads: VecDeque<[u8; Probe::SIZE]>,
    /// The length of every request.
    length: usize,
    bytes: Vec<u8>,
}

impl Stream {
    /// The request that carries a probe.
    pub(super) fn ask(&mut self, probe: &[u8]) -> Vec<u8> {
        let (head, padding) = probe.split_at(Probe::SIZE);
        self.heads.extend(head.first_chunk().copied());
        self.length = NUMBER + padding.len();
        [&head[AT..AT + NUMBER], padding].concat()
    }

    /// Takes what has come, and gives the probes whose answers are whole. `None`: more came back
    /// than was asked.
    pub(super) fn take(&mut self, come: &[u8], each: &mut dyn FnMut(&[u8])) -> Option<()> {
        self.bytes.extend(come);
        while !self.bytes.is_empty() && self.bytes.len() >= self.length {
            let mut probe = self.heads.pop_front()?.to_vec();
            let answer: Vec<u8> = self.bytes.drain(..self.length).collect();
            let (number, padding) = answer.split_at(NUMBER);
            probe[AT..AT + NUMBER].copy_from_slice(number);
            probe.extend(padding);
            each(&probe);
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(n: u8) -> (Stream, Vec<u8>, Vec<u8>) {
        let (mut stream, probe) = (
            Stream::default(),
            (n..n + probe(6) as u8).collect::<Vec<u8>>(),
        );
        let request = stream.ask(&probe);
        (stream, probe, request)
    }

    fn taken(stream: &mut Stream, come: &[u8]) -> Option<Vec<Vec<u8>>> {
        let mut probes = Vec::new();
        let taken = stream.take(come, &mut |probe| probes.push(probe.to_vec()));
        taken.map(|()| probes)
    }

    #[test]
    fn answers_count_when_they_are_whole() {
        let (mut stream, one, first) = asked(3);
        let (_, other, _) = asked(4);
        let requests = [first, stream.ask(&other)].concat();
        assert_eq!(requests.len(), 12);
        assert_eq!(taken(&mut stream, &requests[..8]), Some(vec![one]));
        assert_eq!(taken(&mut stream, &requests[8..]), Some(vec![other]));
    }

    #[test]
    fn a_change_is_in_the_probe_that_comes_back() {
        for at in 0..6 {
            let (mut stream, probe, mut answer) = asked(3);
            answer[at] ^= 1;
            assert_ne!(taken(&mut stream, &answer), Some(vec![probe]));
        }
    }

    #[test]
    fn what_was_not_asked_is_no_answer() {
        assert_eq!(taken(&mut Stream::default(), b"x"), None);
        let (mut stream, _, answer) = asked(3);
        assert_eq!(taken(&mut stream, &answer.repeat(2)), None);
    }
}

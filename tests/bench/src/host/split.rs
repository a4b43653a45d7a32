// SPDX-License-Identifier: GPL-2.0
//! Lines from bytes that come in pieces.

/// What has come of a line whose end has not.
#[derive(Debug, Default)]
pub(crate) struct Split {
    rest: Vec<u8>,
}

impl Split {
    /// The lines that are whole now, trimmed, without empty ones.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Vec<String> {
        self.rest.extend_from_slice(bytes);
        let mut lines = Vec::new();
        while let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            lines.push(String::from_utf8_lossy(&line).trim().to_owned());
        }
        lines.retain(|line| !line.is_empty());
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_in_pieces() {
        let mut split = Split::default();
        let lines = ["1", "2\r\n3\n\ncannot", " x\n4"].map(|piece| split.feed(piece.as_bytes()));
        assert_eq!(
            lines,
            [
                vec![],
                vec!["12".to_owned(), "3".into()],
                vec!["cannot x".into()]
            ]
        );
        assert_eq!(split.feed(b"\n"), ["4"]);
    }
}

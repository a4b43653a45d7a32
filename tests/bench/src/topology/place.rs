// SPDX-License-Identifier: GPL-2.0
//! Places by name, as on the command line.

use crate::suite::cell::Place;
use crate::{Error, Result};

/// The most containers in a line: what the paper on container topologies measured.
pub const LONGEST_LINE: u32 = 64;

/// Reads `guest`, `docker`, `pod`, `line-veth:N`, `line-macvlan:N`, `podman` or `debian`.
pub fn parse(text: &str) -> Result<Place> {
    let line = |length: &str| match length.parse() {
        Ok(length) if (1..=LONGEST_LINE).contains(&length) => Ok(length),
        _ => Err(Error::Other(format!(
            "a line of '{length}' containers: it must be a number from 1 to {LONGEST_LINE}"
        ))),
    };
    let others = [
        Place::Guest,
        Place::Docker,
        Place::Pod,
        Place::Podman,
        Place::Debian,
    ];
    match text.split_once(':') {
        Some(("line-veth", length)) => line(length).map(Place::LineVeth),
        Some(("line-macvlan", length)) => line(length).map(Place::LineMacvlan),
        _ => others.into_iter().find(|place| name(*place) == text).ok_or_else(|| Error::Other(format!(
            "no place is called '{text}': take guest, docker, pod, line-veth:N, line-macvlan:N, podman or debian"
        ))),
    }
}

/// The name that [`parse`] reads.
pub fn name(place: Place) -> String {
    match place {
        Place::Guest => "guest".into(),
        Place::Docker => "docker".into(),
        Place::Pod => "pod".into(),
        Place::LineVeth(length) => format!("line-veth:{length}"),
        Place::LineMacvlan(length) => format!("line-macvlan:{length}"),
        Place::Podman => "podman".into(),
        Place::Debian => "debian".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_is_read() {
        for place in [
            Place::Guest,
            Place::Docker,
            Place::Pod,
            Place::LineVeth(1),
            Place::LineMacvlan(64),
            Place::Podman,
            Place::Debian,
        ] {
            assert_eq!(parse(&name(place)).unwrap(), place);
        }
    }

    #[test]
    fn what_is_no_place_is_refused_with_the_rule() {
        for (text, rule) in [
            ("line-veth:0", "from 1 to 64"),
            ("line-macvlan:65", "from 1 to 64"),
            ("line-veth:x", "from 1 to 64"),
            ("line-veth", "line-veth:N"),
            ("docker:2", "docker"),
            ("", "guest"),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains(rule), "{text}: {error}");
        }
    }
}

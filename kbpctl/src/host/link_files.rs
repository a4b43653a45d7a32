// SPDX-License-Identifier: GPL-2.0
//! systemd's `.link` files: from systemd 260 on one may place the interrupts of a NIC, each time
//! that the NIC appears.

use std::path::{Path, PathBuf};

use crate::output::harmless;
use crate::sys::System;

/// What in a `.link` file places interrupts: IRQAffinity=, IRQAffinityPolicy=, IRQAffinityNUMA=.
const KEY: &str = "IRQAffinity";

/// Where such files are, and what adds to them.
const FOLDERS: [&str; 4] = [
    "/etc/systemd/network",
    "/run/systemd/network",
    "/usr/local/lib/systemd/network",
    "/usr/lib/systemd/network",
];

/// A note on a file that places the interrupts of this interface, too.
pub(crate) fn note(sys: &dyn System, interface: &str) -> Option<String> {
    let file = of(sys, interface)?;
    let name = file.file_name()?.to_string_lossy().into_owned();
    let places = pieces(sys, &name).into_iter().chain([file]);
    let mut places = places.filter(|file| sets(sys, file));
    let file = places.next()?;
    Some(format!(
        "{} has systemd place the interrupts of {interface}, too, whenever it appears; take {KEY}* out of it",
        harmless(&file.display().to_string())
    ))
}

/// The file that udev uses for this interface: the first that fits. It has written that down.
fn of(sys: &dyn System, interface: &str) -> Option<PathBuf> {
    let index = Path::new("/sys/class/net").join(interface).join("ifindex");
    let index = sys.read(&index).ok()?;
    let record = format!("/run/udev/data/n{}", index.trim());
    let record = sys.read(Path::new(&record)).ok()?;
    let mut lines = record.lines();
    let file = lines.find_map(|line| line.strip_prefix("E:ID_NET_LINK_FILE="))?;
    Some(PathBuf::from(file))
}

/// The files that add to it.
fn pieces(sys: &dyn System, name: &str) -> Vec<PathBuf> {
    let mut pieces = Vec::new();
    for folder in FOLDERS {
        let folder = Path::new(folder).join(format!("{name}.d"));
        let names = sys.list(&folder).unwrap_or_default().into_iter();
        let names = names.filter(|name| name.ends_with(".conf"));
        pieces.extend(names.map(|name| folder.join(name)));
    }
    pieces
}

fn sets(sys: &dyn System, file: &Path) -> bool {
    let text = sys.read(file).unwrap_or_default();
    let is_set = |line: &str| {
        let value = line.trim().strip_prefix(KEY);
        let value = value.and_then(|line| line.split_once('='));
        value.is_some_and(|(_, value)| !value.trim().is_empty())
    };
    text.lines().any(is_set)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::fake::Fake;

    #[test]
    fn the_file_that_udev_uses_is_read_with_what_adds_to_it() {
        let used = "/etc/systemd/network/10-fast.link";
        let piece = "/run/systemd/network/10-fast.link.d/irq.conf";
        let policy = "[Match]\nOriginalName=*\n[Link]\nIRQAffinityPolicy=spread\n";
        for (files, want) in [
            (vec![(used, policy)], Some(used)),
            (vec![(used, "[Link]\nMTUBytes=9000\n")], None),
            (vec![(used, "[Link]\n#IRQAffinity=2\nIRQAffinity=\n")], None),
            (
                vec![(used, ""), (piece, "[Link]\n IRQAffinity = 2-3\n")],
                Some(piece),
            ),
            // Of another interface.
            (vec![("/etc/systemd/network/20-slow.link", policy)], None),
        ] {
            let fake = Fake::new();
            let record =
                format!("I:171\nE:ID_NET_DRIVER=ixgbe\nE:ID_NET_LINK_FILE={used}\nG:systemd\n");
            let given = [
                ("/sys/class/net/eth0/ifindex", "2\n"),
                ("/run/udev/data/n2", &*record),
            ];
            for (path, text) in given.into_iter().chain(files) {
                fake.0
                    .borrow_mut()
                    .files
                    .insert(path.into(), text.to_owned());
            }
            let note = note(&fake, "eth0");
            match want {
                Some(want) => assert!(note.is_some_and(|note| note.starts_with(want))),
                None => assert_eq!(note, None),
            }
        }
        // Without udev nobody reads such files.
        assert_eq!(note(&Fake::new(), "eth0"), None);
    }
}

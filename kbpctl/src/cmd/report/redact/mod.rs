// SPDX-License-Identifier: GPL-2.0
//! What of a report tells whose machine it is, and is written as something else. The same value is
//! the same alias everywhere in a report.
//!
//! [`addresses`] finds those by their form, [`parameters`] knows which values of the kernel's
//! command line may stay. The names of the host and the identity of the machine are known here.

mod addresses;
mod parameters;

use std::collections::BTreeMap;
use std::path::Path;

use self::addresses::Kind;
use crate::sys::System;

/// Names that are words of a report, too, and tell nothing.
const COMMON: [&str; 7] = [
    "localhost",
    "debian",
    "linux",
    "host",
    "server",
    "kbp",
    "(none)",
];
/// A shorter one would be found in too much else.
const SHORTEST: usize = 3;

/// Replaces.
#[derive(Default)]
pub(super) struct Redactor {
    /// What is replaced wherever it stands as a word of its own, and by what.
    known: Vec<(String, String)>,
    /// The aliases that were given.
    aliases: BTreeMap<(Kind, String), usize>,
}

impl Redactor {
    /// One that knows this machine.
    pub(super) fn new(sys: &dyn System) -> Redactor {
        let read = |path: &str| sys.read(Path::new(path)).unwrap_or_default();
        let line = read("/proc/cmdline");
        let mut known = Vec::new();
        for (name, value) in parameters::unknown(&line) {
            let alias = format!("{name}=redacted");
            // In a document a quote has a backslash before it.
            let escaped = value.replace('\\', "\\\\").replace('"', "\\\"");
            known.push((format!("{name}={value}"), alias.clone()));
            known.push((format!("{name}={escaped}"), alias));
        }
        let id = read("/etc/machine-id").trim().to_owned();
        known.push((id, "machine-id".to_owned()));
        let host = read("/proc/sys/kernel/hostname").trim().to_owned();
        let domain = read("/proc/sys/kernel/domainname").trim().to_owned();
        let first = host.split('.').next().unwrap_or_default().to_owned();
        let names = [host, first, domain].into_iter();
        let is_telling = |name: &String| name.len() >= SHORTEST && !COMMON.contains(&&**name);
        known.extend(
            names
                .filter(is_telling)
                .map(|name| (name, "hostname".to_owned())),
        );
        known.retain(|(value, _)| !value.is_empty());
        Redactor {
            known,
            aliases: BTreeMap::new(),
        }
    }

    /// The text, with aliases.
    pub(super) fn text(&mut self, text: &str) -> String {
        let mut text = text.to_owned();
        for (value, alias) in &self.known {
            text = with_word(&text, value, alias);
        }
        addresses::replace(&text, |kind, address| self.alias(kind, address))
    }

    fn alias(&mut self, kind: Kind, address: &str) -> String {
        let next = self
            .aliases
            .keys()
            .filter(|(known, _)| *known == kind)
            .count()
            + 1;
        let key = (kind, address.to_lowercase());
        let number = self.aliases.entry(key).or_insert(next);
        kind.alias(*number)
    }
}

/// The text with another word in the place of this one.
fn with_word(text: &str, word: &str, other: &str) -> String {
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-');
    let mut done = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let (before, behind) = (&rest[..at], &rest[at + word.len()..]);
        let last = before.chars().next_back().or(done.chars().next_back());
        let is_whole = !last.is_some_and(is_part) && !behind.chars().next().is_some_and(is_part);
        done.push_str(before);
        done.push_str(if is_whole { other } else { word });
        rest = behind;
    }
    done + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::fake::Fake;

    fn fake() -> Fake {
        let fake = Fake::new();
        for (path, text) in [
            ("/proc/sys/kernel/hostname", "web7.example.org\n"),
            ("/proc/sys/kernel/domainname", "(none)\n"),
            ("/etc/machine-id", "0123456789abcdef0123456789abcdef\n"),
            (
                "/proc/cmdline",
                "BOOT_IMAGE=/boot/vmlinuz root=UUID=5a ro isolcpus=2,3 secret=\"a b\" quiet\n",
            ),
        ] {
            let mut machine = fake.0.borrow_mut();
            machine.files.insert(path.into(), text.to_owned());
        }
        fake
    }

    #[test]
    fn what_tells_whose_machine_it_is_goes_and_the_rest_stays() {
        let mut redactor = Redactor::new(&fake());
        for (text, want) in [
            ("on web7 and web7.example.org.", "on hostname and hostname."),
            ("web72 web7-a a_web7", "web72 web7-a a_web7"),
            ("id 0123456789abcdef0123456789abcdef", "id machine-id"),
            (
                "ro root=UUID=5a isolcpus=2,3 secret=\"a b\" quiet",
                "ro root=redacted isolcpus=2,3 secret=redacted quiet",
            ),
            (
                "{\"line\": \"secret=\\\"a b\\\" quiet\"}",
                "{\"line\": \"secret=redacted quiet\"}",
            ),
            (
                "52:54:00:12:34:56 10.0.0.7, 52:54:00:12:34:56",
                "mac-1 ip-1, mac-1",
            ),
            ("10.0.0.8 10.0.0.7", "ip-2 ip-1"),
        ] {
            assert_eq!(redactor.text(text), want);
        }
    }

    #[test]
    fn a_common_host_name_stays() {
        let fake = fake();
        for name in ["debian", "localhost", "a"] {
            let mut machine = fake.0.borrow_mut();
            machine
                .files
                .insert("/proc/sys/kernel/hostname".into(), format!("{name}\n"));
            drop(machine);
            let text = format!("ID={name}");
            assert_eq!(Redactor::new(&fake).text(&text), text);
        }
    }
}

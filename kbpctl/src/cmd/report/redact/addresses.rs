// SPDX-License-Identifier: GPL-2.0
//! Addresses and identities that are known by their form: of network cards, of IP, of the kernel's
//! memory, and UUIDs.

use std::net::{Ipv4Addr, Ipv6Addr};

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Mac,
    Ip,
    Uuid,
    Memory,
}

impl Kind {
    /// The one of this number. All of the kernel's memory is alike: where it lies is what an attacker
    /// wants to know.
    pub(super) fn alias(self, number: usize) -> String {
        match self {
            Kind::Mac => format!("mac-{number}"),
            Kind::Ip => format!("ip-{number}"),
            Kind::Uuid => format!("uuid-{number}"),
            Kind::Memory => "kernel-address".to_owned(),
        }
    }
}

/// The beginnings of names of interfaces that have the address in them, as systemd gives them.
const WITH_MAC: [&str; 3] = ["enx", "wlx", "wwx"];
const DIGITS_OF_MAC: usize = 12;

/// The text, with an alias for each of them.
pub(super) fn replace(text: &str, mut alias: impl FnMut(Kind, &str) -> String) -> String {
    let mut done = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|letter| !is_of_word(letter));
        let (word, behind) = rest.split_at(end.unwrap_or(rest.len()));
        done.push_str(&replace_word(word, &mut alias));
        let end = behind.find(is_of_word).unwrap_or(behind.len());
        done.push_str(&behind[..end]);
        rest = &behind[end..];
    }
    done
}

fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, ':' | '.' | '_' | '-' | '+' | '~')
}

/// A word, of which a part may be one.
fn replace_word(word: &str, alias: &mut impl FnMut(Kind, &str) -> String) -> String {
    let whole = || parts(word).find_map(|end| Some((kind(&word[..end])?, 0, end)));
    let found = whole()
        .or_else(|| find_mac(word))
        .or_else(|| find_in_name(word))
        .or_else(|| find_memory(word));
    let Some((kind, first, last)) = found else {
        return word.to_owned();
    };
    let (before, behind) = (&word[..first], &word[last..]);
    let address = match kind {
        // However it is written.
        Kind::Mac => word[first..last].split([':', '-']).collect(),
        _ => word[first..last].to_owned(),
    };
    format!(
        "{before}{}{}",
        alias(kind, &address),
        replace_word(behind, alias)
    )
}

/// The word without what a sentence puts behind it, and without a port.
fn parts(word: &str) -> impl Iterator<Item = usize> {
    let trimmed = word.trim_end_matches(['.', ':', '-']).len();
    let port = word.rfind(':').filter(|at| word[..*at].contains('.'));
    [Some(word.len()), Some(trimmed), port]
        .into_iter()
        .flatten()
}

fn kind(part: &str) -> Option<Kind> {
    if let Ok(address) = part.parse::<Ipv4Addr>() {
        let is_telling = !address.is_loopback() && !address.is_unspecified();
        return is_telling.then_some(Kind::Ip);
    }
    if let Ok(address) = part.parse::<Ipv6Addr>() {
        let is_telling = !address.is_loopback() && !address.is_unspecified();
        return is_telling.then_some(Kind::Ip);
    }
    is_uuid(part).then_some(Kind::Uuid)
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_uuid(part: &str) -> bool {
    let groups: Vec<&str> = part.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    lengths == [8, 4, 4, 4, 12] && groups.iter().all(|group| is_hex(group))
}

/// Six pairs of digits or more (InfiniBand has twenty), anywhere in the word.
fn find_mac(word: &str) -> Option<(Kind, usize, usize)> {
    let word = word.trim_end_matches(['.', ':', '-']);
    [':', '-'].into_iter().find_map(|between| {
        let mut first = 0;
        let (mut at, mut pairs) = (0, 0);
        for group in word.split(between) {
            match group.len() == 2 && is_hex(group) {
                true if pairs == 0 => (first, pairs) = (at, 1),
                true => pairs += 1,
                false if pairs >= 6 => break,
                false => pairs = 0,
            }
            at += group.len() + 1;
        }
        (pairs >= 6).then(|| (Kind::Mac, first, first + pairs * 3 - 1))
    })
}

/// The digits of an address in the name of an interface.
fn find_in_name(word: &str) -> Option<(Kind, usize, usize)> {
    WITH_MAC.iter().find_map(|beginning| {
        let first = word.find(beginning)? + beginning.len();
        let last = first + DIGITS_OF_MAC;
        let digits = word.get(first..last)?;
        is_hex(digits).then_some((Kind::Mac, first, last))
    })
}

/// An address of the kernel, as in the line of a register.
fn find_memory(word: &str) -> Option<(Kind, usize, usize)> {
    let mut at = 0;
    for group in word.split([':', '+', '-']) {
        let digits = group.strip_prefix("0x").unwrap_or(group);
        if digits.len() == 16 && digits.starts_with("ffff") && is_hex(digits) {
            return Some((Kind::Memory, at, at + group.len()));
        }
        at += group.len() + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn replaced(text: &str) -> String {
        replace(text, |kind, address| format!("<{kind:?} {address}>"))
    }

    #[test]
    fn addresses_are_found_by_their_form() {
        for (text, want) in [
            ("a 52:54:00:12:34:56 b", "a <Mac 525400123456> b"),
            ("52-54-00-12-34-56.", "<Mac 525400123456>."),
            (
                "eth0: 52:54:00:12:34:56: up",
                "eth0: <Mac 525400123456>: up",
            ),
            ("enx525400123456-rx-0", "enx<Mac 525400123456>-rx-0"),
            ("\"enx525400123456\",", "\"enx<Mac 525400123456>\","),
            ("10.1.2.3/24", "<Ip 10.1.2.3>/24"),
            ("10.1.2.3:80, 10.1.2.3.", "<Ip 10.1.2.3>:80, <Ip 10.1.2.3>."),
            (
                "[2001:db8::7]:443 fe80::1%eth0",
                "[<Ip 2001:db8::7>]:443 <Ip fe80::1>%eth0",
            ),
            (
                "root=UUID=6ba7b810-9dad-11d1-80b4-00c04fd430c8",
                "root=UUID=<Uuid 6ba7b810-9dad-11d1-80b4-00c04fd430c8>",
            ),
            (
                "RSP: 0018:ffffb1c2c0a3bd30",
                "RSP: 0018:<Memory ffffb1c2c0a3bd30>",
            ),
            (
                "kbp 40960 - Live 0xffffffffc0a00000",
                "kbp 40960 - Live <Memory 0xffffffffc0a00000>",
            ),
        ] {
            assert_eq!(replaced(text), want);
        }
    }

    #[test]
    fn what_looks_like_one_stays() {
        for text in [
            "0000:00:02.0 0-edge",
            "12:34:56 1:2:3",
            "linux-image 6.12.118+deb13 1.2.3.4-5 6.1.0-56-amd64",
            "std::abs foo::bar ::1 :: 127.0.0.1 0.0.0.0",
            "0x0000000000000000 ffffffff",
            "cores 2-5,8; queue rx-0; kbp/2: up",
            "66616b6566616b6566616b6566616b6566616b65",
        ] {
            assert_eq!(replaced(text), text);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered_and_keeps_its_lines(text in "[0-9a-f:. \\n-]{0,60}") {
            prop_assert_eq!(replaced(&text).lines().count(), text.lines().count());
        }

        #[test]
        fn none_is_left(address in any::<[u8; 6]>(), around in "[ ,\"=]") {
            let pairs = address.map(|byte| format!("{byte:02x}"));
            let text = format!("{around}{}{around}", pairs.join(":"));
            prop_assert!(!replaced(&text).contains(&pairs.join(":")));
        }
    }
}

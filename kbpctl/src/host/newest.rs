// SPDX-License-Identifier: GPL-2.0
//! The newest kernel that is installed: after the next boot it is likely the running one.

use std::cmp::Ordering;
use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;

use crate::host::modules;
use crate::host::suits;
use crate::sys::System;

/// What is known of it.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Newest {
    pub(crate) release: String,
    pub(crate) is_running: bool,
    pub(crate) has_modules: bool,
    /// Why KBP's modules cannot be built for it.
    pub(crate) refused: Option<String>,
}

/// Finds it among the kernels that have modules and an image.
pub(crate) fn find(sys: &dyn System) -> Option<Newest> {
    let folder = Path::new("/lib/modules");
    let has_image = |release: &String| {
        sys.exists(&Path::new("/boot").join(format!("vmlinuz-{release}")))
            || sys.exists(&folder.join(release).join("vmlinuz"))
    };
    let names = sys.list(folder).ok()?;
    let release = names
        .into_iter()
        .filter(has_image)
        .max_by(|one, other| by_version(one, other))?;
    Some(Newest {
        is_running: release == sys.release(),
        has_modules: modules::are_installed(sys, &release),
        refused: suits::refusal(sys, &release),
        release,
    })
}

/// As Debian's linux-version(1) sorts, and so the boot menu: numbers by their value, all else by its
/// letters, and what was released before a version (-rc2) before that version.
fn by_version(one: &str, other: &str) -> Ordering {
    let (one, other) = (parts(one), parts(other));
    for index in 0.. {
        let pair = (one.get(index), other.get(index));
        let order = match pair {
            (None, None) => break,
            (Some(part), None) if is_early(part) => Ordering::Less,
            (None, Some(part)) if is_early(part) => Ordering::Greater,
            (Some(one), Some(other)) if is_early(one) != is_early(other) => {
                is_early(other).cmp(&is_early(one))
            }
            (Some(one), Some(other)) => match (number(one), number(other)) {
                (Some(one), Some(other)) => one.cmp(&other),
                _ => one.cmp(other),
            },
            (one, other) => one.cmp(&other),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    Ordering::Equal
}

/// Numbers, and what is between them, which a hyphen divides once more.
fn parts(release: &str) -> Vec<&str> {
    let (mut parts, mut rest) = (Vec::new(), release);
    while let Some(first) = rest.chars().next() {
        let is_digit = first.is_ascii_digit();
        let ends = |c: char| c.is_ascii_digit() != is_digit || c == '-';
        // The hyphen that a part begins with belongs to it.
        let from = first.len_utf8();
        let len = rest[from..].find(ends).map_or(rest.len(), |at| from + at);
        parts.push(&rest[..len]);
        rest = &rest[len..];
    }
    parts
}

fn is_early(part: &str) -> bool {
    matches!(part, "-rc" | "-trunk")
}

fn number(part: &str) -> Option<u64> {
    part.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_in_the_order_of_their_versions() {
        let mut releases = [
            "7.4-amd64",
            "7.4-rc2-amd64",
            "7.4-rc10-amd64",
            "7.4.1-amd64",
            "7.4-trunk-amd64",
            "7.4",
            "7.3.4+deb13-amd64",
            "6.1.0-56-amd64",
            "6.12.117+deb13-amd64",
            "6.1.0-9-amd64",
            "6.12.94+deb13-amd64",
            "6.12.115+deb13.1-amd64",
            "6.12.115+deb13-amd64",
        ];
        releases.sort_by(|one, other| by_version(one, other));
        assert_eq!(
            releases,
            [
                "6.1.0-9-amd64",
                "6.1.0-56-amd64",
                "6.12.94+deb13-amd64",
                "6.12.115+deb13-amd64",
                "6.12.115+deb13.1-amd64",
                "6.12.117+deb13-amd64",
                "7.3.4+deb13-amd64",
                "7.4-rc2-amd64",
                "7.4-rc10-amd64",
                "7.4-trunk-amd64",
                "7.4",
                "7.4-amd64",
                "7.4.1-amd64",
            ]
        );
    }
}

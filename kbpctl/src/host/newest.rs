// SPDX-License-Identifier: GPL-2.0
//! The newest kernel that is installed: after the next boot it is likely the running one.

use std::cmp::Ordering;
use std::path::Path;

use serde::Serialize;

use crate::host::modules;
use crate::sys::System;

/// What is known of it.
#[derive(Serialize)]
pub(crate) struct Newest {
    pub(crate) release: String,
    pub(crate) is_running: bool,
    pub(crate) has_modules: bool,
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
        release,
    })
}

/// Numbers by their value, all else by its letters: 6.1.0-9 comes before 6.1.0-10.
fn by_version(one: &str, other: &str) -> Ordering {
    let (mut one, mut other) = (one, other);
    loop {
        let (text, other_text) = (
            leading(one, |c| !c.is_ascii_digit()),
            leading(other, |c| !c.is_ascii_digit()),
        );
        let order = text.cmp(other_text);
        (one, other) = (&one[text.len()..], &other[other_text.len()..]);
        let (number, other_number) = (
            leading(one, |c| c.is_ascii_digit()),
            leading(other, |c| c.is_ascii_digit()),
        );
        let value = |digits: &str| digits.parse::<u64>().unwrap_or(0);
        let order = order.then(value(number).cmp(&value(other_number)));
        (one, other) = (&one[number.len()..], &other[other_number.len()..]);
        if order != Ordering::Equal || (one.is_empty() && other.is_empty()) {
            return order;
        }
        if one.is_empty() || other.is_empty() {
            return one.len().cmp(&other.len());
        }
    }
}

fn leading(text: &str, is: impl Fn(char) -> bool) -> &str {
    &text[..text.find(|c| !is(c)).unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_in_the_order_of_their_versions() {
        let mut releases = [
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
            ]
        );
    }
}

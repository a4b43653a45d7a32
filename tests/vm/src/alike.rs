// SPDX-License-Identifier: GPL-2.0
//! Which stories have guests that are the same until they run their scripts.

use std::time::Duration;

use crate::head::Head;

/// How many guests are the same as that of `head` with this kernel, of all stories with these heads; those
/// that name no kernel run on `default`.
pub(crate) fn guests(head: &Head, kernel: &str, all: &[Head], default: &str) -> usize {
    let asked = guest(head, kernel);
    let default = [default.to_owned()];
    let alike = |other: &Head| {
        let kernels = match &other.kernels[..] {
            [] => &default,
            kernels => kernels,
        };
        let same = kernels
            .iter()
            .filter(|kernel| guest(other, kernel) == asked);
        same.count()
    };
    all.iter().map(alike).sum()
}

/// What of a head makes its guest, until it runs the script.
fn guest(head: &Head, kernel: &str) -> Head {
    Head {
        story: String::new(),
        kernels: vec![kernel.to_owned()],
        load: (0, 0, 0),
        limit: Duration::ZERO,
        warning: String::new(),
        fails: None,
        ..head.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn what_makes_no_guest_makes_no_difference() {
        let heads = [
            "# story: a\n",
            "# story: b\n# limit: 9\n# load: 1 2\n# fails: x\n# warning: y\n",
            "# story: c\n# kernel: bookworm trixie\n",
            "# story: d\n# tool: ip\n",
            "# story: e\n# nic: model=igb\n",
            "# story: f\n# smp: 4\n# kernel: bookworm\n",
        ];
        let heads = heads.map(|text| Head::of_story(Path::new("s"), text).expect("a head"));
        let alike = |n: usize, kernel| guests(&heads[n], kernel, &heads, "trixie");
        assert_eq!(alike(0, "trixie"), 3);
        assert_eq!(alike(2, "trixie"), 3);
        assert_eq!(alike(2, "bookworm"), 1);
        for n in [3, 4] {
            assert_eq!(alike(n, "trixie"), 1);
        }
        assert_eq!(alike(5, "bookworm"), 1);
        assert_eq!(alike(5, "trixie"), 0);
    }
}

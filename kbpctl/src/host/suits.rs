// SPDX-License-Identifier: GPL-2.0
//! Which kernels KBP's modules can be built for: so that nobody is sent to build them where the
//! build refuses.

use crate::host::images;
use crate::sys::System;

/// The list that the build itself goes by: `NAME why`, or `!NAME why`.
const NEEDS: &str = include_str!("../../../kbuild/module/needs");
/// The oldest series.
const OLDEST: (u32, u32) = (6, 1);

/// Why the build refuses the kernel `release`; `None`: nothing is known against it.
pub(crate) fn refusal(sys: &dyn System, release: &str) -> Option<String> {
    if series(release).is_some_and(|series| series < OLDEST) {
        return Some(format!("it is older than {}.{}", OLDEST.0, OLDEST.1));
    }
    let config = images::config(sys, release).and_then(|path| sys.read(&path).ok());
    match config {
        Some(config) => lacking(&config),
        // Debian's real-time kernels are called so, and those of others.
        None => release
            .split('-')
            .any(|part| part.strip_prefix("rt").is_some_and(is_number))
            .then(|| "it is a real-time kernel (PREEMPT_RT)".to_owned()),
    }
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn series(release: &str) -> Option<(u32, u32)> {
    let mut numbers = release.split(|c: char| !c.is_ascii_digit());
    let mut next = || numbers.next()?.parse().ok();
    Some((next()?, next()?))
}

fn lacking(config: &str) -> Option<String> {
    let is_on = |name: &str| {
        let mut lines = config.lines().filter_map(|line| line.split_once('='));
        lines.any(|(option, value)| option == name && matches!(value, "y" | "m"))
    };
    let needs = NEEDS.lines().filter(|line| !line.starts_with('#'));
    needs
        .filter_map(|line| line.split_once(char::is_whitespace))
        .find_map(|(need, why)| {
            let (name, wanted, has) = match need.strip_prefix('!') {
                Some(name) => (name, false, "has"),
                None => (need, true, "lacks"),
            };
            (is_on(name) != wanted).then(|| format!("it {has} {name}, and {}", why.trim()))
        })
}

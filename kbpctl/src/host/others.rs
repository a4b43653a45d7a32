// SPDX-License-Identifier: GPL-2.0
//! Other people's livepatches, as far as they bear on KBP's.

use std::path::Path;

use crate::host::livepatch::{State, MODULE};
use crate::sys::System;

const ROOT: &str = "/sys/kernel/livepatch";

/// The names of the other livepatches for which `holds` holds.
fn those(sys: &dyn System, holds: impl Fn(&Path) -> bool) -> Vec<String> {
    let names = sys.list(Path::new(ROOT)).unwrap_or_default();
    names
        .into_iter()
        .filter(|name| name != MODULE && holds(&Path::new(ROOT).join(name)))
        .collect()
}

fn reads_1(sys: &dyn System, path: &Path) -> Option<bool> {
    let text = sys.read(path).ok()?;
    Some(text.trim() == "1")
}

/// Those in transition: the kernel runs one transition at a time.
pub(crate) fn in_transition(sys: &dyn System) -> Vec<String> {
    those(sys, |patch| {
        reads_1(sys, &patch.join("transition")) == Some(true)
    })
}

/// Whether the kernel is busy with anybody's transition, ours too.
pub(crate) fn any_in_transition(sys: &dyn System) -> bool {
    let names = sys.list(Path::new(ROOT)).unwrap_or_default();
    let mut patches = names.iter().map(|name| Path::new(ROOT).join(name));
    patches.any(|patch| reads_1(sys, &patch.join("transition")) == Some(true))
}

/// Those that can have taken the place of KBP's: they are enabled and replace others. Kernels
/// before 6.11 do not say which livepatches replace others; there every enabled one is named.
pub(crate) fn that_replace(sys: &dyn System) -> Vec<String> {
    those(sys, |patch| {
        reads_1(sys, &patch.join("enabled")) == Some(true)
            && reads_1(sys, &patch.join("replace")) != Some(false)
    })
}

/// Who took the place of KBP's livepatch, when it looks as if somebody did: its module is there, and
/// its patch is gone, switched off, or without effect.
pub(crate) fn in_our_place(sys: &dyn System, state: State, hooks_live: bool) -> Vec<String> {
    match state {
        State::Leftover | State::Disabled => that_replace(sys),
        State::Enabled if !hooks_live => that_replace(sys),
        _ => Vec::new(),
    }
}

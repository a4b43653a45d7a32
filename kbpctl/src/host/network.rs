// SPDX-License-Identifier: GPL-2.0
//! What sysfs says of network devices. It shows those of kbpctl's own network namespace.

use std::collections::BTreeMap;
use std::path::Path;

use crate::sys::System;

/// `file` of each network device, by the name of the device.
fn each(sys: &dyn System, file: &str) -> Vec<(String, String)> {
    let root = Path::new("/sys/class/net");
    let text = |name: String| {
        let text = sys.read(&root.join(&name).join(file)).ok()?;
        Some((name, text.trim().to_owned()))
    };
    let names = sys.list(root).unwrap_or_default();
    names.into_iter().filter_map(text).collect()
}

/// The names of the network devices by their ifindex.
pub(crate) fn names(sys: &dyn System) -> BTreeMap<i32, String> {
    let numbered = |(name, index): (String, String)| Some((index.parse().ok()?, name));
    each(sys, "ifindex")
        .into_iter()
        .filter_map(numbered)
        .collect()
}

/// The network devices whose NAPIs are polled by threads of their own.
pub(crate) fn threaded(sys: &dyn System) -> Vec<String> {
    let threaded = |mode: &str| matches!(mode, "1" | "2");
    each(sys, "threaded")
        .into_iter()
        .filter_map(|(name, mode)| threaded(&mode).then_some(name))
        .collect()
}

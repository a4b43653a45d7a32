// SPDX-License-Identifier: GPL-2.0
//! Small facts, a line each: switches of the kernel, the modules, livepatches.

use std::path::Path;

use super::files::why;
use super::part::Parts;
use crate::host::livepatch;
use crate::host::modules;
use crate::sys::System;

/// Files of one line.
const FACTS: [&str; 20] = [
    "/proc/uptime",
    "/proc/loadavg",
    "/proc/sys/kernel/tainted",
    "/proc/sys/kernel/ftrace_enabled",
    "/proc/sys/kernel/modules_disabled",
    "/proc/sys/kernel/sched_rt_runtime_us",
    "/proc/sys/net/core/dev_weight",
    "/proc/sys/net/core/netdev_budget",
    "/proc/sys/net/core/netdev_budget_usecs",
    "/sys/class/dmi/id/product_name",
    "/sys/class/dmi/id/sys_vendor",
    "/sys/devices/system/clocksource/clocksource0/current_clocksource",
    "/sys/devices/system/cpu/isolated",
    "/sys/devices/system/cpu/nohz_full",
    "/sys/devices/system/cpu/online",
    "/sys/devices/system/cpu/possible",
    "/sys/devices/system/cpu/smt/active",
    "/sys/devices/system/node/online",
    "/sys/fs/cgroup/cpuset.cpus.isolated",
    "/sys/kernel/security/lockdown",
];

const OF_MODULE: [&str; 6] = [
    "coresize",
    "initstate",
    "refcnt",
    "srcversion",
    "taint",
    "version",
];
const OF_PATCH: [&str; 4] = ["enabled", "replace", "stack_order", "transition"];

/// What a bit of `tainted` stands for, from the first on.
const TAINTS: [&str; 20] = [
    "P: proprietary module",
    "F: module was force loaded",
    "S: out of specification",
    "R: module was force unloaded",
    "M: machine check",
    "B: bad page",
    "U: by a user",
    "D: the kernel died",
    "A: ACPI table overridden",
    "W: warning",
    "C: staging driver",
    "I: firmware bug",
    "O: out-of-tree module",
    "E: unsigned module",
    "L: soft lockup",
    "K: livepatch",
    "X: of the distribution",
    "T: randomised structures",
    "N: test",
    "J: fwctl",
];

/// Adds `machine.txt`.
pub(super) fn add(parts: &mut Parts, sys: &dyn System) {
    let mut lines = vec![format!("kernel release: {}", sys.release())];
    let mut add = |path: &Path, parts: &mut Parts| {
        let name = path.display().to_string();
        match sys.read(path) {
            Ok(text) => lines.push(fact(&name, text.trim())),
            Err(error) => parts.lack(name, why(&error)),
        }
    };
    for path in FACTS {
        add(Path::new(path), parts);
    }
    for module in [modules::KBP, livepatch::MODULE] {
        let folder = Path::new("/sys/module").join(module);
        if !sys.exists(&folder) {
            parts.lack(folder.display().to_string(), "the module is not loaded");
            continue;
        }
        for name in OF_MODULE {
            add(&folder.join(name), parts);
        }
        let folder = folder.join("parameters");
        for name in sys.list(&folder).unwrap_or_default() {
            add(&folder.join(name), parts);
        }
    }
    let patches = Path::new("/sys/kernel/livepatch");
    for patch in sys.list(patches).unwrap_or_default() {
        // Not every kernel has each of them.
        for name in OF_PATCH {
            let path = patches.join(&patch).join(name);
            if sys.exists(&path) {
                add(&path, parts);
            }
        }
    }
    parts.add(
        "machine.txt",
        "the files that it names",
        lines.join("\n") + "\n",
    );
}

fn fact(path: &str, value: &str) -> String {
    let line = format!("{path}: {value}");
    match value.parse() {
        Ok(taint) if path.ends_with("/tainted") && taint != 0_u64 => {
            format!("{line} ({})", taints(taint).join(", "))
        }
        _ => line,
    }
}

fn taints(tainted: u64) -> Vec<&'static str> {
    let bits = TAINTS.iter().enumerate();
    bits.filter(|(bit, _)| tainted & (1 << bit) != 0)
        .map(|(_, word)| *word)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taints_are_named() {
        let path = "/proc/sys/kernel/tainted";
        assert_eq!(fact(path, "0"), format!("{path}: 0"));
        let want = "45056 (O: out-of-tree module, E: unsigned module, K: livepatch)";
        assert_eq!(fact(path, "45056"), format!("{path}: {want}"));
        assert_eq!(fact("/proc/loadavg", "4096"), "/proc/loadavg: 4096");
    }
}

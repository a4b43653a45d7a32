// SPDX-License-Identifier: GPL-2.0
//! What `--cores` takes: a list of cores that are online, or a selector that names some here.

use std::path::Path;

use kbp_uapi::{kbp_core_set, KBP_MAX_CORES};

use super::{interfaces, Value};
use crate::cores::list;
use crate::cores::select::{self, IRQ_OF, NUMA};
use crate::sys::System;

/// Lists that go on from what was begun; selectors, which do not go into lists.
pub(super) fn values(sys: &dyn System, begun: &str) -> Vec<Value> {
    match begun.rsplit_once(',') {
        Some((before, last)) => {
            let listed = list::parse(before).unwrap_or_default();
            lists(sys, &format!("{before},"), &listed, last)
        }
        None => {
            let mut values = lists(sys, "", &kbp_core_set::default(), begun);
            values.extend(selectors(sys));
            values
        }
    }
}

/// The lists that begin with `before` and have one part more.
fn lists(sys: &dyn System, before: &str, listed: &kbp_core_set, last: &str) -> Vec<Value> {
    let online = list::of_file(sys, "/sys/devices/system/cpu/online").unwrap_or_default();
    let list = |part: String| Value {
        text: format!("{before}{part}"),
        help: None,
    };
    match last.split_once('-') {
        None => {
            let free = online.iter().filter(|core| !listed.contains(*core));
            free.map(|core| list(core.to_string())).collect()
        }
        Some((first, _)) => {
            let from = first.parse().unwrap_or(KBP_MAX_CORES);
            // A range has all between its ends, so it ends where a core is missing.
            let all = from..KBP_MAX_CORES;
            let to = all.take_while(|core| online.contains(*core)).skip(1);
            to.map(|core| list(format!("{first}-{core}"))).collect()
        }
    }
}

fn selectors(sys: &dyn System) -> Vec<Value> {
    let names = sys.list(Path::new("/sys/devices/system/node"));
    let names = names.unwrap_or_default().into_iter();
    let nodes = names.filter_map(|name| Some(format!("{NUMA}{}", name.strip_prefix("node")?)));
    let nics = interfaces::values(sys, "").into_iter();
    let nics = nics.map(|nic| format!("{IRQ_OF}{}", nic.text));
    let kept = select::kept().map(str::to_owned);
    let value = |text: String| {
        // One that names no core here would be refused.
        let cores = select::resolve(sys, &text).ok()?;
        Some(Value {
            text,
            help: Some(list::phrase(&cores)),
        })
    };
    nodes.chain(nics).chain(kept).filter_map(value).collect()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::sys::fake::Fake;

    fn put(fake: &Fake, path: &str, text: &str) {
        let mut machine = fake.0.borrow_mut();
        machine.files.insert(PathBuf::from(path), text.to_owned());
    }

    fn texts(fake: &Fake, begun: &str) -> Vec<String> {
        let values = values(fake, begun).into_iter();
        values.map(|value| value.text).collect()
    }

    #[test]
    fn a_list_goes_on_with_cores_that_are_online() {
        let fake = Fake::new();
        put(&fake, "/sys/devices/system/cpu/online", "0-3,5-6\n");
        assert_eq!(texts(&fake, ""), ["0", "1", "2", "3", "5", "6"]);
        assert_eq!(texts(&fake, "1,"), ["1,0", "1,2", "1,3", "1,5", "1,6"]);
        assert_eq!(texts(&fake, "1-3,5,"), ["1-3,5,0", "1-3,5,6"]);
        // Core 4 is not there.
        assert_eq!(texts(&fake, "1-"), ["1-2", "1-3"]);
        assert_eq!(texts(&fake, "0,2-"), ["0,2-3"]);
        for begun in ["4-", "6-", "x-", "-"] {
            assert!(texts(&fake, begun).is_empty(), "{begun}");
        }
    }

    #[test]
    fn selectors_that_name_cores_here_are_offered() {
        let fake = Fake::new();
        put(&fake, "/sys/devices/system/cpu/online", "0\n");
        assert_eq!(texts(&fake, "n"), ["0"]);
        put(&fake, "/sys/devices/system/node/node0/cpulist", "0-1\n");
        // It has memory only.
        put(&fake, "/sys/devices/system/node/node1/cpulist", "\n");
        put(&fake, "/sys/devices/system/cpu/isolated", "2-3\n");
        put(&fake, "/sys/devices/system/cpu/nohz_full", "(null)\n");
        put(&fake, "/sys/class/net/eth0/device/msi_irqs/25", "msix\n");
        put(&fake, "/sys/class/net/eth1/device/vendor", "0x1af4\n");
        put(&fake, "/sys/kernel/irq/25/actions", "eth0-rx-0\n");
        put(&fake, "/proc/irq/25/effective_affinity_list", "3\n");
        assert_eq!(texts(&fake, ""), ["0", "numa:0", "irq-of:eth0", "isolated"]);
        let all = values(&fake, "");
        let help = |text: &str| all.iter().find(|value| value.text == text)?.help.clone();
        assert_eq!(help("numa:0").as_deref(), Some("cores 0-1"));
        assert_eq!(help("irq-of:eth0").as_deref(), Some("core 3"));
    }
}

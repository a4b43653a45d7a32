// SPDX-License-Identifier: GPL-2.0
//! Interfaces whose interrupts could be moved.

use std::path::Path;

use super::Value;
use crate::nic::interface;
use crate::nic::sysfs;
use crate::sys::System;

/// Those that are NICs, or stand on one. A host of containers has hundreds of others.
pub(super) fn values(sys: &dyn System, _begun: &str) -> Vec<Value> {
    let names = sys.list(Path::new("/sys/class/net")).unwrap_or_default();
    let value = |name: String| {
        let stack = interface::stack(sys, name.clone());
        let nics: Vec<String> = stack
            .into_iter()
            .filter(|name| sysfs::has_device(sys, name))
            .collect();
        let help = match &nics[..] {
            [] => return None,
            [only] if *only == name => None,
            nics => Some(format!("stands on {}", nics.join(", "))),
        };
        Some(Value { text: name, help })
    };
    names.into_iter().filter_map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::fake::Fake;

    #[test]
    fn nics_and_what_stands_on_them_are_offered() {
        let fake = Fake::new();
        for path in [
            "lo/flags",
            "eth0/device/vendor",
            "eth1/device/vendor",
            "bond0/lower_eth0",
            "bond0/lower_eth1",
            "bond0.7/lower_bond0",
            "veth3/flags",
        ] {
            let path = Path::new("/sys/class/net").join(path);
            fake.0.borrow_mut().files.insert(path, String::new());
        }
        let values = values(&fake, "");
        let texts: Vec<&str> = values.iter().map(|value| &*value.text).collect();
        assert_eq!(texts, ["bond0", "bond0.7", "eth0", "eth1"]);
        assert_eq!(values[1].help.as_deref(), Some("stands on eth0, eth1"));
        assert_eq!(values[2].help, None);
    }
}

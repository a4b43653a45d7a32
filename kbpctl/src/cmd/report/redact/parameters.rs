// SPDX-License-Identifier: GPL-2.0
//! Parameters of the kernel's command line: of which the value is needed to understand a report.
//! Those of all others may hold a password, an address or the name of a disk.

/// Parameters whose values stay; `NAME.` stands for all parameters of a module.
const KNOWN: &[&str] = &[
    "BOOT_IMAGE",
    "acpi",
    "amd_iommu",
    "amd_pstate",
    "apic",
    "clocksource",
    "console",
    "cpufreq.",
    "cpuidle.",
    "hugepages",
    "hugepagesz",
    "default_hugepagesz",
    "idle",
    "init_on_alloc",
    "intel_idle.",
    "intel_iommu",
    "intel_pstate",
    "iommu",
    "irqaffinity",
    "isolcpus",
    "kbp.",
    "kbp_livepatch.",
    "kthread_cpus",
    "kvm.",
    "kvm_amd.",
    "kvm_intel.",
    "lockdown",
    "loglevel",
    "lsm",
    "maxcpus",
    "mce",
    "mitigations",
    "module.",
    "nmi_watchdog",
    "nohz",
    "nohz_full",
    "nosmt",
    "nr_cpus",
    "numa",
    "numa_balancing",
    "panic",
    "pci",
    "pcie_aspm",
    "possible_cpus",
    "preempt",
    "processor.",
    "psi",
    "rcu_nocbs",
    "rcupdate.",
    "rcutree.",
    "sched_verbose",
    "skew_tick",
    "spec_store_bypass_disable",
    "spectre_v2",
    "systemd.",
    "thread_backlog_napi",
    "transparent_hugepage",
    "tsc",
    "vhost.",
    "vhost_net.",
    "virtio_net.",
    "vsyscall",
    "watchdog_thresh",
    "workqueue.",
];

/// The names and values of all others that have a value.
pub(super) fn unknown(line: &str) -> impl Iterator<Item = (&str, &str)> {
    let with_value = words(line)
        .into_iter()
        .filter_map(|word| word.split_once('='));
    with_value.filter(|(name, value)| !value.is_empty() && !is_known(name))
}

fn is_known(name: &str) -> bool {
    // The kernel takes - for _ in names.
    let name = name.replace('-', "_");
    KNOWN.iter().any(|known| match known.ends_with('.') {
        true => name.starts_with(known),
        false => name == *known,
    })
}

/// The words of a line; a value in quotes may have spaces.
fn words(line: &str) -> Vec<&str> {
    let mut is_quoted = false;
    let ends = |letter: char| {
        is_quoted ^= letter == '"';
        letter.is_whitespace() && !is_quoted
    };
    line.split(ends).filter(|word| !word.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_unknown_parameters_are_found() {
        let line = "quiet root=/dev/sda1 nohz_full=2-3 kvm-intel.nested=1 dyndbg=\"file x +p\" a= \
                    rcutree.kthread_prio=1 luks.key=hunter2\n";
        let found: Vec<_> = unknown(line).collect();
        let want = [
            ("root", "/dev/sda1"),
            ("dyndbg", "\"file x +p\""),
            ("luks.key", "hunter2"),
        ];
        assert_eq!(found, want);
    }
}

// SPDX-License-Identifier: GPL-2.0
//! Whether KBP's modules may be loaded, on this kernel and the next.

use crate::doctor::check::{Ask, Check, Group};
use crate::doctor::finding::{some, Finding};
use crate::doctor::look::{chosen, Look};
use crate::host::ftrace;
use crate::host::modules;
use crate::host::newest;
use crate::host::others;
use crate::host::verified;

pub(super) const ALL: [Check; 6] = [
    Check {
        id: "kernel-verified",
        group: Group::Trust,
        question: "was this kernel found fit for KBP?",
        explanation: "kbpctl verify looks into the kernel's image whether KBP's hooks fit it, and \
                      records a good verdict by the kernel's build id in /var/lib/kbp/verified.",
        ask: Ask::Now(kernel_verified),
    },
    Check {
        id: "modules",
        group: Group::Trust,
        question: "are KBP's modules there for this kernel, and may they be loaded?",
        explanation: "Read from /lib/modules, kernel.modules_disabled and kernel.ftrace_enabled.",
        ask: Ask::Now(modules_there),
    },
    Check {
        id: "secure-boot",
        group: Group::Trust,
        question: "does Secure Boot let KBP's modules in?",
        explanation: "With Secure Boot the kernel is locked down and takes modules with a known \
                      signature only. Read from the EFI variable SecureBoot, \
                      /sys/kernel/security/lockdown and module.sig_enforce.",
        ask: Ask::Now(secure_boot),
    },
    Check {
        id: "other-livepatches",
        group: Group::Trust,
        question: "do other livepatches get in the way?",
        explanation:
            "One livepatch goes on its way at a time, and one that replaces all others takes \
                      KBP's hooks away. Read from /sys/kernel/livepatch.",
        ask: Ask::Now(other_livepatches),
    },
    Check {
        id: "hooked-functions",
        group: Group::Trust,
        question: "does somebody else have the functions that KBP hooks?",
        explanation:
            "ftrace gives a function to one user that changes where it goes on: a kprobe with \
                      a post handler, for example. Read from tracing/enabled_functions.",
        ask: Ask::Now(hooked_functions),
    },
    Check {
        id: "next-kernel",
        group: Group::Trust,
        question: "will KBP be there after the next boot?",
        explanation: "The newest installed kernel is likely to boot next. Read from /boot and \
                      /lib/modules.",
        ask: Ask::Now(next_kernel),
    },
];

fn kernel_verified(look: &Look<'_>) -> Finding {
    let release = look.sys.release();
    match verified::is_recorded(look.sys) {
        true => Finding::ok(format!("{release} was")),
        false => Finding::hint(
            format!("{release} has no recorded verdict"),
            "kbpctl load looks at it then; without its image it refuses",
        )
        .run("kbpctl verify --record"),
    }
}

fn modules_there(look: &Look<'_>) -> Finding {
    if modules::loaded(look.sys, modules::KBP) {
        return Finding::ok("loaded");
    }
    if modules::are_sealed(look.sys) {
        return Finding::bad(
            "kernel.modules_disabled is 1",
            "this kernel takes no module until the next boot",
        )
        .cured_by("load KBP before whatever sets it (kbp.service does), and reboot");
    }
    if let Err(error) = ftrace::require(look.sys) {
        return Finding::bad("kernel.ftrace_enabled is 0", error.cause)
            .run("sysctl -w kernel.ftrace_enabled=1");
    }
    match modules::find(look.sys, None) {
        Ok(folder) => Finding::ok(format!("in {}, not loaded", folder.display())),
        Err(error) => Finding::warning("there are none", error.cause).cured_by(error.cure),
    }
}

fn secure_boot(look: &Look<'_>) -> Finding {
    const VARIABLE: &str =
        "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
    // Four bytes of attributes, then the value.
    let variable = look.sys.read_bytes(VARIABLE.as_ref()).ok();
    let is_on = variable.and_then(|bytes| bytes.get(4).copied()) == Some(1);
    let lockdown = look
        .text("/sys/kernel/security/lockdown")
        .unwrap_or_default();
    let level = chosen(&lockdown, ['[', ']']);
    let enforces = look
        .text("/sys/module/module/parameters/sig_enforce")
        .as_deref()
        == Some("Y");
    let locked = level.is_some_and(|level| level != "none");
    let level = level.unwrap_or("none");
    let boot = if is_on { "on" } else { "off" };
    let value = format!("Secure Boot {boot}, lockdown {level}");
    if !locked && !enforces {
        return match is_on {
            false => Finding::ok(value),
            true => Finding::hint(value, "a kernel that locks itself down may boot next").cured_by(
                "enrol the key that signs the modules now: see secure-boot in the manual",
            ),
        };
    }
    if modules::loaded(look.sys, modules::KBP) {
        return Finding::ok(format!("{value}; the modules were taken"));
    }
    Finding::warning(
        value,
        "the kernel takes modules only that a key it knows has signed",
    )
    .cured_by("enrol DKMS's key once, and confirm it at the next boot")
    .run("mokutil --test-key /var/lib/dkms/mok.pub || mokutil --import /var/lib/dkms/mok.pub")
}

fn other_livepatches(look: &Look<'_>) -> Finding {
    let moving = others::in_transition(look.sys);
    if !moving.is_empty() {
        return Finding::warning(
            format!("{} in transition", some(&moving)),
            "KBP cannot be loaded or unloaded until it is over",
        )
        .cured_by("wait; kbpctl load does, for as long as --timeout says");
    }
    let replacing = others::that_replace(look.sys);
    match replacing.is_empty() {
        true => Finding::ok("no"),
        false => Finding::hint(
            format!("{} may replace others", some(&replacing)),
            "where it does, KBP's hooks are gone and softirq has the cores",
        )
        .cured_by("run kbpctl status, and kbpctl reapply where the hooks are not live"),
    }
}

fn hooked_functions(look: &Look<'_>) -> Finding {
    match ftrace::owners(look.sys) {
        None => Finding::unknown("tracefs is not mounted, or needs rights"),
        Some(owners) if owners.is_empty() => Finding::ok("no"),
        Some(owners) => {
            let value = some(&owners);
            let why = "ftrace gives a function to one only";
            match modules::loaded(look.sys, modules::KBP) {
                true => Finding::warning(value, why),
                false => Finding::bad(value, format!("{why}: KBP cannot be loaded")),
            }
            .cured_by("unload that user; /sys/kernel/debug/kprobes/list has the kprobes")
        }
    }
}

fn next_kernel(look: &Look<'_>) -> Finding {
    let Some(newest) = newest::find(look.sys) else {
        return Finding::unknown("no installed kernel was found in /boot and /lib/modules");
    };
    let release = newest.release;
    match (newest.is_running, newest.has_modules, newest.refused) {
        (true, ..) => Finding::ok(format!("{release} is the newest, and runs")),
        (false, true, _) => Finding::ok(format!("{release} has the modules")),
        (false, false, Some(why)) => Finding::bad(
            format!("{release} comes next"),
            format!("KBP cannot be built for it: {why}"),
        )
        .cured_by("boot another kernel where KBP is to serve"),
        (false, false, None) => Finding::warning(
            format!("{release} comes next, and has no modules of KBP"),
            "after the next boot softirq receives everything",
        )
        .run(format!("apt install linux-headers-{release}"))
        .run(format!("dkms autoinstall -k {release}")),
    }
}

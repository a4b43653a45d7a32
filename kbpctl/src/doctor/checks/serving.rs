// SPDX-License-Identifier: GPL-2.0
//! Whether the pollers serve, and what is to be served.

use kbp_uapi as abi;
use kbp_uapi::{kbp_core_set, kbp_core_status};

use crate::cores::device;
use crate::cores::list;
use crate::doctor::check::{Ask, Check, Group};
use crate::doctor::finding::Finding;
use crate::doctor::look::{self, Look};
use crate::host::boot;

pub(super) const ALL: [Check; 3] = [
    Check {
        id: "core-served",
        group: Group::Packets,
        question: "does each enabled core have its poller?",
        explanation: "A poller gives its core back to softirq while a livepatch transition runs, when \
                      another livepatch takes the hooks, and for a while after a rescue: when \
                      something kept it from running while packets waited. Read from /dev/kbp.",
        ask: Ask::Now(core_served),
    },
    Check {
        id: "saved-vs-real",
        group: Group::Packets,
        question: "are the saved cores the enabled ones?",
        explanation: "After the next boot kbp.service serves what /etc/kbp/kbp.toml and kbp.d say. What \
                      was enabled without --save is then gone, and what was disabled without it is \
                      back.",
        ask: Ask::Now(saved_vs_real),
    },
    Check {
        id: "boot-note",
        group: Group::Packets,
        question: "did every boot with KBP survive?",
        explanation: "kbp.service notes in /var/lib/kbp/boot that it began, and takes the note away \
                      minutes later. A note that an earlier boot left means that this boot died, so \
                      that KBP stays off.",
        ask: Ask::Now(boot_note),
    },
];

fn core_served(look: &Look<'_>) -> Finding {
    let Some(all) = &look.status else {
        return Finding::unknown("/dev/kbp cannot be asked: it needs CAP_NET_ADMIN");
    };
    let of = |is_one: fn(&kbp_core_status) -> bool| {
        let such = all
            .iter()
            .filter(|core| device::is_on(core) && is_one(core));
        list::set(such.map(|status| status.core))
    };
    let active = of(|_| true);
    if active.is_empty() {
        return Finding::warning("no core is enabled", "softirq receives every packet").run(
            format!("kbpctl enable --cores {}", list::print(&look.cores)),
        );
    }
    let yielded = of(|core| core.state == abi::KBP_CORE_YIELDED);
    if !yielded.is_empty() {
        return Finding::bad(
            format!("{} with softirq", list::phrase(&yielded)),
            "the pollers gave them back; kbpctl status says why, and when they come back",
        )
        .run(format!("kbpctl enable --cores {}", list::print(&yielded)));
    }
    let rescued = of(|core| core.counters.rescues > 0);
    match rescued.is_empty() {
        true => Finding::ok(format!("{} served", list::phrase(&active))),
        false => Finding::warning(
            format!("{} had rescues", list::phrase(&rescued)),
            "something kept the poller away while packets waited; kbpctl status names the last one",
        )
        .cured_by("keep that task off the core: taskset -pc OTHER-CORES PID"),
    }
}

fn saved_vs_real(look: &Look<'_>) -> Finding {
    let saved = match look::saved_cores(look.sys) {
        Ok(saved) => saved,
        Err(error) => {
            return Finding::bad(
                "the saved state cannot be read",
                format!("{error}; kbp.service would not serve it"),
            )
        }
    };
    let Some(all) = &look.status else {
        return Finding::unknown("/dev/kbp cannot be asked: it needs CAP_NET_ADMIN");
    };
    let active = all.iter().filter(|core| device::is_on(core));
    let active = list::set(active.map(|status| status.core));
    let said = |set: &kbp_core_set| match set.is_empty() {
        true => "none".to_owned(),
        false => list::print(set),
    };
    if active == saved {
        return Finding::ok(format!("saved and enabled: {}", said(&saved)));
    }
    Finding::hint(
        format!("saved: {}; enabled: {}", said(&saved), said(&active)),
        "the next boot brings back what is saved",
    )
    .cured_by("add --save to the next enable or disable, or run kbpctl reapply")
}

fn boot_note(look: &Look<'_>) -> Finding {
    match boot::casualty(look.sys) {
        None => Finding::ok("no boot died with KBP"),
        Some(release) => Finding::bad(
            format!("an earlier boot of {release} did not survive KBP"),
            "kbp.service leaves KBP off until its note is removed",
        )
        .run(format!("rm {}", boot::NOTE)),
    }
}

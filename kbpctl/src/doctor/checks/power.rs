// SPDX-License-Identifier: GPL-2.0
//! Whether the cores are awake, fast, and really there.

use kbp_uapi as abi;

use crate::cores::list;
use crate::doctor::check::{Ask, Check, Group};
use crate::doctor::finding::{some, Finding};
use crate::doctor::look::Look;
use crate::doctor::sample::Span;

pub(super) const ALL: [Check; 3] = [
    Check {
        id: "steal",
        group: Group::Machine,
        question: "does the host take these cores away?",
        explanation: "Time in which a virtual core wanted to run and the host ran something else \
                      (section 3.2.3 of the KBP paper). Read twice from /proc/stat.",
        ask: Ask::Counted(steal),
    },
    Check {
        id: "governor",
        group: Group::Machine,
        question: "do the cores run at full speed?",
        explanation:
            "A governor that saves power lets a core begin slowly (section 3.2.2 of the KBP \
                      paper). Read from cpufreq/scaling_governor; in a virtual machine the host \
                      decides.",
        ask: Ask::Now(governor),
    },
    Check {
        id: "c-states",
        group: Group::Machine,
        question: "how long do the cores take to wake up?",
        explanation:
            "A poller of --idle adaptive sleeps, and the core with it; from a deep C-state it \
                      comes back after hundreds of microseconds. Read from cpuidle of each core. \
                      --idle spin never sleeps.",
        ask: Ask::Now(c_states),
    },
];

fn steal(look: &Look<'_>, span: &Span<'_>) -> Finding {
    const MUCH: f64 = 0.01;
    let shares = look.cores.iter();
    let shares: Vec<(u32, f64)> = shares
        .filter_map(|core| Some((core, span.stolen(core)?)))
        .collect();
    if shares.is_empty() {
        return Finding::unknown("/proc/stat does not tell for these cores");
    }
    let taken: Vec<String> = shares
        .iter()
        .filter(|(_, share)| *share > MUCH)
        .map(|(core, share)| format!("{:.0} % of core {core}", share * 100.0))
        .collect();
    match taken.is_empty() {
        true => Finding::ok("no"),
        false => Finding::bad(
            some(&taken),
            "packets wait until the host gives the core back",
        )
        .cured_by(
            "on the host: one physical core for each virtual one, and chrt -f -p 1 for its thread",
        ),
    }
}

fn governor(look: &Look<'_>) -> Finding {
    let file = |core: u32| format!("/sys/devices/system/cpu/cpu{core}/cpufreq/scaling_governor");
    let governors = look.cores.iter();
    let governors: Vec<(u32, String)> = governors
        .filter_map(|core| Some((core, look.text(file(core))?)))
        .collect();
    if governors.is_empty() {
        return Finding::unknown("no cpufreq here: the host or the firmware decides");
    }
    let slow: Vec<&(u32, String)> = governors
        .iter()
        .filter(|(_, name)| name != "performance")
        .collect();
    let named: Vec<String> = slow
        .iter()
        .map(|(core, name)| format!("{name} on core {core}"))
        .collect();
    match slow.is_empty() {
        true => Finding::ok("performance"),
        false => Finding::warning(some(&named), "a core that was idle begins slowly").run_all(
            slow.iter()
                .map(|(core, _)| format!("echo performance > {}", file(*core))),
        ),
    }
}

fn c_states(look: &Look<'_>) -> Finding {
    const LONG_US: i64 = 50;
    let sleepers = look.served().filter(|core| {
        core.config.idle_policy == abi::KBP_IDLE_ADAPTIVE
            && i64::from(core.config.exit_latency_us) > LONG_US
    });
    let sleepers: Vec<u32> = sleepers.map(|core| core.core).collect();
    let longest = |core: u32| {
        let root = format!("/sys/devices/system/cpu/cpu{core}/cpuidle");
        let states = look.sys.list(root.as_ref()).ok()?;
        let enabled = states
            .iter()
            .filter(|state| look.number(&format!("{root}/{state}/disable")) != Some(1));
        let latencies = enabled.filter_map(|state| look.number(&format!("{root}/{state}/latency")));
        latencies.max()
    };
    let mut slow = Vec::new();
    let mut known = false;
    for core in look.cores.iter() {
        let Some(longest) = longest(core) else {
            continue;
        };
        known = true;
        if longest > LONG_US && sleepers.contains(&core) {
            slow.push((core, longest));
        }
    }
    let cores = list::set(slow.iter().map(|(core, _)| *core));
    let named: Vec<String> = slow
        .iter()
        .map(|(core, us)| format!("core {core} up to {us} us"))
        .collect();
    match (known, slow.is_empty()) {
        (false, _) => Finding::unknown("no cpuidle here: the host or the firmware decides"),
        (_, true) => Finding::ok("not long, or the pollers do not let them sleep deeply"),
        (_, false) => {
            Finding::warning(some(&named), "the first packet after a sleep waits so long").run(
                format!(
                    "kbpctl set --cores {} --max-exit-latency {LONG_US}",
                    list::print(&cores)
                ),
            )
        }
    }
}

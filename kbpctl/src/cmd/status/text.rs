// SPDX-License-Identifier: GPL-2.0
//! The report for people: one line a core, and indented under it what needs words. Tables
//! have 80 columns; a sentence is left to the terminal, so that its commands can be copied.

use kbp_uapi as abi;
use kbp_uapi::kbp_core_config;
use serde_json::Value;

use super::last;
use super::one_core::{Core, Napi};
use super::report::{Kernel, Module, Nic, Patch, Report};
use crate::cores::config;
use crate::cores::device;
use crate::cores::list;
use crate::host::boot;
use crate::host::newest::Newest;
use crate::rates::interval::Interval;
use crate::rates::number::{micros, percent, rate, UNKNOWN};
use crate::rates::one_core;

/// Below a core.
const INDENT: &str = "     ";

/// The text; `napis`: with the NAPIs of each core.
pub(super) fn of(report: &Report, last: Option<&Interval>, napis: bool) -> String {
    let mut lines = vec![
        module(&report.module),
        kernel(&report.kernel),
        patch(&report.livepatch),
    ];
    for blocker in &report.livepatch.held_back_by {
        lines.push(format!("           waits for {blocker}"));
    }
    lines.extend(saved(report));
    let canary = report.canary.as_ref();
    lines.extend(canary.map(|canary| format!("canary     {}", canary.phrase())));
    lines.push(cores_line(report, last));
    if !report.cores.is_empty() {
        lines.push(row([
            "core", "state", "irq", "idle", "pid", "packets", "pkt/s", "p99 us", "busy",
        ]));
    }
    for core in &report.cores {
        let figures = last::of(last, core.core);
        lines.push(core_row(core, figures));
        let remarks = remarks(core).into_iter().chain(fed_by(core, report));
        lines.extend(remarks.map(|line| format!("{INDENT}{line}")));
        if napis {
            lines.extend(napi_lines(&core.napis, figures));
        }
    }
    lines.extend(report.newest_kernel.as_ref().and_then(next_boot));
    lines.extend(report.died_at_boot.as_ref().map(|release| {
        format!(
            "boot       an earlier boot of kernel {release} did not survive KBP: kbp.service leaves \
             it off until {} is removed",
            boot::NOTE
        )
    }));
    lines.extend(report.note.map(|note| format!("note: {note}")));
    if report.active_cores > Some(0) {
        lines.extend(report.threaded_devices.iter().map(|device| {
            format!(
                "note: {device} has threaded NAPIs: its own threads poll it, KBP leaves it alone; \
                 echo 0 > /sys/class/net/{device}/threaded"
            )
        }));
    }
    lines.join("\n")
}

/// What the next boot brings, when that is another kernel.
fn next_boot(newest: &Newest) -> Option<String> {
    let release = &newest.release;
    match (newest.is_running, newest.has_modules, &newest.refused) {
        (true, ..) => None,
        (false, true, _) => Some(format!(
            "next boot  {release}: KBP's modules are installed; kbpctl reapply serves the saved \
             cores there"
        )),
        (false, false, Some(why)) => Some(format!(
            "next boot  {release}: KBP cannot be built for it: {why}; boot another kernel where KBP is \
             to serve"
        )),
        (false, false, None) => Some(format!(
            "next boot  {release}: no modules of KBP; install its headers and run dkms autoinstall \
             -k {release}"
        )),
    }
}

fn module(module: &Module) -> String {
    match (module.abi_version, module.abi_supported) {
        (None, _) if module.loaded => "module     loaded".to_owned(),
        (None, _) => "module     not loaded".to_owned(),
        (Some(abi), true) if module.suspended => format!(
            "module     loaded, {}ABI {abi}; the system is going to sleep, every core is with \
             softirq until it is back",
            version(module)
        ),
        (Some(abi), true) => format!("module     loaded, {}ABI {abi}", version(module)),
        (Some(other), false) => format!(
            "module     loaded, {}ABI {other}; this kbpctl speaks ABI {}: install one release of both",
            version(module),
            abi::KBP_ABI_VERSION
        ),
    }
}

/// The module's, where it says one.
fn version(module: &Module) -> String {
    let version = module.version.as_ref();
    version.map_or_else(String::new, |version| format!("version {version}, "))
}

fn kernel(kernel: &Kernel) -> String {
    let verdict = match kernel.verified {
        true => "verified",
        false => "no verdict is recorded: kbpctl verify --record",
    };
    format!("kernel     {}, {verdict}", kernel.release)
}

/// What a boot brings back, and whether that is what there is.
fn saved(report: &Report) -> Option<String> {
    match (&report.saved, &report.saved_fault) {
        (_, Some(fault)) => Some(format!("saved      {}: {}", fault.error, fault.cause)),
        (Some(saved), None) => Some(format!("saved      {}", saved.phrase())),
        (None, None) => None,
    }
}

fn cores_line(report: &Report, last: Option<&Interval>) -> String {
    if let Some(unseen) = &report.unseen {
        let (what, cause, cure) = (unseen.what, &unseen.cause, &unseen.cure);
        return format!("cores      not shown: {what}; {cause}: {cure}");
    }
    let of_when = last.map_or_else(String::new, |last| {
        let seconds = last.interval_ns as f64 / 1e9;
        format!("; pkt/s, p99 us and busy are of the last {seconds:.1} s")
    });
    let active = report.active_cores.unwrap_or_default();
    format!("cores      {active} enabled{of_when}")
}

fn patch(patch: &Patch) -> String {
    let names = patch.replaced_by.join(", ");
    if !names.is_empty() {
        return format!(
            "livepatch  replaced by {names}; the cores are with softirq; unload {names}, then run \
             kbpctl load"
        );
    }
    let hooks = if patch.hooks_live { "live" } else { "not live" };
    format!("livepatch  {}, hooks {hooks}", patch.state)
}

fn row(cells: [&str; 9]) -> String {
    let [core, state, irq, idle, pid, packets, rate, p99, busy] = cells;
    format!(
        "{core:>4} {state:<8} {irq:<6} {idle:<8} {pid:>7} {packets:>15} {rate:>5} {p99:>6} {busy:>4}"
    )
}

fn core_row(core: &Core, last: Option<&one_core::Core>) -> String {
    let word = |key: &str| core.config.get(key).and_then(Value::as_str).unwrap_or("-");
    // Who never sleeps lets others run.
    let state = match (core.raw.state, core.raw.config.idle_policy) {
        (abi::KBP_CORE_SLEEPING, abi::KBP_IDLE_SPIN) => "window",
        _ => core.state,
    };
    let pid = core.thread_pid.map(|pid| pid.to_string());
    let poller = last.map(|core| &core.poller);
    let delay = poller.and_then(|poller| poller.delay.as_ref());
    row([
        &core.core.to_string(),
        state,
        word("irq"),
        word("idle"),
        pid.as_deref().unwrap_or(UNKNOWN),
        &core.raw.counters.packets.to_string(),
        &rate(poller.and_then(|poller| poller.packets_per_s)),
        &micros(delay, |delay| delay.p99_ns),
        &percent(poller.and_then(|poller| poller.busy_share)),
    ])
}

/// Whether the core has a poller that serves it.
fn serves(core: &Core) -> bool {
    device::is_served(&core.raw)
}

/// Which queues of NICs have their interrupts go to a served core; or that none has, and which go where.
fn fed_by(core: &Core, report: &Report) -> Vec<String> {
    const NAMED: usize = 3;
    let nics = &report.receive_interrupts;
    if !serves(core) || nics.is_empty() {
        return Vec::new();
    }
    let mut feeding = nics
        .iter()
        .filter(|nic| nic.set.contains(core.core))
        .peekable();
    if feeding.peek().is_some() {
        let queues: Vec<String> = feeding.map(|nic| queues_of(nic, core.core)).collect();
        return vec![format!("interrupts of {} come here", some(&queues, NAMED))];
    }
    let goes = |nic: &Nic| match nic.set.is_empty() {
        true => format!("those of {} go nowhere", nic.device),
        false => format!("those of {} go to {}", nic.device, list::phrase(&nic.set)),
    };
    let places: Vec<String> = nics.iter().map(goes).collect();
    let mut lines = vec![format!(
        "no NIC's receive interrupt comes to this core: {}",
        some(&places, NAMED)
    )];
    lines.extend(cure_of_none(report));
    lines
}

/// How to bring interrupts to the served cores, where some go elsewhere.
fn cure_of_none(report: &Report) -> Option<String> {
    let served = report.cores.iter().filter(|core| serves(core));
    let served = list::set(served.map(|core| core.core));
    let strays = |nic: &&Nic| nic.set.iter().any(|core| !served.contains(core));
    let astray: Vec<&Nic> = report.receive_interrupts.iter().filter(strays).collect();
    // Of several an operator knows which is meant.
    let name = match astray[..] {
        [] => return None,
        [nic] => &nic.device,
        _ => "INTERFACE",
    };
    Some(format!(
        "bring them to served cores with kbpctl irq pin {name} --cores {}",
        list::print(&served)
    ))
}

/// `eth0 rx-0 rx-2`.
fn queues_of(nic: &Nic, core: u32) -> String {
    const NAMED: usize = 6;
    let here = nic.interrupts.iter().filter(|one| one.set.contains(core));
    let names: Vec<&str> = here.map(|one| &*one.queue).collect();
    let more = match names.len() > NAMED {
        true => format!(" and {} more", names.len() - NAMED),
        false => String::new(),
    };
    let named = names[..names.len().min(NAMED)].join(" ");
    format!("{} {named}{more}", nic.device)
}

/// The first of them.
fn some(all: &[String], most: usize) -> String {
    let more = match all.len() > most {
        true => ", and so on",
        false => "",
    };
    format!("{}{more}", all[..all.len().min(most)].join(", "))
}

/// What a core's columns do not say.
fn remarks(core: &Core) -> Vec<String> {
    let config = &core.raw.config;
    // These two are columns.
    let fields = abi::KBP_FIELDS_ALL & !(abi::KBP_FIELD_IRQ_MODE | abi::KBP_FIELD_IDLE_POLICY);
    let set = config::differing(fields, config, &kbp_core_config::default());
    let mut lines = Vec::new();
    if set != 0 {
        lines.push(format!("set {}", config::phrase(set, config)));
    }
    let who = core.rescue.as_ref();
    let who = who.map(|rescue| format!("{} (pid {})", rescue.comm, rescue.pid));
    match (core.yield_reason, core.raw.yield_reason, who) {
        (Some(reason), abi::KBP_YIELD_RESCUE, Some(who)) => lines.push(format!(
            "given back to softirq: {reason}, {who} had the core"
        )),
        (Some(reason), ..) => lines.push(format!("given back to softirq: {reason}")),
        (None, _, Some(who)) => lines.push(format!(
            "rescues: {}, the last one from {who}",
            core.raw.counters.rescues
        )),
        (None, _, None) => {}
    }
    if core.yield_reason.is_some() {
        lines.push(cure(core));
    }
    lines.extend(in_reserve(core));
    if core.backlog_thread {
        lines.push(
            "part of loopback, veth and RPS passes KBP by: boot without thread_backlog_napi"
                .to_owned(),
        );
    }
    // Of a device that is gone, nobody wants to know.
    let arming = core.napis.iter().filter(|napi| napi.arms);
    lines.extend(arming.filter_map(|napi| {
        let (id, device) = (napi.napi_id?, napi.device.as_deref()?);
        Some(format!(
            "masked has no effect on NAPI {id} of {device}: its driver arms the interrupt"
        ))
    }));
    lines
}

/// Of a core that softirq serves most of the time, whose packets no column counts.
fn in_reserve(core: &Core) -> Option<String> {
    let counters = &core.raw.counters;
    (serves(core) && core.raw.config.softirq_serves()).then(|| {
        format!(
            "softirq receives, uncounted here; kbp/{} was called {} times, when it did not get through",
            core.core,
            counters.sleep_wakeups + counters.window_wakeups
        )
    })
}

/// What ends the yielding of a core.
fn cure(core: &Core) -> String {
    let number = core.core;
    match core.raw.yield_reason {
        abi::KBP_YIELD_PATCH => "served again when the transition is over".to_owned(),
        abi::KBP_YIELD_HOOKS => "kbpctl load brings the hooks back".to_owned(),
        abi::KBP_YIELD_OFFLINE => {
            format!("served again after echo 1 > /sys/devices/system/cpu/cpu{number}/online")
        }
        abi::KBP_YIELD_SUSPEND => "served again when the system is back".to_owned(),
        abi::KBP_YIELD_RESCUE => after_rescue(core),
        _ => format!("kbpctl enable --cores {number} may serve it again"),
    }
}

/// When a rescued core is served again.
fn after_rescue(core: &Core) -> String {
    let number = core.core;
    match (core.raw.config.retry_ms, core.raw.retry_in_ns) {
        (abi::KBP_RETRY_NEVER, _) => format!("kbpctl enable --cores {number} serves it again"),
        (_, 0) => format!("served again when kbp/{number} gets the core"),
        (_, ns) => format!(
            "served again in {:.1} s; kbpctl enable --cores {number} does not wait",
            ns as f64 / 1e9
        ),
    }
}

fn napi_lines(napis: &[Napi], last: Option<&one_core::Core>) -> Vec<String> {
    if napis.is_empty() {
        return Vec::new();
    }
    let head = napi_row([
        "napi", "device", "irq", "packets", "polls", "pkt/s", "p99 us", "max us",
    ]);
    let rows = napis.iter().map(|napi| {
        let figures = last.and_then(|core| core.napis.iter().find(|one| napi.is(one)));
        let delay = figures.and_then(|napi| napi.delay.as_ref());
        let device = match (&napi.device, napi.backlog) {
            (_, true) => "(backlog)",
            (Some(device), false) => device,
            (None, false) => UNKNOWN,
        };
        napi_row([
            &match (napi.napi_id, &napi.device) {
                (Some(id), _) => id.to_string(),
                // Those that transmit have no number.
                (None, Some(_)) => "tx".to_owned(),
                (None, None) => UNKNOWN.to_owned(),
            },
            device,
            match (napi.backlog, napi.held, napi.arms) {
                (true, ..) => UNKNOWN,
                (false, true, _) => "held",
                (false, false, false) => "armed",
                (false, false, true) => "armed!",
            },
            &napi.packets.to_string(),
            &napi.polls.to_string(),
            &rate(figures.and_then(|napi| napi.packets_per_s)),
            &micros(delay, |delay| delay.p99_ns),
            &micros(delay, |delay| delay.max_ns),
        ])
    });
    std::iter::once(head).chain(rows).collect()
}

fn napi_row(cells: [&str; 8]) -> String {
    let [id, device, irq, packets, polls, rate, p99, max] = cells;
    format!(
        "{INDENT}{id:>5} {device:<15} {irq:<6} {packets:>13} {polls:>12} {rate:>5} {p99:>6} \
         {max:>6}"
    )
}

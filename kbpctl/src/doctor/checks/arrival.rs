// SPDX-License-Identifier: GPL-2.0
//! Whether the interrupts of NICs come to the cores.

use kbp_uapi::kbp_core_set;

use crate::cores::list;
use crate::doctor::check::{Ask, Check, Group};
use crate::doctor::finding::{some, Finding};
use crate::doctor::look::Look;
use crate::doctor::sample::Span;
use crate::nic::card::{Card, Interrupt};
use crate::steer::balancer::{self, Balancer};

pub(super) const ALL: [Check; 5] = [
    Check {
        id: "core-gets-irqs",
        group: Group::Packets,
        question: "do receive interrupts of a NIC come to each core?",
        explanation: "KBP receives on a core what comes to that core. A NIC's packets come where its \
                      receive interrupts go. Read from /proc/irq/*/smp_affinity_list and \
                      effective_affinity_list.",
        ask: Ask::Now(core_gets_irqs),
    },
    Check {
        id: "irq-pending",
        group: Group::Packets,
        question: "are all receive interrupts where they were sent?",
        explanation: "Where the kernel cannot move an interrupt at once, it moves with its next \
                      occurrence: until a packet comes, the old core has it.",
        ask: Ask::Now(irq_pending),
    },
    Check {
        id: "irq-numa",
        group: Group::Packets,
        question: "are the cores at the NUMA node of their NICs?",
        explanation: "A core of another node reads each packet across the link between the nodes. Read \
                      from numa_node and local_cpulist of the device; virtual machines often do not \
                      tell.",
        ask: Ask::Now(irq_numa),
    },
    Check {
        id: "irqbalance",
        group: Group::Packets,
        question: "does irqbalance leave these interrupts alone?",
        explanation: "irqbalance places interrupts anew every ten seconds. kbpctl irq pin tells it \
                      through its socket in /run/irqbalance which it is to leave; it forgets that \
                      when it starts again.",
        ask: Ask::Now(irqbalance),
    },
    Check {
        id: "other-irqs",
        group: Group::Packets,
        question: "do other interrupts come to these cores often?",
        explanation: "Each costs the poller some microseconds. Read from /proc/interrupts, twice: more \
                      than 20 a second count as often.",
        ask: Ask::Counted(other_irqs),
    },
];

fn name((card, one): (&Card, &Interrupt)) -> String {
    format!("{} {}", card.interface, one.queue_name())
}

fn core_gets_irqs(look: &Look<'_>) -> Finding {
    if look.receiving().next().is_none() {
        return Finding::unknown(
            "no NIC here has receive interrupts of its own; what loopback, veth and a host bring goes \
             through the backlog: see rps",
        );
    }
    let fed = list::set(
        look.feeding()
            .flat_map(|(_, one)| one.affinity.comes_to.iter()),
    );
    let lacking = look.lacking(&fed);
    if lacking.is_empty() {
        let names: Vec<String> = look.feeding().map(name).collect();
        return Finding::ok(some(&names));
    }
    let nics: Vec<&str> = look
        .cards
        .iter()
        .filter(|card| card.interrupts.iter().any(Interrupt::receives))
        .map(|card| &*card.interface)
        .collect();
    let places = nics.iter().map(|nic| {
        let of = look.receiving().filter(|(card, _)| card.interface == *nic);
        let goes = list::set(of.flat_map(|(_, one)| one.affinity.comes_to.iter()));
        match goes.is_empty() {
            true => format!("those of {nic} go nowhere"),
            false => format!("those of {nic} go to {}", list::phrase(&goes)),
        }
    });
    let places: Vec<String> = places.collect();
    let nic = match nics[..] {
        [nic] => nic,
        _ => "INTERFACE",
    };
    let value = format!(
        "none comes to {}; {}",
        list::phrase(&lacking),
        some(&places)
    );
    let command = format!("kbpctl irq pin {nic} --cores {}", list::print(&look.cores));
    let served = look.served().any(|core| lacking.contains(core.core));
    match (served, lacking == look.cores) {
        (true, true) => Finding::bad(value, "its poller receives nothing from a NIC"),
        (true, false) => Finding::warning(value, "its poller receives nothing from a NIC"),
        (false, _) => Finding::warning(value, "KBP would receive nothing from a NIC there"),
    }
    .run(command)
}

fn irq_pending(look: &Look<'_>) -> Finding {
    let pending = look
        .receiving()
        .filter(|(_, one)| one.affinity.is_pending());
    let pending: Vec<String> = pending.map(name).collect();
    match pending.is_empty() {
        true => Finding::ok("none is on its way"),
        false => Finding::hint(
            format!("{} on the way", some(&pending)),
            "it moves with its next interrupt, so with the next packet",
        ),
    }
}

fn irq_numa(look: &Look<'_>) -> Finding {
    let mut known = 0;
    let mut far: Vec<String> = Vec::new();
    let mut commands: Vec<String> = Vec::new();
    for card in look.nics() {
        let Some(near) = &card.near else { continue };
        known += 1;
        let comes = card.interrupts.iter().filter(|one| one.receives());
        let comes = list::set(comes.flat_map(|one| one.affinity.comes_to.iter()));
        let away = comes.iter().filter(|core| !near.contains(*core));
        let away = list::set(away.filter(|core| look.cores.contains(*core)));
        if !away.is_empty() {
            let node = card.node.map_or(String::new(), |node| format!(" {node}"));
            far.push(format!(
                "{} is at node{node}, and its interrupts go to {}",
                card.interface,
                list::phrase(&away)
            ));
            let near = list::print(near);
            commands.push(format!("kbpctl irq pin {} --cores {near}", card.interface));
        }
    }
    match (known, far.is_empty()) {
        (0, _) => Finding::unknown("the machine does not say where its NICs are"),
        (_, true) => Finding::ok("the NICs are near"),
        (_, false) => {
            Finding::warning(some(&far), "each packet crosses the link between the nodes")
                .run_all(commands)
        }
    }
}

fn irqbalance(look: &Look<'_>) -> Finding {
    let feeding: Vec<(&Card, &Interrupt)> = look.feeding().collect();
    let pin = || {
        let mut nics: Vec<&str> = feeding.iter().map(|(card, _)| &*card.interface).collect();
        nics.dedup();
        let cores = list::print(&look.cores);
        format!("kbpctl irq pin {} --cores {cores}", nics.join(" "))
    };
    match balancer::find(look.sys) {
        Balancer::Absent => Finding::ok("it does not run"),
        _ if feeding.is_empty() => {
            Finding::ok("it runs; no receive interrupt comes to these cores")
        }
        Balancer::Deaf(why) => Finding::warning(
            "it runs, and may move the interrupts away",
            format!("it cannot be told to leave them: {why}"),
        )
        .cured_by("stop it, or give it a policy script that bans them (irqbalance(1))")
        .run("systemctl disable --now irqbalance"),
        Balancer::Listens(listener) => {
            let irqs = feeding.iter().filter_map(|(_, one)| one.irq.parse().ok());
            let news = listener.news(irqs);
            match news.is_empty() {
                true => Finding::ok("it runs, and leaves them alone"),
                false => Finding::warning(
                    format!("it may move {} of {} away", news.len(), feeding.len()),
                    "nobody told it to leave them alone",
                )
                .run(pin()),
            }
        }
    }
}

fn other_irqs(look: &Look<'_>, span: &Span<'_>) -> Finding {
    const OFTEN: f64 = 20.0;
    let receiving: Vec<&str> = look.receiving().map(|(_, one)| &*one.irq).collect();
    let mut often: Vec<(f64, String, kbp_core_set)> = Vec::new();
    for irq in span.last.interrupts.rows() {
        // Those without a number are the kernel's own, with checks of their own.
        let is_number = irq.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number || receiving.contains(&irq) {
            continue;
        }
        let rates = look
            .cores
            .iter()
            .map(|core| (core, span.interrupts(irq, core)));
        let rates: Vec<(u32, f64)> = rates
            .filter_map(|(core, rate)| Some((core, rate?)))
            .filter(|(_, rate)| *rate > OFTEN)
            .collect();
        if !rates.is_empty() {
            let cores = list::set(rates.iter().map(|(core, _)| *core));
            often.push((
                rates.iter().map(|(_, rate)| rate).sum(),
                irq.to_owned(),
                cores,
            ));
        }
    }
    if often.is_empty() {
        return Finding::ok("none comes more than 20 times a second");
    }
    often.sort_by(|one, other| other.0.total_cmp(&one.0));
    let phrase = |(rate, irq, cores): &(f64, String, kbp_core_set)| {
        let action = look.text(format!("/sys/kernel/irq/{irq}/actions"));
        let action = action.map_or(String::new(), |name| {
            format!(" ({})", crate::output::harmless(&name))
        });
        let cores = list::phrase(cores);
        format!("IRQ {irq}{action} comes to {cores} {rate:.0} times a second")
    };
    let named: Vec<String> = often.iter().map(phrase).collect();
    let others = list::print(&look.others());
    let moves = often.iter().filter(|(_, irq, _)| {
        let mode = look
            .sys
            .mode(&crate::nic::affinity::file_of(irq, "smp_affinity_list"));
        mode.is_ok_and(|mode| mode & 0o222 != 0)
    });
    let moves: Vec<String> = moves
        .map(|(_, irq, _)| format!("echo {others} > /proc/irq/{irq}/smp_affinity_list"))
        .collect();
    let finding = Finding::warning(
        some(&named),
        "each takes the core from the poller for a while",
    );
    match moves.is_empty() {
        true => finding.cured_by("the kernel places them, and lets nobody move them"),
        false => finding.run_all(moves),
    }
}

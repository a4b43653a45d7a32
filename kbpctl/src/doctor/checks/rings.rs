// SPDX-License-Identifier: GPL-2.0
//! What a NIC does before anybody hears of a packet: it gathers them, and keeps them in its rings.

use std::io;

use kbp_uapi as abi;
use nix::libc;

use crate::doctor::check::{Ask, Check, Group};
use crate::doctor::finding::{some, Finding};
use crate::doctor::look::Look;
use crate::nic::card::Card;
use crate::sys::coalescing::Coalescing;
use crate::sys::rings::Rings;
use crate::sys::System;

pub(super) const ALL: [Check; 2] = [
    Check {
        id: "coalescing",
        group: Group::Network,
        question: "do NICs wait for more packets before they interrupt?",
        explanation:
            "A NIC that gathers packets interrupts less often, and each packet waits for the \
                      interrupt: rx-usecs at most, or until rx-frames are there. More than 50 us is a \
                      warning. Where the poller holds the interrupt (--irq masked) only the first \
                      packet after a pause waits. Asked of the driver (ethtool -c); a virtual NIC \
                      seldom tells what its host does.",
        ask: Ask::Now(coalescing),
    },
    Check {
        id: "ring-sizes",
        group: Group::Network,
        question: "have the receive rings of NICs room for a burst?",
        explanation: "What comes while nobody polls stays in the ring; what finds no room is lost \
                      (ring-drops). At a million packets a second 1024 are one millisecond. A larger \
                      ring takes memory, and room in the cache. Asked of the driver (ethtool -g).",
        ask: Ask::Now(ring_sizes),
    },
];

/// What was asked of each NIC below the cores: answers, and who does not tell.
struct Asked<'a, T> {
    answers: Vec<(&'a Card, T)>,
    silent: Vec<String>,
}

impl<'a, T> Asked<'a, T> {
    fn of(look: &'a Look<'_>, ask: fn(&dyn System, &str) -> io::Result<T>) -> Asked<'a, T> {
        let mut asked = Asked {
            answers: Vec::new(),
            silent: Vec::new(),
        };
        for card in look.nics() {
            match ask(look.sys, &card.interface) {
                Ok(answer) => asked.answers.push((card, answer)),
                Err(error) => asked.silent.push(silence(card, &error)),
            }
        }
        asked
    }

    /// What is found where there is nothing to say of the answers.
    fn well(&self, value: &str) -> Finding {
        match (self.answers.is_empty(), self.silent.is_empty()) {
            (true, true) => Finding::unknown("there is no NIC here"),
            (true, false) => Finding::unknown(some(&self.silent)),
            (false, true) => Finding::ok(value),
            (false, false) => Finding::ok(format!("{value} ({})", some(&self.silent))),
        }
    }
}

fn silence(card: &Card, error: &io::Error) -> String {
    let interface = &card.interface;
    match error.raw_os_error() {
        Some(libc::EOPNOTSUPP) => {
            let driver = card.driver.as_deref().unwrap_or("the driver");
            format!("{driver} does not tell for {interface}")
        }
        _ => format!("{interface} cannot be asked: {error}"),
    }
}

fn coalescing(look: &Look<'_>) -> Finding {
    const LONG_US: u32 = 50;
    let asked = Asked::of(look, |sys, nic| sys.coalescing(nic));
    let waits = asked.answers.iter().filter_map(|(card, answer)| {
        let wait = Wait::of(card.driver.as_deref(), *answer)?;
        Some((*card, wait))
    });
    let waits: Vec<(&Card, Wait)> = waits.collect();
    if waits.is_empty() {
        return asked.well("no, as their drivers say");
    }
    let named = waits.iter();
    let named: Vec<String> = named
        .map(|(card, wait)| format!("{} {}", card.interface, wait.phrase()))
        .collect();
    let named = some(&named);
    if holds_interrupts(look) {
        return Finding::ok(format!("{named}; the pollers hold the interrupts"));
    }
    let why = "a packet waits for the interrupt of its NIC";
    let is_long = |(_, wait): &(&Card, Wait)| matches!(wait, Wait::Us(us) if *us > LONG_US);
    let finding = match waits.iter().any(is_long) {
        true => Finding::warning(named, why),
        false => Finding::hint(named, why),
    };
    finding
        .cured_by("more interrupts are the price; or --irq masked, with which they do not matter")
        .run_all(waits.iter().map(|(card, wait)| wait.cure(&card.interface)))
}

/// Whether each of the cores has a poller that is always there and holds the interrupts of its NICs.
fn holds_interrupts(look: &Look<'_>) -> bool {
    let holds = |core: u32| {
        look.served().any(|status| {
            status.core == core
                && status.config.irq_mode == abi::KBP_IRQ_MASKED
                && status.config.idle_policy == abi::KBP_IDLE_SPIN
        })
    };
    look.cores.iter().all(holds)
}

/// What an interrupt waits for.
enum Wait {
    /// As long as the driver thinks right.
    Adaptive,
    /// The same, said by a small number in place of a time.
    AdaptiveByNumber,
    Us(u32),
    /// So many packets, however long that takes.
    Frames(u32),
}

impl Wait {
    /// `None`: it does not wait.
    fn of(driver: Option<&str>, answer: Coalescing) -> Option<Wait> {
        /// Intel's drivers, and the largest number that is a mode and no time.
        const MODES: [(&str, u32); 6] = [
            ("e1000e", 4),
            ("e1000", 4),
            ("igb", 3),
            ("igbvf", 3),
            ("igc", 3),
            ("ixgbe", 1),
        ];
        let modes = MODES.iter().find(|(name, _)| driver == Some(*name));
        let most = modes.map_or(0, |(_, most)| *most);
        match answer {
            Coalescing {
                is_adaptive: true, ..
            } => Some(Wait::Adaptive),
            Coalescing { usecs, .. } if usecs > most => Some(Wait::Us(usecs)),
            Coalescing { usecs: 1.., .. } => Some(Wait::AdaptiveByNumber),
            Coalescing {
                frames: frames @ 2..,
                ..
            } => Some(Wait::Frames(frames)),
            Coalescing { .. } => None,
        }
    }

    fn phrase(&self) -> String {
        match self {
            Wait::Adaptive | Wait::AdaptiveByNumber => "as long as its driver chooses".to_owned(),
            Wait::Us(us) => format!("up to {us} us"),
            Wait::Frames(frames) => format!("until {frames} packets are there"),
        }
    }

    fn cure(&self, nic: &str) -> String {
        match self {
            Wait::Adaptive => format!("ethtool -C {nic} adaptive-rx off rx-usecs 0"),
            Wait::AdaptiveByNumber | Wait::Us(_) => format!("ethtool -C {nic} rx-usecs 0"),
            Wait::Frames(_) => format!("ethtool -C {nic} rx-frames 1"),
        }
    }
}

fn ring_sizes(look: &Look<'_>) -> Finding {
    /// Fewer are few.
    const FEW: u32 = 1024;
    let asked = Asked::of(look, |sys, nic| sys.rings(nic));
    let is_small = |(_, rings): &&(&Card, Rings)| rings.now < FEW;
    let small = asked.answers.iter().filter(is_small);
    let is_virtio = |card: &Card| card.driver.as_deref() == Some("virtio_net");
    let (can, cannot): (Vec<_>, Vec<_>) = small.partition(|(_, rings)| rings.now < rings.most);
    let hosts = cannot.iter().filter(|(card, _)| is_virtio(card));
    let hosts: Vec<_> = hosts.collect();
    let named = can.iter().copied().chain(hosts.iter().copied().copied());
    let named: Vec<String> = named
        .map(|(card, rings)| format!("{} {} of {}", card.interface, rings.now, rings.most))
        .collect();
    if named.is_empty() {
        let sizes = asked.answers.iter();
        let sizes = sizes.map(|(card, rings)| format!("{} {}", card.interface, rings.now));
        return asked.well(&some(&sizes.collect::<Vec<_>>()));
    }
    let finding = Finding::hint(some(&named), "a burst may find no room");
    let finding = match hosts.is_empty() {
        true => finding.cured_by("its driver may stop the NIC for a moment"),
        false => finding.cured_by(
            "on the host: rx_queue_size=1024 for the NIC (libvirt: <driver rx_queue_size='1024'/>)",
        ),
    };
    finding.run_all(can.iter().map(|(card, rings)| {
        let size = rings.most.min(4 * FEW);
        format!("ethtool -G {} rx {size}", card.interface)
    }))
}

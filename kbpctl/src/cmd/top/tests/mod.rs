// SPDX-License-Identifier: GPL-2.0
//! What is shown of the kernel in memory: as text, as documents, and on a terminal in memory.

mod drawn;
mod played;

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use kbp_uapi as abi;
use kbp_uapi::kbp_napi_status;
use ratatui::backend::TestBackend;
use ratatui::Terminal;
use serde_json::Value;

use super::stream;
use super::watch::Watch;
use crate::cli::{Cli, Command, Top};
use crate::host::wait::Context;
use crate::output::Form;
use crate::sys::fake::Fake;
use crate::sys::System;

const SECOND: Duration = Duration::from_secs(1);

fn arguments(line: &str) -> Top {
    let words = ["kbpctl", "top"].into_iter().chain(line.split_whitespace());
    match Cli::try_parse_from(words)
        .expect("a good command line")
        .command
    {
        Command::Top(top) => top,
        other => panic!("{other:?}"),
    }
}

fn put(fake: &Fake, path: &str, text: &str) {
    let mut machine = fake.0.borrow_mut();
    machine.files.insert(PathBuf::from(path), text.to_owned());
}

/// A NIC whose interrupt comes to core 2 so often, and what the kernel counted.
fn kernel(fake: &Fake, interrupts: u32, received: u32) {
    put(fake, "/sys/class/net/eth0/ifindex", "2\n");
    put(fake, "/sys/class/net/eth0/flags", "0x1003\n");
    put(fake, "/sys/class/net/eth0/device/vendor", "0x1af4\n");
    put(fake, "/sys/class/net/eth0/device/msi_irqs/25", "msix\n");
    put(fake, "/sys/kernel/irq/25/actions", "eth0-rx-0\n");
    put(fake, "/proc/irq/25/smp_affinity_list", "2\n");
    put(fake, "/proc/irq/25/effective_affinity_list", "2\n");
    let counts = format!("  CPU1 CPU2 CPU3\n 25: 0 {interrupts} 0 PCI-MSIX 1-edge eth0-rx-0\n");
    put(fake, "/proc/interrupts", &counts);
    let row = |core: u32, received: u32| {
        format!(
            "{received:08x} {:08x} 0 0 0 0 0 0 0 0 0 0 {core:08x}\n",
            received / 5000
        )
    };
    let rows = row(1, 0) + &row(2, received) + &row(3, received / 100);
    put(fake, "/proc/net/softnet_stat", &rows);
    let ticks = interrupts / 100;
    let times = |cpu: u32| format!("cpu{cpu} {ticks} 0 0 100 0 0 0 {} 0 0\n", ticks / 20);
    put(fake, "/proc/stat", &(1..4).map(times).collect::<String>());
}

fn napi(napi_id: u32, flags: u32, packets: u64) -> kbp_napi_status {
    let mut napi = kbp_napi_status {
        napi_id,
        ifindex: 2,
        flags,
        packets,
        polls: packets / 4,
        exhausted: packets / 400,
        longest_delay_ns: 12_345,
        ..kbp_napi_status::default()
    };
    napi.delay.counts[12] = packets / 4;
    napi.delay.counts[14] = packets / 8000;
    napi
}

/// Core 2 spins, and the pollers of 1 and 3 are in reserve.
fn machine() -> Fake {
    let fake = Fake::active();
    kernel(&fake, 1000, 1000);
    let mut machine = fake.0.borrow_mut();
    machine.set_state(1, abi::KBP_CORE_SLEEPING);
    machine.set_state(3, abi::KBP_CORE_SLEEPING);
    machine.core(2).config.idle_policy = abi::KBP_IDLE_SPIN;
    machine
        .napis
        .insert(2, vec![napi(8193, abi::KBP_NAPI_HELD, 1000)]);
    drop(machine);
    fake
}

/// A second of traffic.
fn traffic(fake: &Fake) {
    kernel(fake, 2200, 154_000);
    let mut machine = fake.0.borrow_mut();
    let core = machine.core(2);
    let counters = &mut core.counters;
    counters.packets += 151_000;
    counters.polls += 38_000;
    counters.cycles += 90_000;
    counters.empty_cycles += 60_000;
    counters.busy_ns += 412_000_000;
    counters.idle_ns += 573_000_000;
    counters.window_ns += 9_000_000;
    counters.longest_guard_ns = 80_000;
    counters.longest_gap_ns = 2_345_678;
    core.delay.counts[13] += 37_900;
    core.delay.counts[17] += 100;
    core.guard.counts[16] += 30_000;
    let backlog = kbp_napi_status {
        ifindex: 0,
        packets: 12,
        polls: 6,
        ..napi(0, abi::KBP_NAPI_BACKLOG, 0)
    };
    let arms = napi(8194, abi::KBP_NAPI_ARMS, 400);
    let napis = vec![napi(8193, abi::KBP_NAPI_HELD, 152_000), arms, backlog];
    machine.napis.insert(2, napis);
}

/// Core 3 is rescued, and an interrupt moves.
fn trouble(fake: &Fake) {
    put(fake, "/proc/irq/25/smp_affinity_list", "1\n");
    put(fake, "/proc/irq/25/effective_affinity_list", "1\n");
    let mut machine = fake.0.borrow_mut();
    let core = machine.core(3);
    core.state = abi::KBP_CORE_YIELDED;
    core.yield_reason = abi::KBP_YIELD_RESCUE;
    core.counters.rescues += 1;
    (core.rescue_ns, core.rescue_pid) = (1, 4711);
    core.rescue_comm[..6].copy_from_slice(&b"rt-hog".map(|byte| byte as i8));
}

#[test]
fn one_interval_as_text_and_as_document() {
    let fake = machine();
    let mut watch = Watch::begin(&arguments("--once"), &fake).expect("a look");
    fake.sleep(SECOND);
    traffic(&fake);
    trouble(&fake);
    let answer = stream::once(&mut watch).expect("figures");
    insta::assert_snapshot!("once_text", answer.text);
    let document = crate::output::document(&answer.json, Form::Pretty);
    insta::assert_snapshot!("once_document", document);
    for line in answer.text.lines() {
        assert!(line.len() <= 100, "{line}");
    }
}

/// Takes so many lines.
struct Reader<'a> {
    fake: &'a Fake,
    lines: Vec<String>,
    most: usize,
    errno: i32,
}

impl Write for Reader<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.lines.len() == self.most {
            return Err(io::Error::from_raw_os_error(self.errno));
        }
        let text = String::from_utf8_lossy(bytes).into_owned();
        self.lines.extend(text.lines().map(str::to_owned));
        self.fake.0.borrow_mut().core(2).counters.packets += 500;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn documents_come_until_nobody_reads() {
    for (errno, is_quiet) in [(nix::libc::EPIPE, true), (nix::libc::ENOSPC, false)] {
        let fake = machine();
        let mut watch = Watch::begin(&arguments("--interval 500ms"), &fake).expect("a look");
        let mut reader = Reader {
            fake: &fake,
            lines: Vec::new(),
            most: 3,
            errno,
        };
        let context = Context::new(&fake, false).answering(Form::Json);
        let half = Duration::from_millis(500);
        let ended = stream::endless(&mut watch, half, &context, &mut reader);
        assert_eq!(ended.is_ok(), is_quiet);
        let documents = reader.lines.join("").replace("}{", "}\n{");
        let documents: Vec<Value> = documents
            .lines()
            .map(|line| serde_json::from_str(line).expect("a document"))
            .collect();
        for (n, document) in documents.iter().enumerate() {
            assert_eq!(document["schema"], "kbp.top/1");
            assert_eq!(document["interval_ns"], 500_000_000);
            assert_eq!(document["elapsed_ns"], 500_000_000 * (n as u64 + 1));
        }
        assert!(documents.len() > 1);
        assert_eq!(documents[1]["cores"][1]["core"], 2);
        let rate = documents[1]["cores"][1]["packets_per_s"].as_f64();
        assert!(rate >= Some(1000.0), "{rate:?}");
    }
}

// SPDX-License-Identifier: GPL-2.0
//! Guests whose clock counts instructions.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::time::Duration;

use kbp_vm::cache::default_kernel;
use kbp_vm::{run_script, Outcome, Verdict, VmConfig};

/// Generous: only a guest that hangs gets there. What a busy host takes is not counted.
const LIMIT: Duration = Duration::from_secs(180);

fn guest() -> VmConfig {
    VmConfig::new(default_kernel())
        .icount()
        .timeout(Some(LIMIT))
}

fn run(guest: VmConfig, script: &str) -> Outcome {
    let outcome = run_script(guest, script).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(outcome.verdict, Verdict::Exit(0), "{}", outcome.console);
    outcome
}

#[test]
fn two_runs_are_the_same_to_the_microsecond() {
    // Much output at once: a host that reads it late must not make the guest wait.
    let script = "seq 1 20000; cat /proc/uptime /proc/interrupts; dmesg | tail -n 3";
    let [one, other] = [(); 2].map(|()| run(guest(), script));
    assert_eq!(one.console, other.console);
    assert_eq!(one.text(), other.text());
}

#[test]
fn the_instructions_of_a_piece_of_work_are_written_down() {
    let folder = tempfile::tempdir().unwrap();
    let script = "grep -w __x64_sys_getppid /proc/kallsyms && kbp-host instructions here && \
                  sh -c : && kbp-host instructions";
    let outcome = run(guest().instructions(folder.path()), script);
    let text = outcome.text();
    let address = text.split(' ').next().unwrap_or_default();
    assert_eq!(address.len(), 16, "{text}");
    let log = File::open(folder.path().join("here.log")).unwrap();
    let executed = format!("/{address}/");
    let mut lines = BufReader::new(log).lines();
    assert!(
        lines.any(|line| line.unwrap().contains(&executed)),
        "no {address}"
    );
}

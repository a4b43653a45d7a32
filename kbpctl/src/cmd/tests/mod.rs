// SPDX-License-Identifier: GPL-2.0
//! The commands against the kernel in memory: every way they can fail, and every point at which
//! they can be killed.

mod bench;
mod canary;
mod canary_waits;
mod config;
mod config_check;
mod config_show;
mod disable;
mod doctor;
mod enable;
mod exposition;
mod from;
mod irq;
mod irqbalance;
mod load;
mod manual;
mod metrics;
mod net;
mod promises;
mod queues;
mod reapply;
mod report;
mod saved;
mod saving;
mod schemas;
mod screens;
mod selectors;
mod status;
mod status_lines;
mod top;
mod unload;
mod verify;
mod watch;

use std::panic::{catch_unwind, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Parser;
use kbp_uapi as abi;
use nix::libc;

use crate::cli::Cli;
use crate::dry::DryRun;
use crate::error::{Error, Exit};
use crate::host::livepatch::{self, State};
use crate::host::wait::Context;
use crate::output::{self, Answer, Form};
use crate::sys::fake::{Fake, Killed, Patch};
use crate::sys::System;

fn kbpctl(fake: &Fake, line: &str) -> Result<Answer, Error> {
    let words = std::iter::once("kbpctl").chain(line.split_whitespace());
    let cli = Cli::try_parse_from(words).expect("a good command line");
    let dry_run = DryRun::new(fake);
    let sys: &dyn System = if cli.command.dry_run() {
        &dry_run
    } else {
        fake
    };
    super::run(&cli.command, &Context::new(sys, false))
}

fn text(fake: &Fake, line: &str) -> String {
    match kbpctl(fake, line) {
        Ok(answer) => answer.text,
        Err(error) => panic!("{line}: {error}"),
    }
}

fn error(fake: &Fake, line: &str) -> (Exit, String) {
    let error = kbpctl(fake, line).expect_err("the command must fail");
    (error.exit, error.to_string())
}

fn log(fake: &Fake) -> String {
    std::mem::take(&mut fake.0.borrow_mut().log).join(", ")
}

fn fail(fake: &Fake, operation: &'static str, errno: i32) {
    fake.0
        .borrow_mut()
        .fail
        .insert(operation, (errno, u32::MAX));
}

fn patch(fake: &Fake) -> State {
    livepatch::state(fake).expect("the state of the patch")
}

fn core_state(fake: &Fake, core: u32) -> u32 {
    fake.0.borrow().cores[&core].state
}

#[test]
fn a_round_trip() {
    let fake = Fake::new();
    assert_eq!(
        text(&fake, "load"),
        "KBP is loaded and its hooks are live (0.3 s)"
    );
    assert_eq!(log(&fake), "insert kbp, insert kbp_livepatch");
    assert_eq!(text(&fake, "load"), "KBP is already loaded");
    assert_eq!(text(&fake, "enable --cores 2,3"), "cores 2-3: enabled");
    assert_eq!(
        text(&fake, "enable --cores 2,3"),
        "cores 2-3: already enabled"
    );
    assert_eq!(kbpctl(&fake, "status").expect("status").exit, Exit::Ok);
    assert_eq!(text(&fake, "disable --cores 3"), "core 3: disabled");
    assert_eq!(text(&fake, "disable"), "core 2: disabled");
    assert_eq!(text(&fake, "disable"), "no core is enabled");
    assert_eq!(text(&fake, "enable --cores 1"), "core 1: enabled");
    log(&fake);
    assert_eq!(text(&fake, "unload"), "KBP is unloaded (0.3 s)");
    assert_eq!(
        log(&fake),
        "disable, write 0, delete kbp_livepatch, delete kbp"
    );
    assert_eq!(text(&fake, "unload"), "KBP is not loaded");
    assert_eq!(
        text(&fake, "disable"),
        "KBP is not loaded: no core is enabled"
    );
    assert_eq!(
        kbpctl(&fake, "status").expect("status").exit,
        Exit::NotActive
    );
}

#[test]
fn another_abi_is_refused() {
    for line in [
        "load",
        "enable --cores 2",
        "set --cores 2 --irq masked",
        "disable",
        "unload",
    ] {
        let fake = Fake::active();
        fake.0.borrow_mut().abi_version = 9;
        let (exit, error) = error(&fake, line);
        assert_eq!(exit, Exit::Unsupported);
        assert!(
            error.contains("kbpctl speaks ABI 4, the loaded module 9"),
            "{error}"
        );
        assert_eq!(log(&fake), "");
    }
}

#[test]
fn capabilities_and_the_lock_come_first() {
    let fake = Fake::active();
    fake.0.borrow_mut().locked_by = Some(77);
    let set = "set --cores 2 --irq armed";
    for line in ["load", "unload", "enable --cores 2", "disable", set] {
        let (exit, error) = error(&fake, &format!("{line} --timeout 1s"));
        assert_eq!(exit, Exit::TimedOut);
        assert!(error.contains("pid 77 holds /run/kbp.lock"), "{error}");
    }
    fake.0.borrow_mut().locked_by = None;
    // What the lock needs is looked at in a dry run, too.
    for (operation, dry) in [("lock", ""), ("may write", " --dry-run")] {
        let fake = Fake::active();
        put(&fake, "/etc/kbp/kbp.toml", "[[serve]]\ncores = \"2\"\n");
        fail(&fake, operation, libc::EROFS);
        for line in [
            "load",
            "unload",
            "enable --cores 2",
            "disable",
            set,
            "reapply",
        ] {
            let (exit, error) = error(&fake, &format!("{line}{dry}"));
            assert_eq!(exit, Exit::Failed, "{error}");
            let words = "cannot lock /run/kbp.lock; nothing was changed: Read-only file system";
            assert!(error.starts_with(words), "{error}");
            assert!(error.contains("mount it writable"), "{error}");
        }
        assert_eq!(log(&fake), "");
    }
    fake.0.borrow_mut().locked_by = Some(77);
    fake.0.borrow_mut().capabilities = (false, false);
    for line in ["load", "unload", "enable --cores 2", "disable", set] {
        assert_eq!(error(&fake, line).0, Exit::Permission);
    }
    fake.0.borrow_mut().capabilities = (true, false);
    assert!(error(&fake, "load").1.contains("CAP_SYS_MODULE"));
    assert_eq!(log(&fake), "");
}

#[test]
fn a_dry_run_takes_the_same_path_and_changes_nothing() {
    let fake = Fake::new();
    assert_eq!(
        text(&fake, "load --dry-run"),
        "dry run: nothing was changed\nwould insert /lib/kbp/kbp.ko\nwould insert \
         /lib/kbp/kbp_livepatch.ko"
    );
    assert_eq!(
        error(&fake, "enable --cores 2 --dry-run").0,
        Exit::NotActive
    );
    let fake = Fake::active();
    assert_eq!(
        text(&fake, "unload --dry-run"),
        "dry run: nothing was changed\nwould give core 2 back to softirq\nwould \
         switch the livepatch off\nwould remove module kbp_livepatch\nwould \
         remove module kbp"
    );
    assert!(
        text(&fake, "enable --cores 1 --dry-run").contains("would serve the packets for core 1")
    );
    assert!(text(&fake, "load --dry-run").ends_with("nothing to do"));
    for (line, words) in [
        ("enable --cores 9 --dry-run", "core 9 cannot exist"),
        ("enable --cores 0 --dry-run", "core 0 runs work"),
        ("enable --cores 0-3 --dry-run --force", ""),
        ("disable --cores 9 --dry-run", "core 9 cannot exist"),
    ] {
        match kbpctl(&fake, line) {
            Ok(_) => assert_eq!(words, "", "{line}"),
            Err(error) => assert!(error.to_string().contains(words), "{error}"),
        }
    }
    fake.0.borrow_mut().files.insert(
        PathBuf::from("/sys/devices/system/cpu/online"),
        "1-2\n".to_owned(),
    );
    assert!(error(&fake, "enable --cores 1 --dry-run")
        .1
        .contains("no online core would be left"));
    // Nothing new is asked for.
    put(&fake, "/sys/devices/system/cpu/online", "2\n");
    text(&fake, "enable --cores 2 --dry-run");
    put(&fake, "/proc/sys/kernel/modules_disabled", "1\n");
    let (exit, line) = error(&fake, "unload --dry-run");
    assert_eq!(exit, Exit::Unsupported, "{line}");
    let fresh = Fake::new();
    put(&fresh, "/proc/sys/kernel/modules_disabled", "1\n");
    let (exit, line) = error(&fresh, "load --dry-run");
    assert_eq!(exit, Exit::Unsupported, "{line}");
    assert!(line.contains("kernel.modules_disabled=1"), "{line}");
    assert_eq!(log(&fake), "");
}

/// kill -9 after the n-th change, for every n: the next command converges.
#[test]
fn every_command_converges_after_a_kill() {
    std::panic::set_hook(Box::new(|info| {
        if !info.payload().is::<Killed>() {
            eprintln!("{info}");
        }
    }));
    let worlds: [fn() -> Fake; 2] = [Fake::new, Fake::active];
    for stuck in [None, Some(true), Some(false)] {
        for (world, line) in worlds
            .iter()
            .flat_map(|world| [(world, "load"), (world, "unload")])
        {
            for kill in 1..9 {
                for next in ["load", "unload"] {
                    let fake = world();
                    fake.0.borrow_mut().stuck = stuck;
                    fake.0.borrow_mut().kill_after = Some(kill);
                    let outcome = catch_unwind(AssertUnwindSafe(|| kbpctl(&fake, line)));
                    fake.0.borrow_mut().kill_after = None;
                    fake.0.borrow_mut().stuck = None;
                    text(&fake, next);
                    let loaded = next == "load";
                    let case = format!("{stuck:?} {line} {kill} {} {next}", outcome.is_err());
                    assert_eq!(patch(&fake) == State::Enabled, loaded, "{case}");
                    assert_eq!(
                        fake.0.borrow().modules.len(),
                        if loaded { 2 } else { 0 },
                        "{case}"
                    );
                }
            }
        }
    }
    drop(std::panic::take_hook());
}

fn put(fake: &Fake, path: &str, text: &str) {
    let mut machine = fake.0.borrow_mut();
    machine.files.insert(PathBuf::from(path), text.to_owned());
}

/// The documents are a promise to programs: a key that changes must be seen in review.
#[test]
fn documents() {
    let active = Fake::active();
    let moving = Fake::active();
    moving.add_task(4711, "spinner", 1);
    moving.0.borrow_mut().patch = Some(Patch {
        enabled: false,
        since: Some(Duration::ZERO),
    });
    let fresh = Fake::new();
    for (name, fake, line) in [
        ("status", &active, "status"),
        ("status_moving", &moving, "status"),
        ("status_absent", &fresh, "status"),
        ("load", &fresh, "load"),
        ("enable", &fresh, "enable --cores 2-3"),
        ("enable_dry_run", &fresh, "enable --cores 1 --dry-run"),
        ("set", &fresh, "set --cores 2-3 --idle adaptive:300"),
        (
            "set_dry_run",
            &fresh,
            "set --cores 2-3 --max-exit-latency none --irq masked --dry-run",
        ),
        ("disable", &fresh, "disable --cores 3"),
        ("unload", &fresh, "unload"),
        ("error", &fresh, "enable --cores 2"),
    ] {
        let document = match kbpctl(fake, line) {
            Ok(answer) => answer.json,
            Err(error) => output::error_document(&error),
        };
        insta::assert_snapshot!(name, output::document(&document, Form::Pretty));
    }
}

// SPDX-License-Identifier: GPL-2.0
//! `enable --canary`: undone by itself, whole, unless it is confirmed.

use std::collections::BTreeMap;

use super::irq::{go, net, refuses};
use super::net::Net;
use super::*;
use crate::sys::fake::apart::{stat, PID, STARTED};

pub(super) const NOTE: &str = "/run/kbp/canary.json";
const SAVED: &str = "/etc/kbp/kbp.toml";
pub(super) const LINE: &str =
    "enable --cores 1,3 --from eth0 --idle spin --irq masked --canary 60s";
pub(super) const UNDONE: &str = "the change of cores 1,3: not confirmed within 1m: undone";

/// A machine whose processes are all seen, with two queues and one core served.
pub(super) fn machine() -> Net {
    let net = net();
    put(&net.0, "/proc/2/comm", "kthreadd\n");
    put(&net.0, "/proc/self/stat", &stat(PID, STARTED));
    net
}

/// A change waits for its confirmation.
pub(super) fn waits(fake: &Fake) {
    note(fake, "");
    put(fake, &format!("/proc/{PID}/stat"), &stat(PID, STARTED));
}

/// The note of a change of core 3, with this left of it.
pub(super) fn note(fake: &Fake, left: &str) {
    let left = match left.is_empty() {
        true => "[]".to_owned(),
        false => format!("[\"{left}\"]"),
    };
    let text = format!(
        r#"{{"schema":"kbp.canary-note/1","process":{{"pid":{PID},"started":{STARTED}}},
        "until":{{"secs":3600,"nanos":0}},"cores":"3","save":null,"left":{left}}}"#
    );
    put(fake, NOTE, &text);
}

/// Everything that a change can change.
pub(super) fn whole(fake: &Fake) -> (BTreeMap<PathBuf, String>, String) {
    let machine = fake.0.borrow();
    let mut files = machine.files.clone();
    // The process itself.
    files.remove(Path::new("/proc/self/stat"));
    let cores = machine.cores.values();
    let cores = cores.map(|core| (core.core, core.state, core.config));
    (files, format!("{:?}", cores.collect::<Vec<_>>()))
}

pub(super) fn meanwhile(fake: &Fake, act: impl FnOnce(&Fake) + 'static) {
    fake.0.borrow_mut().meanwhile = Some(Box::new(act));
}

pub(super) fn logged(fake: &Fake) -> String {
    std::mem::take(&mut fake.0.borrow_mut().logged).join("\n")
}

#[test]
fn what_nobody_confirms_is_undone_whole() {
    for saved in [None, Some("[[serve]]\ncores = \"2\" # by hand\n")] {
        let net = machine();
        if let Some(saved) = saved {
            put(&net.0, SAVED, saved);
        }
        let before = whole(&net.0);
        meanwhile(&net.0, |fake| {
            assert_eq!(core_state(fake, 1), abi::KBP_CORE_POLLING);
            assert!(fake.0.borrow().files.contains_key(Path::new(NOTE)));
            let status = text(fake, "status");
            let line = "canary     undone in 59 s unless kbpctl confirm (kill 4711: at once)";
            let now = "canary     undone in 60 s unless kbpctl confirm (kill 4711: at once)";
            assert!(status.contains(line) || status.contains(now), "{status}");
        });
        let said = text(&net.0, &format!("{LINE} --save"));
        let words = "; undone in 1m unless kbpctl confirm comes first, which saves it";
        assert!(said.contains(words), "{said}");
        assert!(!said.contains("saved"), "{said}");
        assert_eq!(whole(&net.0), before);
        assert_eq!(logged(&net.0), UNDONE);
        assert_eq!(net.0.now().as_secs() / 10, 6);
    }
}

#[test]
fn channels_and_what_sends_by_them_are_undone_too() {
    use crate::sys::channels::{Channels, Counts};
    let net = machine();
    let counts = |combined| Counts {
        combined,
        ..Counts::default()
    };
    for queue in ["tx-0", "tx-1"] {
        net.has("eth0", &format!("queues/{queue}/xps_cpus"), "f");
    }
    let channels = Channels {
        now: counts(2),
        most: counts(4),
    };
    let mut machine = net.0 .0.borrow_mut();
    machine.channels.insert("eth0".to_owned(), channels);
    drop(machine);
    let before = whole(&net.0);
    meanwhile(&net.0, |fake| {
        let machine = fake.0.borrow();
        assert_eq!(machine.channels["eth0"].now.combined, 1);
        let xps = &machine.files[Path::new("/sys/class/net/eth0/queues/tx-0/xps_cpus")];
        assert_ne!(xps.trim(), "f");
    });
    text(&net.0, &format!("{LINE} --channels 1 --xps"));
    assert_eq!(net.0 .0.borrow().channels["eth0"].now.combined, 2);
    assert_eq!(whole(&net.0), before);
    assert_eq!(logged(&net.0), UNDONE);
}

#[test]
fn what_is_confirmed_stays_and_is_saved_then() {
    let net = machine();
    meanwhile(&net.0, |fake| {
        // A host that is switched off and on here comes back as it was.
        assert!(!fake.0.borrow().files.contains_key(Path::new(SAVED)));
        fake.sleep(Duration::from_secs(20));
        let dry = text(fake, "confirm --dry-run");
        for words in [
            "would write /etc/kbp/kbp.toml",
            "would remove /run/kbp/canary.json",
        ] {
            assert!(dry.contains(words), "{dry}");
        }
        let answer = kbpctl(fake, "confirm").expect("it waits");
        assert_eq!(answer.text, "cores 1,3: confirmed, and stays; saved");
        assert_eq!(answer.json["rest_ns"], 40_000_000_000_u64);
        let (exit, error) = error(fake, "confirm");
        assert_eq!(exit, Exit::NotActive);
        assert!(error.contains("no change waits"), "{error}");
        // Another one that waits is none of the first one's business.
        note(fake, "");
        let another = fake.0.borrow().files[Path::new(NOTE)].replace("900", "901");
        put(fake, NOTE, &another);
    });
    text(&net.0, &format!("{LINE} --save"));
    go(&net, [(25, "1"), (27, "3")]);
    assert_eq!(core_state(&net.0, 3), abi::KBP_CORE_POLLING);
    assert_eq!(logged(&net.0), "");
    let file = net.0 .0.borrow().files[Path::new(SAVED)].clone();
    let set = "cores = \"1,3\"\nfrom = \"eth0\"\nirq = \"masked\"\nidle = \"spin\"\n";
    assert!(file.contains(set), "{file}");
    assert!(net.0 .0.borrow().files.contains_key(Path::new(NOTE)));
}

#[test]
fn a_confirmation_that_cannot_save_is_none() {
    let net = machine();
    let before = whole(&net.0);
    meanwhile(&net.0, |fake| {
        fake.0
            .borrow_mut()
            .fail
            .insert("may write", (libc::EROFS, 2));
        let (exit, error) = error(fake, "confirm");
        assert_eq!(exit, Exit::Failed);
        assert!(
            error.contains("the change is not confirmed, and is undone in"),
            "{error}"
        );
    });
    text(&net.0, &format!("{LINE} --save"));
    assert_eq!(whole(&net.0), before);
    // What could not be saved then is refused at once.
    put(&net.0, SAVED, "[[serve]\n");
    let (exit, error) = error(&net.0, &format!("{LINE} --save"));
    assert_eq!(exit, Exit::Usage);
    assert!(
        error.contains("cannot save") && error.contains("nothing was changed"),
        "{error}"
    );
    assert_eq!(core_state(&net.0, 3), abi::KBP_CORE_OFF);
}

#[test]
fn a_change_that_fails_has_nothing_to_undo() {
    let net = machine();
    refuses(&net, 27, libc::ENOSPC);
    let before = whole(&net.0);
    let (exit, line) = error(&net.0, LINE);
    assert_eq!(exit, Exit::Failed);
    assert!(
        line.contains("core 3 has no interrupt vector left"),
        "{line}"
    );
    assert_eq!(whole(&net.0), before);
    assert_eq!(logged(&net.0), "");
    // Nor has one whose note or process there cannot be.
    for (operation, words) in [
        ("store", "cannot enable cores 1,3; nothing was changed"),
        ("apart", "cannot enable cores 1,3; nothing was changed"),
    ] {
        let net = machine();
        fail(&net.0, operation, libc::ENOSPC);
        let before = whole(&net.0);
        let (_, line) = error(&net.0, LINE);
        assert!(line.starts_with(words), "{line}");
        assert_eq!(whole(&net.0), before, "{operation}");
    }
}

#[test]
fn a_container_is_no_place_for_it() {
    let net = net();
    put(&net.0, "/proc/2/comm", "sh\n");
    let (exit, line) = error(&net.0, LINE);
    assert_eq!(exit, Exit::Unsupported);
    assert!(line.contains("would end with this container"), "{line}");
    assert!(line.contains("--pid=host"), "{line}");
    assert_eq!(log(&net.0), "");
}

#[test]
fn a_dry_run_names_it_and_starts_nothing() {
    let net = machine();
    let before = whole(&net.0);
    let said = text(&net.0, &format!("{LINE} --dry-run"));
    for words in [
        "would write /run/kbp/canary.json",
        "would serve the packets for cores 1,3",
        "would undo all of this after 1m, unless kbpctl confirm comes first",
    ] {
        assert!(said.contains(words), "{said}");
    }
    assert_eq!(whole(&net.0), before);
}

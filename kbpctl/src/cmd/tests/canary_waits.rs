// SPDX-License-Identifier: GPL-2.0
//! What may happen while a change waits for its confirmation.

use super::canary::{logged, machine, meanwhile, note, waits, whole, LINE, NOTE, UNDONE};
use super::irq::go;
use super::*;
use crate::sys::fake::apart::{stat, PID, STARTED};

#[test]
fn no_other_change_is_made_meanwhile() {
    let net = machine();
    put(&net.0, "/etc/kbp/kbp.toml", "[[serve]]\ncores = \"2\"\n");
    for line in [
        "enable --cores 1",
        "enable --cores 1 --canary 5s",
        "enable --cores 1 --dry-run",
        "set --cores 2 --idle spin",
        "disable --save",
        "reapply",
        "irq pin eth0 --cores 1",
        "irq restore",
        "unload",
    ] {
        waits(&net.0);
        let (exit, error) = error(&net.0, line);
        assert_eq!(exit, Exit::Failed, "{line}");
        for words in [
            "; nothing was changed: a change of core 3 waits to be confirmed, and is undone in 3600 s",
            "keep it with kbpctl confirm, or wait; kill 4711 undoes it at once",
        ] {
            assert!(error.contains(words), "{line}: {error}");
        }
    }
    assert_eq!(log(&net.0), "");
}

/// The brake works always; what is given back to softirq stays with it.
#[test]
fn disable_comes_first() {
    let net = machine();
    text(&net.0, "enable --cores 0 --force");
    meanwhile(&net.0, |fake| {
        let said = text(fake, "disable");
        assert_eq!(said, "cores 0-3: disabled");
    });
    text(&net.0, LINE);
    go(&net, [(25, "0-3"), (27, "1")]);
    for core in 0..4 {
        assert_eq!(core_state(&net.0, core), abi::KBP_CORE_OFF, "{core}");
    }
    assert_eq!(logged(&net.0), UNDONE);
    assert!(!net.0 .0.borrow().files.contains_key(Path::new(NOTE)));
    // And what is disabled before the confirmation is not saved as served.
    let net = machine();
    meanwhile(&net.0, |fake| {
        text(fake, "disable --cores 3");
        text(fake, "confirm");
    });
    text(&net.0, &format!("{LINE} --save"));
    let file = net.0 .0.borrow().files[Path::new("/etc/kbp/kbp.toml")].clone();
    assert!(!file.contains('3'), "{file}");
    assert!(file.contains("cores = \"1\"\nfrom = \"eth0\"\n"), "{file}");
}

#[test]
fn who_ends_its_process_has_it_undone_at_once() {
    let net = machine();
    let before = whole(&net.0);
    meanwhile(&net.0, |fake| fake.0.borrow_mut().asked_to_end = true);
    text(&net.0, LINE);
    assert_eq!(whole(&net.0), before);
    let said = "the change of cores 1,3: a signal ended its time: undone";
    assert_eq!(logged(&net.0), said);
    assert!(net.0.now() < Duration::from_secs(5));
}

#[test]
fn a_machine_that_sleeps_counts_on() {
    let net = machine();
    let before = whole(&net.0);
    meanwhile(&net.0, |fake| {
        fake.0.borrow_mut().slept = Duration::from_secs(3600);
    });
    text(&net.0, LINE);
    assert_eq!(whole(&net.0), before);
    assert_eq!(logged(&net.0), UNDONE);
    assert!(net.0.now() < Duration::from_secs(5));
}

/// Of a process that was killed nobody undoes anything: every command knows.
#[test]
fn a_process_that_is_gone_is_known() {
    // Its number may belong to another by now, and one that ended may not have been waited for.
    let ended = stat(PID, STARTED).replace(") S ", ") Z ");
    for now in [None, Some(stat(PID, 901)), Some(ended)] {
        let net = machine();
        let world = |save: &str| {
            note(&net.0, "");
            let path = PathBuf::from(NOTE);
            let text = net.0 .0.borrow().files[&path].replace("\"save\":null", save);
            put(&net.0, NOTE, &text);
            if let Some(now) = &now {
                put(&net.0, &format!("/proc/{PID}/stat"), now);
            }
        };
        world("\"save\":null");
        let words =
            "nothing will be undone: the process that waited (pid 4711) is gone; the change \
                     of core 3 stays";
        let status = kbpctl(&net.0, "status").expect("a status");
        assert!(
            status.text.contains(&format!("canary     {words}")),
            "{}",
            status.text
        );
        assert_eq!(status.json["canary"]["state"], "lost");
        let (exit, line) = error(&net.0, "confirm");
        assert_eq!(exit, Exit::Failed);
        assert!(line.contains(words) && !line.contains("saved"), "{line}");
        // Said once.
        assert_eq!(error(&net.0, "confirm").0, Exit::NotActive);
        let save = r#""save":{"force":false,"from":[],"channels":null,"xps":false}"#;
        world(save);
        assert!(error(&net.0, "confirm").1.contains("nothing was saved"));
        // Another command says it, and does what it is to do.
        world(save);
        assert_eq!(text(&net.0, "enable --cores 1"), "core 1: enabled");
        let said = net.0 .0.borrow().said.join("\n");
        assert!(said.contains(words), "{said}");
        assert_eq!(
            kbpctl(&net.0, "status").expect("it").json["canary"],
            serde_json::Value::Null
        );
    }
}

/// kill -9 after the n-th change, for every n: what is left is known, and can be taken back.
#[test]
fn a_kill_at_any_change_leaves_what_restore_needs() {
    for kill in 1..8 {
        let net = machine();
        net.0 .0.borrow_mut().kill_after = Some(kill);
        let outcome = catch_unwind(AssertUnwindSafe(|| kbpctl(&net.0, LINE)));
        net.0 .0.borrow_mut().kill_after = None;
        assert!(outcome.is_err(), "{kill}");
        let pid = PathBuf::from(format!("/proc/{PID}/stat"));
        net.0 .0.borrow_mut().files.remove(&pid);
        let status = kbpctl(&net.0, "status").expect("a status");
        assert_eq!(status.json["canary"]["state"], "lost", "{kill}");
        text(&net.0, "disable");
        text(&net.0, "irq restore");
        go(&net, [(25, "0-3"), (27, "1")]);
        assert!(!net.0 .0.borrow().files.contains_key(Path::new(NOTE)));
    }
}

#[test]
fn what_cannot_be_undone_is_said() {
    let net = machine();
    meanwhile(&net.0, |fake| {
        let path = PathBuf::from("/proc/irq/27/smp_affinity_list");
        fake.0.borrow_mut().refuse_writes.push((path, libc::EIO));
    });
    text(&net.0, LINE);
    assert_eq!(core_state(&net.0, 3), abi::KBP_CORE_OFF);
    go(&net, [(25, "0-3"), (27, "3")]);
    let said = logged(&net.0);
    let words = "not confirmed within 1m: undone but for this: cannot move IRQ 27";
    assert!(said.contains(words), "{said}");
    let status = kbpctl(&net.0, "status").expect("a status");
    let words = "canary     the change of cores 1,3 was not confirmed, and undone but for this";
    assert!(status.text.contains(words), "{}", status.text);
    assert_eq!(status.json["canary"]["state"], "half");
    let (exit, line) = error(&net.0, "confirm");
    assert_eq!(exit, Exit::Failed);
    assert!(line.contains("too late to confirm it"), "{line}");
    // What is left is not forgotten.
    net.0 .0.borrow_mut().refuse_writes.clear();
    text(&net.0, "irq restore");
    go(&net, [(27, "1")]);
}

/// A thread that does not end at once ends a little later.
#[test]
fn undoing_is_tried_again() {
    let net = machine();
    let before = whole(&net.0);
    meanwhile(&net.0, |fake| {
        fake.0.borrow_mut().fail.insert("disable", (libc::EBUSY, 2));
    });
    text(&net.0, LINE);
    assert_eq!(whole(&net.0), before);
    assert_eq!(logged(&net.0), UNDONE);
}

#[test]
fn a_note_that_cannot_be_understood_is_not_guessed_at() {
    for text in ["{", r#"{"schema":"kbp.canary-note/9"}"#] {
        let net = machine();
        put(&net.0, NOTE, text);
        for line in ["confirm", "enable --cores 1", LINE] {
            let (exit, error) = error(&net.0, line);
            assert_eq!(exit, Exit::Failed);
            assert!(
                error.contains("cannot read /run/kbp/canary.json"),
                "{error}"
            );
            assert!(error.contains("move that file away"), "{error}");
        }
        let status = kbpctl(&net.0, "status").expect("a status");
        assert_eq!(status.json["canary"]["state"], "unknown");
        assert!(
            status.text.contains("canary     cannot read"),
            "{}",
            status.text
        );
    }
}

// SPDX-License-Identifier: GPL-2.0
//! `--save`: the change and its saving come both, or neither does; what somebody wrote stays.

use super::*;

const FILE: &str = "/etc/kbp/kbp.toml";
const OLD: &str = "/etc/kbp/kbp.toml.old";

/// Every command that saves, on [`active`], and what it does there.
const SAVING: [(&str, &str); 3] = [
    ("enable --cores 1,2 --window 80 --save", "enable, store"),
    ("set --cores 2 --irq masked --save", "configure, store"),
    ("disable --save", "disable, store"),
];

fn file(fake: &Fake, path: &str) -> Option<String> {
    fake.0.borrow().files.get(Path::new(path)).cloned()
}

/// [`Fake::active`] where something else is saved.
fn active() -> Fake {
    let fake = Fake::active();
    put(&fake, "/usr/lib/kbp/kbp.toml", "[[serve]]\ncores = \"3\"\n");
    fake
}

/// States and configurations of all cores.
fn cores(fake: &Fake) -> Vec<(u32, u32, u32)> {
    let machine = fake.0.borrow();
    let what =
        |core: &abi::kbp_core_status| (core.state, core.config.irq_mode, core.config.window_us);
    machine.cores.values().map(what).collect()
}

#[test]
fn what_cannot_be_saved_changes_nothing() {
    for (line, _) in SAVING {
        for dry in ["", " --dry-run"] {
            let fake = active();
            fail(&fake, "may write", libc::EROFS);
            let (exit, said) = error(&fake, &format!("{line}{dry}"));
            assert_eq!(exit, Exit::Failed, "{said}");
            assert!(
                said.contains("nothing was changed: Read-only file"),
                "{said}"
            );
            assert!(!said.contains("dmesg"), "{said}");
            assert_eq!(log(&fake), "", "{line}");
        }
    }
}

#[test]
fn a_change_that_could_not_be_saved_is_undone() {
    for (line, acts) in SAVING {
        let fake = active();
        let before = cores(&fake);
        fail(&fake, "store", libc::ENOSPC);
        let (exit, said) = error(&fake, line);
        assert_eq!(exit, Exit::Failed, "{said}");
        assert!(
            said.contains("cannot write /etc/kbp/kbp.toml: No space left"),
            "{said}"
        );
        assert!(
            said.contains("the change of the cores was undone; make room"),
            "{said}"
        );
        assert_eq!(cores(&fake), before, "{line}");
        assert_eq!(file(&fake, FILE), None);
        fake.0.borrow_mut().fail.clear();
        log(&fake);
        text(&fake, line);
        assert_eq!(log(&fake), acts);
    }
}

#[test]
fn no_copy_is_left_of_a_file_that_stayed() {
    let fake = active();
    put(&fake, FILE, "# mine\n");
    fake.0.borrow_mut().fail_later = Some(("store", libc::EBUSY));
    let (_, said) = error(&fake, "enable --cores 1 --save");
    assert!(
        said.contains("the change of the cores was undone"),
        "{said}"
    );
    assert_eq!(file(&fake, OLD), None);
    assert_eq!(log(&fake), "enable, store, remove, disable");
}

#[test]
fn what_cannot_be_undone_either_is_named() {
    let fake = active();
    fail(&fake, "store", libc::EIO);
    fail(&fake, "disable", libc::ENOMEM);
    let (_, said) = error(&fake, "enable --cores 1 --save");
    assert!(
        said.contains("undoing the change failed too: core 1 stays enabled"),
        "{said}"
    );
    let fake = active();
    fake.0.borrow_mut().set_state(3, abi::KBP_CORE_YIELDED);
    fake.0.borrow_mut().offline.insert(3);
    fail(&fake, "store", libc::EIO);
    let (_, said) = error(&fake, "disable --save");
    assert!(
        said.contains("undoing the change failed too: core 3 stays disabled"),
        "{said}"
    );
    assert_eq!(core_state(&fake, 2), abi::KBP_CORE_POLLING);
    let fake = active();
    fail(&fake, "store", libc::EIO);
    fake.0.borrow_mut().fail_later = Some(("configure", libc::ENOMEM));
    let (_, said) = error(&fake, "set --cores 2 --irq masked --save");
    assert!(
        said.contains("failed too: core 2 stays as it was set"),
        "{said}"
    );
    let fake = active();
    fail(&fake, "store", libc::EIO);
    {
        let mut machine = fake.0.borrow_mut();
        machine.set_state(3, abi::KBP_CORE_YIELDED);
        machine.core(3).yield_reason = abi::KBP_YIELD_RESCUE;
    }
    let (_, said) = error(&fake, "enable --cores 3 --save");
    assert!(
        said.contains("core 3 is served again after a rescue"),
        "{said}"
    );
    let fake = active();
    fake.0.borrow_mut().endless.insert(2);
    let (_, said) = error(&fake, "disable --save");
    assert!(
        said.contains("has not ended") && said.contains("nothing was saved"),
        "{said}"
    );
    assert_eq!(file(&fake, FILE), None);
}

#[test]
fn a_file_that_cannot_be_understood_stays() {
    for (path, content) in [
        (FILE, "serve = ["),
        (FILE, "[[serve]]\ncores = \"1\"\nwindow = 5\n"),
        (FILE, "[[serve]]\ncores = \"1\"\nof-a-later-release = 1\n"),
        ("/etc/kbp/kbp.d/1.toml", "x"),
    ] {
        for (line, _) in SAVING {
            let fake = Fake::active();
            put(&fake, path, content);
            let (exit, said) = error(&fake, line);
            assert_eq!(exit, Exit::Usage, "{said}");
            let words = format!("cannot save; cannot use {path}; nothing was changed: line ");
            assert!(said.starts_with(&words), "{said}");
            assert_eq!(log(&fake), "");
            assert_eq!(file(&fake, path).as_deref(), Some(content));
        }
    }
    let fake = Fake::active();
    put(&fake, FILE, "");
    fail(&fake, FILE, libc::EISDIR);
    let (_, said) = error(&fake, "disable --save");
    assert!(
        said.contains("cannot read /etc/kbp/kbp.toml; nothing was changed"),
        "{said}"
    );
    assert!(said.contains("move the folder away"), "{said}");
    assert_eq!(log(&fake), "");
}

#[test]
fn what_a_hand_wrote_stays_or_is_kept() {
    const BY_HAND: &str = "# both of the second socket\n[[serve]]\ncores = \"numa:1\"\n";
    let fake = Fake::active();
    put(&fake, "/sys/devices/system/node/node1/cpulist", "2-3\n");
    put(&fake, FILE, BY_HAND);
    // It says the same, so it stays as it is; wherever it lies.
    fail(&fake, "may write", libc::EROFS);
    assert_eq!(
        text(&fake, "enable --cores 2-3 --save"),
        "cores 2-3: enabled; it is saved already"
    );
    assert_eq!(file(&fake, FILE).as_deref(), Some(BY_HAND));
    fake.0.borrow_mut().fail.clear();

    assert_eq!(
        text(&fake, "enable --cores 1 --save"),
        "core 1: enabled; saved, the file before is /etc/kbp/kbp.toml.old"
    );
    assert_eq!(file(&fake, OLD).as_deref(), Some(BY_HAND));
    assert!(file(&fake, FILE)
        .expect("a file")
        .contains("cores = \"1-3\""));
    // What --save wrote needs no copy.
    assert_eq!(
        text(&fake, "disable --cores 1 --save"),
        "core 1: disabled; saved"
    );
    // The next one by hand has a place of its own; the same one again has the same.
    put(&fake, FILE, "# mine\n");
    for cores in [1, 3] {
        text(&fake, &format!("disable --cores {cores} --save"));
        let kept = file(&fake, "/etc/kbp/kbp.toml.old.2");
        assert_eq!(kept.as_deref(), Some("# mine\n"));
        put(&fake, FILE, "# mine\n");
    }
    assert_eq!(file(&fake, OLD).as_deref(), Some(BY_HAND));
    assert_eq!(file(&fake, "/etc/kbp/kbp.toml.old.3"), None);
}

#[test]
fn force_is_not_forgotten() {
    let fake = Fake::active();
    text(&fake, "enable --cores 3 --force --save");
    text(&fake, "set --cores 3 --window 90 --save");
    text(&fake, "enable --cores 0 --force");
    text(&fake, "set --cores 2 --irq masked --save");
    let saved = file(&fake, FILE).expect("a file");
    assert_eq!(saved.matches("force = true").count(), 2, "{saved}");
    assert!(!saved.contains("\"2\"\nforce"), "{saved}");
    // Who needs it takes the last free core, so it comes last.
    let forced = saved.split("[[serve]]").map(|set| set.contains("force"));
    assert!(forced.is_sorted(), "{saved}");
}

#[test]
fn disable_saves_also_what_is_not_loaded() {
    let fake = Fake::new();
    put(&fake, FILE, "[[serve]]\ncores = \"2\"\n");
    assert!(text(&fake, "disable --save --dry-run").contains("would write /etc/kbp/kbp.toml"));
    assert_eq!(
        text(&fake, "disable --save"),
        "KBP is not loaded: no core is enabled; saved, the file before is /etc/kbp/kbp.toml.old"
    );
    assert_eq!(error(&fake, "reapply").0, Exit::NotActive);
}

#[test]
fn a_piece_that_changes_what_was_saved_is_named() {
    let fake = Fake::active();
    let piece = "/etc/kbp/kbp.d/50-more.toml";
    put(&fake, piece, "[[serve]]\ncores = \"2\"\n");
    assert_eq!(
        text(&fake, "disable --save"),
        "core 2: disabled; it is saved already, but /etc/kbp/kbp.d/50-more.toml changes it again"
    );
    let answer = kbpctl(&fake, "enable --cores 2 --save").expect("an answer");
    assert_eq!(answer.json["saved"]["changed_by"], serde_json::json!([]));
    put(&fake, piece, "[[serve]]\ncores = \"2\"\nirq = \"masked\"\n");
    let answer = kbpctl(&fake, "enable --cores 2 --save").expect("an answer");
    assert_eq!(answer.json["saved"]["written"], false);
    assert_eq!(
        answer.json["saved"]["changed_by"],
        serde_json::json!([piece])
    );
}

#[test]
fn nothing_is_written_where_nothing_is_missing() {
    // The package may have said it, and nothing at all says: no core.
    for (packaged, line) in [
        ("[[serve]]\ncores = \"2\"\n", "enable --cores 2 --save"),
        ("", "disable --save"),
    ] {
        let fake = Fake::active();
        put(&fake, "/usr/lib/kbp/kbp.toml", packaged);
        fail(&fake, "may write", libc::EROFS);
        assert!(text(&fake, line).ends_with("; it is saved already"));
        assert_eq!(file(&fake, FILE), None);
    }
    let fake = Fake::new();
    assert!(text(&fake, "disable --save").ends_with("; it is saved already"));
    // One of the package that cannot be used gives way.
    put(&fake, "/usr/lib/kbp/kbp.toml", "x");
    assert!(text(&fake, "disable --save").ends_with("; saved"));
    assert_eq!(error(&fake, "reapply").0, Exit::NotActive);
}

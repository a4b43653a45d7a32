// SPDX-License-Identifier: GPL-2.0
//! Loading: the ways it fails, and what an earlier load may have left.

use super::*;

#[test]
fn load_names_who_holds_the_transition_back_and_undoes_it() {
    let fake = Fake::new();
    fake.0.borrow_mut().stuck = Some(true);
    fake.add_task(4711, "spinner", 0);
    fake.add_task(4712, "switched", 1);
    let (exit, line) = error(&fake, "load --timeout 2s");
    assert_eq!(exit, Exit::TimedOut);
    assert_eq!(
        line,
        "the livepatch transition did not end within 2 s: held back by 4711 (spinner) in \
         kbp_test_wait+0x12/0x40; everything was undone; end or move that task, or give a longer \
         --timeout"
    );
    assert!(fake.0.borrow().modules.is_empty());
    assert_eq!(fake.now(), Duration::from_millis(2300));
}

#[test]
fn load_says_when_undoing_does_not_end_either() {
    let fake = Fake::new();
    fake.0.borrow_mut().stuck = Some(true);
    fail(&fake, "delete kbp_livepatch", libc::EAGAIN);
    let (exit, line) = error(&fake, "load --timeout 1s");
    assert_eq!(exit, Exit::TimedOut);
    assert!(
        line.contains("undoing it did not end in time either; run kbpctl unload"),
        "{line}"
    );
}

#[test]
fn load_waits_for_the_transition_of_another_livepatch() {
    let fake = Fake::new();
    fake.0
        .borrow_mut()
        .fail
        .insert("insert kbp_livepatch", (libc::EBUSY, 20));
    text(&fake, "load");
    let fake = Fake::new();
    fail(&fake, "insert kbp_livepatch", libc::EBUSY);
    let file = PathBuf::from("/sys/kernel/livepatch/vendor/transition");
    fake.0.borrow_mut().files.insert(file, "1\n".to_owned());
    let (exit, line) = error(&fake, "load --timeout 1s");
    assert_eq!(exit, Exit::TimedOut);
    assert!(
        line.contains("busy with the transition of vendor; everything was undone"),
        "{line}"
    );
    assert!(fake.0.borrow().modules.is_empty());
}

#[test]
fn load_finishes_what_was_left() {
    let at = |left: Option<Patch>| {
        let fake = Fake::active();
        fake.0.borrow_mut().patch = left;
        fake.0.borrow_mut().set_state(2, abi::KBP_CORE_OFF);
        assert!(text(&fake, "load").starts_with("KBP is loaded"));
        assert_eq!(patch(&fake), State::Enabled);
        log(&fake)
    };
    let since = Some(Duration::ZERO);
    assert_eq!(
        at(Some(Patch {
            enabled: true,
            since
        })),
        ""
    );
    assert_eq!(
        at(Some(Patch {
            enabled: false,
            since
        })),
        "write 1"
    );
    assert_eq!(at(None), "delete kbp_livepatch, insert kbp_livepatch");
}

#[test]
fn load_explains_what_the_kernel_refuses() {
    for (errno, exit, words) in [
        (
            libc::ENOEXEC,
            Exit::Unsupported,
            "not a module for kernel 6.1.0-test",
        ),
        (libc::ENOENT, Exit::Unsupported, "lacks a symbol"),
        (libc::EKEYREJECTED, Exit::Unsupported, "signed modules only"),
        (libc::EPERM, Exit::Unsupported, "module loading is closed"),
        (12, Exit::Failed, "Cannot allocate memory"),
    ] {
        let fake = Fake::new();
        fail(&fake, "insert kbp_livepatch", errno);
        let (got, line) = error(&fake, "load");
        assert_eq!(got, exit, "{line}");
        assert!(
            line.contains(words) && line.contains("everything was undone"),
            "{line}"
        );
        assert!(fake.0.borrow().modules.is_empty());
    }
}

#[test]
fn load_without_modules_names_the_places() {
    let fake = Fake::new();
    let (exit, line) = error(&fake, "load --dir /nowhere");
    assert_eq!(exit, Exit::Unsupported);
    assert!(line.contains("not both in /nowhere"), "{line}");
    fake.0
        .borrow_mut()
        .files
        .remove(&PathBuf::from("/lib/kbp/kbp_livepatch.ko"));
    let (_, line) = error(&fake, "load");
    assert!(
        line.contains("/lib/modules/6.1.0-test/updates/kbp"),
        "{line}"
    );
}

#[test]
fn load_finds_what_was_installed() {
    for (folder, ending) in [
        ("/lib/modules/6.1.0-test/updates/kbp", "ko"),
        ("/lib/modules/6.1.0-test/updates/dkms", "ko"),
        ("/lib/modules/6.1.0-test/updates/dkms", "ko.xz"),
        ("/lib/modules/6.1.0-test/extra", "ko.zst"),
    ] {
        let fake = Fake::new();
        for name in ["kbp", "kbp_livepatch"] {
            let built = PathBuf::from(format!("/lib/kbp/{name}.ko"));
            fake.0.borrow_mut().files.remove(&built);
            put(&fake, &format!("{folder}/{name}.{ending}"), "");
        }
        assert_eq!(
            text(&fake, "load --dry-run"),
            format!(
                "dry run: nothing was changed\nwould insert {folder}/kbp.{ending}\nwould insert \
                 {folder}/kbp_livepatch.{ending}"
            )
        );
    }
}

#[test]
fn load_says_that_the_kernel_does_not_unpack() {
    let fake = Fake::new();
    put(&fake, "/packed/kbp.ko.xz", "");
    put(&fake, "/packed/kbp_livepatch.ko.xz", "");
    fail(&fake, "insert kbp", libc::EOPNOTSUPP);
    let (exit, line) = error(&fake, "load --dir /packed");
    assert_eq!(exit, Exit::Unsupported);
    assert!(
        line.contains("the kernel refused /packed/kbp.ko.xz: it is compressed"),
        "{line}"
    );
}

#[test]
fn load_refuses_hooks_that_stay_dead() {
    let fake = Fake::new();
    fake.0.borrow_mut().hooks_dead = true;
    let (exit, line) = error(&fake, "load --timeout 1s");
    assert_eq!(exit, Exit::Failed);
    assert!(line.contains("does not see its hooks"), "{line}");
    assert!(fake.0.borrow().modules.is_empty());
    // What was enabled before stays.
    let fake = Fake::active();
    fake.0.borrow_mut().hooks_dead = true;
    put(&fake, "/sys/kernel/livepatch/vendor/enabled", "1\n");
    let (_, line) = error(&fake, "load --timeout 1s");
    assert!(line.contains("another livepatch (vendor) may"), "{line}");
    assert_eq!(log(&fake), "");
}

#[test]
fn load_stacks_on_the_livepatch_that_replaced_ours() {
    let fake = Fake::active();
    fake.0.borrow_mut().patch = None;
    put(&fake, "/sys/kernel/livepatch/vendor/enabled", "1\n");
    put(&fake, "/sys/kernel/livepatch/vendor/replace", "1\n");
    let (exit, line) = error(&fake, "enable --cores 1");
    assert_eq!(exit, Exit::NotActive);
    assert_eq!(
        line,
        "cannot enable core 1: another livepatch, vendor, took the place of KBP's; run kbpctl load"
    );
    assert_eq!(
        text(&fake, "load --dry-run"),
        "dry run: nothing was changed\nwould remove module kbp_livepatch\nwould insert \
         /lib/kbp/kbp_livepatch.ko"
    );
    text(&fake, "load");
    assert_eq!(log(&fake), "delete kbp_livepatch, insert kbp_livepatch");
    assert_eq!(patch(&fake), State::Enabled);
    text(&fake, "unload");
}

#[test]
fn load_says_when_the_old_livepatch_does_not_go() {
    let fake = Fake::active();
    fake.0.borrow_mut().patch = None;
    fail(&fake, "delete kbp_livepatch", libc::EAGAIN);
    let (exit, line) = error(&fake, "load --timeout 1s");
    assert_eq!(exit, Exit::TimedOut);
    assert!(
        line.contains("an old kbp_livepatch.ko could not be removed within 1 s"),
        "{line}"
    );
    assert!(line.contains("/sys/module/kbp_livepatch/refcnt"), "{line}");
}

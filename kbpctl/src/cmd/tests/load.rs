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
    const TRANSITION: &str = "/sys/kernel/livepatch/vendor/transition";
    let fake = Fake::new();
    fake.0
        .borrow_mut()
        .fail
        .insert("insert kbp_livepatch", (libc::EBUSY, 20));
    put(&fake, TRANSITION, "1\n");
    text(&fake, "load");
    let fake = Fake::new();
    fail(&fake, "insert kbp_livepatch", libc::EBUSY);
    put(&fake, TRANSITION, "1\n");
    let (exit, line) = error(&fake, "load --timeout 1s");
    assert_eq!(exit, Exit::TimedOut);
    assert!(
        line.contains("busy with the transition of vendor; everything was undone"),
        "{line}"
    );
    assert!(fake.0.borrow().modules.is_empty());
}

#[test]
fn load_does_not_wait_for_a_transition_that_is_not_there() {
    const USERS: &str = "/sys/kernel/tracing/enabled_functions";
    let at_once = |fake: &Fake| {
        fail(fake, "insert kbp_livepatch", libc::EBUSY);
        let (exit, line) = error(fake, "load");
        assert_eq!(exit, Exit::Unsupported, "{line}");
        assert!(line.contains("everything was undone"), "{line}");
        assert!(fake.0.borrow().modules.is_empty());
        assert_eq!(fake.now(), Duration::ZERO, "{line}");
        line
    };
    let fake = Fake::new();
    let line = at_once(&fake);
    assert!(
        line.contains("no livepatch is in transition, and another"),
        "{line}"
    );
    // One that is there and not on its way is not waited for.
    put(&fake, "/sys/kernel/livepatch/vendor/transition", "0\n");
    put(
        &fake,
        USERS,
        "__napi_schedule (1) R I  M \ttramp: 0xffffffffc0205000 (klp_ftrace_handler+0x0/0x1c0)\n\
         __raise_softirq_irqoff (1) R I  M \ttramp: 0xffffffffc0205000 (after+0x0/0x20 [probe])\n",
    );
    let line = at_once(&fake);
    assert!(
        line.contains("after [probe] has __raise_softirq_irqoff, and ftrace gives"),
        "{line}"
    );
}

#[test]
fn load_says_that_ftrace_is_off() {
    let fake = Fake::new();
    put(&fake, "/proc/sys/kernel/ftrace_enabled", "0\n");
    for line in ["load", "load --dry-run", "load --unverified"] {
        let (exit, error) = error(&fake, line);
        assert_eq!(exit, Exit::Unsupported);
        assert!(
            error.contains("run sysctl kernel.ftrace_enabled=1"),
            "{error}"
        );
    }
    assert_eq!(log(&fake), "");
    put(&fake, "/proc/sys/kernel/ftrace_enabled", "1\n");
    text(&fake, "load");
    // Nothing has to be put in: nobody asks.
    put(&fake, "/proc/sys/kernel/ftrace_enabled", "0\n");
    text(&fake, "load");
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

/// `kbp.ko` is relocated to functions that a compiler may have taken apart.
#[test]
fn load_names_the_symbols_that_a_kernel_lacks() {
    let fake = Fake::new();
    fail(&fake, "insert kbp", libc::EINVAL);
    let (exit, line) = error(&fake, "load");
    assert_eq!(exit, Exit::Failed);
    assert!(line.contains("dmesg"), "{line}");
    put(
        &fake,
        "/proc/kallsyms",
        "0000000000000000 T __napi_schedule\n0000000000000000 T __napi_schedule_irqoff\n\
         0000000000000000 T __raise_softirq_irqoff\n0000000000000000 t napi_watchdog\n\
         0000000000000000 T raise_softirq_irqoff\n0000000000000000 T rcu_softirq_qs\n\
         0000000000000000 t klp_update_patch_state\t[not_of_the_kernel]\n\
         0000000000000000 D __tracepoint_softirq_raise\n\
         0000000000000000 t __napi_poll.constprop.0\n",
    );
    let (exit, line) = error(&fake, "load");
    assert_eq!(exit, Exit::Unsupported);
    for words in [
        "__napi_poll does not exist: the compiler made __napi_poll.constprop.0 of it",
        "klp_update_patch_state does not exist: the compiler may have put it into its callers",
        "kbpctl verify --image",
    ] {
        assert!(line.contains(words), "{line}");
    }
    assert!(!line.contains("dmesg"), "{line}");
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

/// What `kbp.ko` is to the fake, packed in ways that the kernel unpacks seldom or never.
const MODULE: &[u8] = b"\x7fELF of kbp.ko\n";
/// By plain `xz`: the kernel knows no CRC64.
#[rustfmt::skip]
const XZ: &[u8] = &[
    0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x04, 0xe6, 0xd6, 0xb4, 0x46, 0x02, 0x00, 0x21, 0x01,
    0x16, 0x00, 0x00, 0x00, 0x74, 0x2f, 0xe5, 0xa3, 0x01, 0x00, 0x0e, 0x7f, 0x45, 0x4c, 0x46, 0x20,
    0x6f, 0x66, 0x20, 0x6b, 0x62, 0x70, 0x2e, 0x6b, 0x6f, 0x0a, 0x00, 0x00, 0x95, 0xff, 0x56, 0xed,
    0x47, 0x84, 0x53, 0x9a, 0x00, 0x01, 0x27, 0x0f, 0xdf, 0x1a, 0xfc, 0x6a, 0x1f, 0xb6, 0xf3, 0x7d,
    0x01, 0x00, 0x00, 0x00, 0x00, 0x04, 0x59, 0x5a,
];
/// By plain `zstd`.
#[rustfmt::skip]
const ZSTD: &[u8] = &[
    0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x58, 0x79, 0x00, 0x00, 0x7f, 0x45, 0x4c, 0x46, 0x20, 0x6f, 0x66,
    0x20, 0x6b, 0x62, 0x70, 0x2e, 0x6b, 0x6f, 0x0a, 0x44, 0x31, 0xe2, 0x17,
];
/// By plain `gzip`: Debian's kernels unpack xz only.
#[rustfmt::skip]
const GZIP: &[u8] = &[
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xab, 0x77, 0xf5, 0x71, 0x53, 0xc8,
    0x4f, 0x53, 0xc8, 0x4e, 0x2a, 0xd0, 0xcb, 0xce, 0xe7, 0x02, 0x00, 0x63, 0xc7, 0x8b, 0xfb, 0x0f,
    0x00, 0x00, 0x00,
];

fn put_packed(fake: &Fake, folder: &str, ending: &str, packed: &[u8]) {
    for name in ["kbp", "kbp_livepatch"] {
        let file = PathBuf::from(format!("{folder}/{name}.{ending}"));
        fake.0.borrow_mut().bytes.insert(file, packed.to_owned());
    }
}

#[test]
fn load_finds_what_was_installed() {
    for (folder, ending, content) in [
        ("/lib/modules/6.1.0-test/updates/kbp", "ko", MODULE),
        ("/lib/modules/6.1.0-test/updates/dkms", "ko", MODULE),
        ("/lib/modules/6.1.0-test/updates/dkms", "ko.xz", XZ),
        ("/lib/modules/6.1.0-test/extra", "ko.zst", ZSTD),
        ("/lib/modules/6.1.0-test/extra", "ko.gz", GZIP),
    ] {
        let fake = Fake::new();
        for name in ["kbp", "kbp_livepatch"] {
            let built = PathBuf::from(format!("/lib/kbp/{name}.ko"));
            fake.0.borrow_mut().files.remove(&built);
        }
        put_packed(&fake, folder, ending, content);
        assert_eq!(
            text(&fake, "load --dry-run"),
            format!(
                "dry run: nothing was changed\nwould insert {folder}/kbp.{ending}\nwould insert \
                 {folder}/kbp_livepatch.{ending}"
            )
        );
        // The fake takes what was packed, and that alone.
        text(&fake, "load");
    }
}

#[test]
fn load_says_what_cannot_be_unpacked() {
    for (ending, packed, words, cure) in [
        (
            "ko.gz",
            &GZIP[..20],
            "it is damaged: it does not unpack (gzip",
            "install kbp-dkms again",
        ),
        (
            "ko.xz",
            b"",
            "there is no module in it",
            "install kbp-dkms again",
        ),
        (
            "ko.zst",
            b"BZh9 and so on",
            "packed with bzip2, not with gzip, xz",
            "unpack kbp.ko and",
        ),
    ] {
        let fake = Fake::new();
        put_packed(&fake, "/packed", ending, packed);
        for line in ["load --dir /packed", "load --dir /packed --dry-run"] {
            let (exit, error) = error(&fake, line);
            assert_eq!(exit, Exit::Unsupported);
            let file = format!("cannot unpack /packed/kbp.{ending}: ");
            assert!(error.starts_with(&file), "{error}");
            assert!(error.contains(words) && error.contains(cure), "{error}");
        }
        assert_eq!(log(&fake), "");
    }
}

#[test]
fn load_sends_nobody_to_build_what_the_build_refuses() {
    let config = |text: &str| {
        let fake = Fake::new();
        fake.0
            .borrow_mut()
            .files
            .remove(&PathBuf::from("/lib/kbp/kbp.ko"));
        put(&fake, "/boot/config-6.1.0-test", text);
        error(&fake, "load").1
    };
    const GOOD: &str = "CONFIG_X86_64=y\nCONFIG_SMP=y\nCONFIG_NET=y\nCONFIG_LIVEPATCH=y\n";
    let line = config(GOOD);
    assert!(line.contains("install kbp-dkms and the headers"), "{line}");
    for (text, why) in [
        (
            format!("{GOOD}CONFIG_PREEMPT_RT=y\n"),
            "it has CONFIG_PREEMPT_RT, and there, bottom",
        ),
        (
            GOOD.replace("CONFIG_LIVEPATCH=y", "# CONFIG_LIVEPATCH is not set"),
            "it lacks CONFIG_LIVEPATCH",
        ),
    ] {
        let line = config(&text);
        assert!(line.contains(why), "{line}");
        assert!(
            line.contains("boot another kernel: KBP cannot be built for 6.1.0-test"),
            "{line}"
        );
        assert!(!line.contains("headers"), "{line}");
    }
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

// SPDX-License-Identifier: GPL-2.0
//! Verdicts: how `verify` tells them, and how `load` asks for them.

use kbp_verify::{Check, Report, Verdict};

use super::*;
use crate::sys::fake::{BUILD_ID, RECORD};

const IMAGE: &str = "/boot/vmlinuz-6.1.0-test";

fn report(build_id: &str, verdict: Verdict, reasons: &[&str]) -> Report {
    Report {
        kernel: Some("6.1.0-test".to_owned()),
        build_id: Some(build_id.to_owned()),
        verdict,
        checks: vec![
            Check {
                name: "config".to_owned(),
                verdict: Verdict::Ok,
                reasons: Vec::new(),
                notes: Vec::new(),
            },
            Check {
                name: "raise-sites".to_owned(),
                verdict,
                reasons: reasons.iter().map(|reason| (*reason).to_owned()).collect(),
                notes: vec!["a note".to_owned()],
            },
        ],
    }
}

/// A machine whose kernel nobody has looked at, with its image and this to be found in it.
fn unverified(found: Option<Report>) -> Fake {
    let fake = Fake::new();
    fake.0.borrow_mut().files.remove(&PathBuf::from(RECORD));
    if found.is_some() {
        put(&fake, IMAGE, "an image");
    }
    fake.0.borrow_mut().report = found;
    fake
}

fn ok() -> Option<Report> {
    Some(report(BUILD_ID, Verdict::Ok, &[]))
}

#[test]
fn each_verdict_has_its_exit_code_and_its_reasons() {
    let fake = unverified(ok());
    for (verdict, exit, words) in [
        (Verdict::Ok, Exit::Ok, "ok: KBP may be loaded"),
        (
            Verdict::Unsafe,
            Exit::CheckFailed,
            "unsafe: KBP must not be loaded",
        ),
        (
            Verdict::Unknown,
            Exit::Unsupported,
            "unknown: it cannot be told",
        ),
    ] {
        fake.0.borrow_mut().report = Some(report(BUILD_ID, verdict, &["evil() raises NET_RX"]));
        for line in ["verify", "verify --running", "verify --kernel 6.1.0-test"] {
            let answer = kbpctl(&fake, line).expect(line);
            assert_eq!(answer.exit, exit);
            assert!(answer.text.contains(words), "{}", answer.text);
            assert!(
                answer.text.contains("evil() raises NET_RX"),
                "{}",
                answer.text
            );
        }
    }
    assert_eq!(log(&fake), "", "verify changes nothing");
}

#[test]
fn the_document_of_a_verdict() {
    let fake = unverified(Some(report(
        BUILD_ID,
        Verdict::Unsafe,
        &["evil() raises NET_RX"],
    )));
    put(&fake, "/boot/config-6.1.0-test", "CONFIG_SMP=y\n");
    let answer = kbpctl(&fake, "verify").expect("verify");
    insta::assert_snapshot!("verify", output::document(&answer.json, Form::Pretty));
}

#[test]
fn verify_needs_no_privilege() {
    let fake = unverified(ok());
    fake.0.borrow_mut().capabilities = (false, false);
    text(&fake, "verify");
}

#[test]
fn verify_says_what_it_cannot_look_at() {
    let fake = unverified(None);
    for (line, exit, words) in [
        (
            "verify",
            Exit::Unsupported,
            "/lib/modules/6.1.0-test/vmlinuz; name it with",
        ),
        (
            "verify --kernel 7.9",
            Exit::Unsupported,
            "there is none of /boot/vmlinuz-7.9",
        ),
        (
            "verify --kernel ../7.9",
            Exit::Usage,
            "as uname -r prints it",
        ),
        ("verify --image /none", Exit::Failed, "no image /none"),
        (
            "verify --image /lib/kbp/kbp.ko",
            Exit::Unsupported,
            "no kernel image for x86-64",
        ),
        (
            "verify --image /lib/kbp/kbp.ko --config /none",
            Exit::Failed,
            "cannot read /none",
        ),
        (
            "verify --image /lib/kbp/kbp.ko --config /none",
            Exit::Failed,
            "name the configuration of this kernel: /boot/config-RELEASE or /proc/config.gz",
        ),
        (
            "verify --image /lib/kbp/kbp.ko --config /lib/kbp/kbp.ko",
            Exit::Unsupported,
            "it names no option that is on",
        ),
    ] {
        let (got, error) = error(&fake, line);
        assert_eq!(got, exit, "{error}");
        assert!(error.contains(words), "{error}");
        assert!(!error.contains("dmesg"), "{error}");
    }
}

#[test]
fn an_image_of_another_build_is_not_the_running_kernel() {
    let fake = unverified(Some(report("abcd", Verdict::Ok, &[])));
    for line in ["verify", "load"] {
        let (exit, error) = error(&fake, line);
        assert_eq!(exit, Exit::Unsupported);
        assert!(
            error.contains("its build id is abcd, that of the running kernel"),
            "{error}"
        );
    }
    assert_eq!(log(&fake), "");
    // Of a kernel that does not run, nothing is wrong with it.
    text(&fake, "verify --kernel 6.1.0-test");
}

#[test]
fn good_verdicts_are_recorded_and_others_are_not() {
    let fake = unverified(ok());
    assert!(text(&fake, "verify --record").ends_with(RECORD));
    assert_eq!(log(&fake), "store");
    // Now the record is enough.
    fake.0.borrow_mut().files.remove(&PathBuf::from(IMAGE));
    assert_eq!(
        kbpctl(&fake, "load").expect("load").json["verified"],
        "recorded"
    );
    let fake = unverified(Some(report(BUILD_ID, Verdict::Unknown, &[])));
    assert!(text(&fake, "verify --record").contains("not recorded"));
    assert_eq!(log(&fake), "");
    let fake = unverified(ok());
    fail(&fake, "store", libc::EPERM);
    assert_eq!(error(&fake, "verify --record").0, Exit::Permission);
}

#[test]
fn load_looks_at_the_image_when_nobody_has() {
    let fake = unverified(ok());
    assert_eq!(kbpctl(&fake, "load").expect("load").json["verified"], "now");
    assert_eq!(log(&fake), "store, insert kbp, insert kbp_livepatch");
    // A verdict that cannot be recorded is good all the same.
    let fake = unverified(ok());
    fail(&fake, "store", libc::EPERM);
    text(&fake, "load");
    let fake = unverified(ok());
    let dry = text(&fake, "load --dry-run");
    assert!(
        dry.contains(&format!("would write {RECORD}\nwould insert")),
        "{dry}"
    );
    assert_eq!(log(&fake), "");
}

#[test]
fn load_refuses_a_kernel_that_is_not_fit() {
    let reasons = ["a", "b", "c", "evil() raises NET_RX"];
    for (verdict, exit, words) in [
        (
            Verdict::Unsafe,
            Exit::CheckFailed,
            "is not safe for KBP; nothing was loaded",
        ),
        (
            Verdict::Unknown,
            Exit::Unsupported,
            "could not be verified; nothing was loaded",
        ),
    ] {
        let fake = unverified(Some(report(BUILD_ID, verdict, &reasons)));
        for line in ["load", "load --dry-run"] {
            let (got, error) = error(&fake, line);
            assert_eq!(got, exit);
            assert!(error.contains(words), "{error}");
            assert!(error.contains("raise-sites: c; and 1 more"), "{error}");
            assert!(error.contains("--unverified"), "{error}");
        }
        assert_eq!(log(&fake), "");
        let loaded = kbpctl(&fake, "load --unverified").expect("load");
        assert_eq!(loaded.json["verified"], "no");
        // Nothing has to be put in: nobody asks.
        assert_eq!(text(&fake, "load"), "KBP is already loaded");
    }
}

#[test]
fn load_refuses_a_kernel_that_nobody_can_look_at() {
    let fake = unverified(None);
    let (exit, error) = error(&fake, "load");
    assert_eq!(exit, Exit::Unsupported);
    assert_eq!(
        error,
        format!(
            "kernel 6.1.0-test is not verified; nothing was loaded: KBP {} has no good verdict in \
             {RECORD}, and there is none of {IMAGE}, /usr/lib/modules/6.1.0-test/vmlinuz, \
             /lib/modules/6.1.0-test/vmlinuz; run kbpctl verify --image FILE --record with its \
             image, or add --unverified",
            env!("CARGO_PKG_VERSION")
        )
    );
    assert_eq!(log(&fake), "");
    text(&fake, "load --unverified");
}

#[test]
fn only_a_record_of_this_kernel_and_this_kbp_counts() {
    let fake = Fake::new();
    let good = fake.read(Path::new(RECORD)).expect("the record");
    text(&fake, "load --dry-run");
    let version = env!("CARGO_PKG_VERSION");
    for bad in [
        good.replace(version, "0.0.9"),
        good.replace("\"ok\"", "\"unknown\""),
        good.replace(BUILD_ID, "abcd"),
        good.replace("kbp.verify/1", "kbp.verify/9"),
        good[..good.len() - 2].to_owned(),
        String::new(),
    ] {
        put(&fake, RECORD, &bad);
        assert_eq!(error(&fake, "load").0, Exit::Unsupported, "{bad}");
    }
    put(&fake, RECORD, &good);
    put(&fake, "/sys/kernel/notes", "");
    assert!(error(&fake, "load").1.contains("for lack of a build id"));
    assert_eq!(log(&fake), "");
}

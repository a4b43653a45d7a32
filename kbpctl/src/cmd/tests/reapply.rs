// SPDX-License-Identifier: GPL-2.0
//! What is saved, and how it comes back.

use super::*;

const FILE: &str = "/etc/kbp/kbp.toml";

fn saved(fake: &Fake) -> String {
    fake.0.borrow().files[&PathBuf::from(FILE)].clone()
}

#[test]
fn what_was_saved_is_served_again_after_a_boot() {
    let fake = Fake::new();
    text(&fake, "load");
    text(
        &fake,
        "enable --cores 2,3 --irq masked --idle adaptive:300 --save",
    );
    text(
        &fake,
        "enable --cores 1 --sched other:-5 --window 80 --save",
    );
    let file = saved(&fake);
    assert_eq!(
        file,
        "# Written by kbpctl --save. kbpctl reapply serves these cores again.\n[[serve]]\ncores = \
         \"1\"\nsched = \"other:-5\"\nwindow = 80\n\n[[serve]]\ncores = \"2-3\"\nirq = \
         \"masked\"\nidle = \"adaptive:300\"\n"
    );

    let booted = Fake::new();
    put(&booted, FILE, &file);
    assert_eq!(
        text(&booted, "reapply"),
        "KBP is loaded and its hooks are live (0.3 s)\ncore 1: enabled; set sched=other, nice=-5, \
         window_us=80\ncores 2-3: enabled; set irq=masked, idle=adaptive, spin_us=300"
    );
    text(&booted, "disable --cores 1 --save");
    assert!(!saved(&booted).contains("cores = \"1\""));
    log(&booted);
    // Nothing is missing, so nothing is done.
    assert!(text(&booted, "reapply").contains("already enabled"));
    assert_eq!(log(&booted), "enable");
}

#[test]
fn every_option_comes_back() {
    let fake = Fake::active();
    text(
        &fake,
        "enable --cores 2 --irq masked --idle adaptive:9 --away softirq --sched other:7 \
         --max-exit-latency 5 --window 60 --spacing 200 --rescue 50 --retry never --share 1/3 --save",
    );
    let booted = Fake::active();
    put(&booted, FILE, &saved(&fake));
    text(&booted, "reapply");
    let config = |fake: &Fake| fake.0.borrow().cores[&2].config;
    assert_eq!(config(&booted), config(&fake));
    let left = kbp_uapi::kbp_core_config::default();
    // An option that is missing above is one whose field has its default, as adaptive is.
    let differ = crate::cores::config::differing(u32::MAX, &config(&fake), &left);
    assert_eq!(differ | abi::KBP_FIELD_IDLE_POLICY, abi::KBP_FIELDS_ALL);
}

#[test]
fn it_comes_back_when_another_livepatch_has_taken_the_hooks() {
    let fake = Fake::active();
    text(&fake, "enable --cores 2 --save");
    fake.0.borrow_mut().patch = None;
    put(&fake, "/sys/kernel/livepatch/vendor/enabled", "1\n");
    log(&fake);
    text(&fake, "reapply");
    assert_eq!(
        log(&fake),
        "delete kbp_livepatch, insert kbp_livepatch, enable"
    );
}

#[test]
fn nothing_saved_is_said() {
    let fake = Fake::new();
    let (exit, line) = error(&fake, "reapply");
    assert_eq!(exit, Exit::NotActive);
    assert!(line.contains("--save"), "{line}");
}

#[test]
fn the_administrators_file_goes_before_the_packaged_one_and_pieces_add_to_it() {
    let fake = Fake::new();
    put(&fake, "/usr/lib/kbp/kbp.toml", "[[serve]]\ncores = \"1\"\n");
    assert!(text(&fake, "reapply").contains("core 1: enabled"));
    put(&fake, FILE, "[[serve]]\ncores = \"2\"\n");
    put(
        &fake,
        "/etc/kbp/kbp.d/50-more.toml",
        "[[serve]]\ncores = \"3\"\nrescue = \"500\"\n",
    );
    put(&fake, "/etc/kbp/kbp.d/README", "not this");
    let said = text(&fake, "reapply");
    assert!(!said.contains("core 1:"), "{said}");
    assert!(
        said.ends_with(
            "core 2: enabled\ncore 3: enabled; set rescue_ms=500\npassed over in \
             /etc/kbp/kbp.d: README"
        ),
        "{said}"
    );
}

#[test]
fn a_dry_run_writes_nothing() {
    let fake = Fake::active();
    assert!(
        text(&fake, "enable --cores 3 --save --dry-run").contains("would write /etc/kbp/kbp.toml")
    );
    assert!(!fake.0.borrow().files.contains_key(&PathBuf::from(FILE)));
}

#[test]
fn status_says_what_the_next_boot_brings() {
    let fake = Fake::active();
    assert!(!text(&fake, "status").contains("next boot"));
    put(&fake, "/lib/modules/6.1.0-test/vmlinuz", "");
    assert!(!text(&fake, "status").contains("next boot"));
    put(&fake, "/lib/modules/6.12.9-amd64/modules.dep", "");
    assert!(!text(&fake, "status").contains("next boot"));
    put(&fake, "/boot/vmlinuz-6.12.9-amd64", "");
    assert!(text(&fake, "status").contains("next boot  6.12.9-amd64: no modules of KBP"));
    // What comes before a version, and a kernel for which no headers help.
    put(&fake, "/lib/modules/6.12.9-rc3-amd64/vmlinuz", "");
    assert!(text(&fake, "status").contains("next boot  6.12.9-amd64:"));
    for (release, why) in [
        ("6.12.10-rt-amd64", "it is a real-time kernel"),
        ("6.12.11-rt7", "it is a real-time kernel"),
    ] {
        put(&fake, &format!("/lib/modules/{release}/vmlinuz"), "");
        let said = text(&fake, "status");
        let words = format!("next boot  {release}: KBP cannot be built for it: {why}");
        assert!(said.contains(&words), "{said}");
        assert!(!said.contains("dkms"), "{said}");
        let answer = kbpctl(&fake, "status").expect("a status");
        assert!(answer.json["newest_kernel"]["refused"].is_string());
        let gone = PathBuf::from(format!("/lib/modules/{release}/vmlinuz"));
        fake.0.borrow_mut().files.remove(&gone);
    }
    for name in ["kbp", "kbp_livepatch"] {
        put(
            &fake,
            &format!("/lib/modules/6.12.9-amd64/updates/dkms/{name}.ko"),
            "",
        );
    }
    assert!(text(&fake, "status").contains("6.12.9-amd64: KBP's modules are installed"));
}

const NOTE: &str = "/var/lib/kbp/boot";
const BOOT: &str = "/proc/sys/kernel/random/boot_id";

/// A machine in boot `id` that has something saved.
fn booted(id: &str) -> Fake {
    let fake = Fake::new();
    put(&fake, BOOT, id);
    put(&fake, FILE, "[[serve]]\ncores = \"2\"\n");
    fake
}

fn note(fake: &Fake) -> Option<String> {
    fake.0.borrow().files.get(Path::new(NOTE)).cloned()
}

#[test]
fn at_boot_a_note_is_on_the_disk_before_anything_is_done() {
    let fake = booted("1-1\n");
    text(&fake, "reapply --boot");
    assert_eq!(
        log(&fake),
        "store, insert kbp, insert kbp_livepatch, enable"
    );
    assert_eq!(note(&fake).as_deref(), Some("1-1 6.1.0-test\n"));
    // Once more in the same boot: it lives.
    text(&fake, "reapply --boot");
    assert!(!text(&fake, "status").contains("did not survive"));
}

#[test]
fn a_boot_that_did_not_survive_is_not_repeated() {
    let fake = booted("2-2\n");
    put(&fake, NOTE, "1-1 6.1.0-bad\n");
    let (exit, line) = error(&fake, "reapply --boot");
    assert_eq!(exit, Exit::CheckFailed);
    assert!(
        line.contains("6.1.0-bad") && line.contains("remove /var/lib/kbp/boot"),
        "{line}"
    );
    assert_eq!(log(&fake), "");
    assert!(text(&fake, "status").contains("an earlier boot of kernel 6.1.0-bad did not survive"));
    // By hand it goes, and the next boot is still warned.
    text(&fake, "reapply");
    assert_eq!(note(&fake).as_deref(), Some("1-1 6.1.0-bad\n"));
}

#[test]
fn a_boot_whose_reapply_failed_in_good_order_has_survived() {
    let fake = booted("1-1\n");
    fail(&fake, "insert kbp", 12);
    error(&fake, "reapply --boot");
    assert_eq!(note(&fake), None);

    let fake = booted("1-1\n");
    fail(&fake, "store", 30);
    let (_, line) = error(&fake, "reapply --boot");
    assert!(
        line.starts_with("cannot write /var/lib/kbp/boot; nothing was changed"),
        "{line}"
    );
    assert_eq!(note(&fake), None);
    assert_eq!(log(&fake), "remove");

    // A core that is served now could still bring the machine down.
    let fake = booted("1-1\n");
    let more = "[[serve]]\ncores = \"2\"\n[[serve]]\ncores = \"3\"\n";
    put(&fake, FILE, more);
    fake.0.borrow_mut().offline.insert(3);
    error(&fake, "reapply --boot");
    assert_eq!(note(&fake).as_deref(), Some("1-1 6.1.0-test\n"));

    // A note that stays would say of this boot that it died.
    let fake = booted("1-1\n");
    fail(&fake, "insert kbp", 12);
    fail(&fake, "remove", libc::EROFS);
    let (_, line) = error(&fake, "reapply --boot");
    assert!(
        line.contains("/var/lib/kbp/boot could not be removed (Read-only file system"),
        "{line}"
    );
}

#[test]
fn a_note_that_cannot_be_understood_is_one() {
    for content in ["", "garbage", "1-1"] {
        let fake = booted("1-1\n");
        put(&fake, NOTE, content);
        assert_eq!(error(&fake, "reapply --boot").0, Exit::CheckFailed);
        assert_eq!(note(&fake).as_deref(), Some(content));
        assert_eq!(log(&fake), "");
    }
    let fake = booted("1-1\n");
    put(&fake, NOTE, "1-1 6.1.0-test\n");
    fail(&fake, NOTE, libc::EIO);
    assert_eq!(error(&fake, "reapply --boot").0, Exit::CheckFailed);
    let fake = Fake::new();
    let (_, line) = error(&fake, "reapply --boot");
    assert!(
        line.contains("cannot read /proc/sys/kernel/random/boot_id"),
        "{line}"
    );
    assert_eq!(log(&fake), "");
}

#[test]
fn a_set_that_fails_keeps_none_of_the_others() {
    let sets = "[[serve]]\ncores = \"3\"\n[[serve]]\ncores = \"irq-of:ens9\"\n\
                [[serve]]\ncores = \"numa:4\"\n[[serve]]\ncores = \"0\"\n\
                [[serve]]\ncores = \"2\"\n";
    for line in ["reapply", "reapply --boot --wait 1s"] {
        let fake = booted("1-1\n");
        put(&fake, FILE, sets);
        fake.0.borrow_mut().offline.insert(3);
        let (exit, said) = error(&fake, line);
        assert_eq!(exit, Exit::Failed);
        assert!(
            said.starts_with(
                "cannot enable core 3: core 3 is offline; online are 0-3; it stands in"
            ),
            "{said}"
        );
        for words in [
            "line 2; and cannot use irq-of:ens9: there is no interface \"ens9\" here",
            "line 4; and cannot use numa:4: there is no NUMA node 4",
            "line 6; and cannot enable core 0: core 0 runs work",
            "line 8; the rest is done: KBP is loaded and its hooks are live (0.3 s); core 2: \
             enabled; echo 1",
        ] {
            assert!(said.contains(words), "{words} in {said}");
        }
        assert!(!said.contains("nothing was changed"), "{said}");
        assert_eq!(core_state(&fake, 2), abi::KBP_CORE_POLLING);
    }
}

#[test]
fn what_concerns_all_is_said_once() {
    let fake = Fake::new();
    let sets = "[[serve]]\ncores = \"2\"\n[[serve]]\ncores = \"3\"\n";
    put(&fake, FILE, sets);
    fail(&fake, "enable", libc::EACCES);
    let (exit, said) = error(&fake, "reapply");
    assert_eq!(exit, Exit::Permission);
    assert!(!said.contains("; and "), "{said}");
}

#[test]
fn nothing_is_loaded_for_hardware_that_is_not_there() {
    let fake = Fake::new();
    let sets = "[[serve]]\ncores = \"irq-of:ens9\"\n[[serve]]\ncores = \"numa:4\"\n";
    put(&fake, FILE, sets);
    let (exit, said) = error(&fake, "reapply");
    assert_eq!(exit, Exit::Failed);
    assert!(said.contains("ens9") && said.contains("numa:4"), "{said}");
    assert_eq!(log(&fake), "");
}

/// The NIC `name`, whose packets come to `core`, `after` so many milliseconds.
fn comes(fake: &Fake, after: u64, name: &str, core: u32) {
    let irq = 30 + core;
    for (path, text) in [
        (format!("/sys/class/net/{name}/flags"), "0x1003".to_owned()),
        (
            format!("/sys/class/net/{name}/device/msi_irqs/{irq}"),
            String::new(),
        ),
        (
            format!("/sys/kernel/irq/{irq}/actions"),
            format!("{name}-TxRx-0"),
        ),
        (
            format!("/proc/irq/{irq}/smp_affinity_list"),
            core.to_string(),
        ),
        (
            format!("/proc/irq/{irq}/effective_affinity_list"),
            core.to_string(),
        ),
    ] {
        let come = (Duration::from_millis(after), PathBuf::from(path), text);
        fake.0.borrow_mut().late.push(come);
    }
}

#[test]
fn at_boot_an_interface_that_comes_late_is_waited_for_while_the_others_are_served() {
    let sets = "[[serve]]\ncores = \"irq-of:ens3\"\nirq = \"masked\"\n\
                [[serve]]\ncores = \"1\"\n[[serve]]\ncores = \"irq-of:ens4\"\n";
    let fake = booted("1-1\n");
    put(&fake, FILE, sets);
    comes(&fake, 9000, "ens3", 3);
    comes(&fake, 5000, "ens4", 2);
    assert_eq!(
        text(&fake, "reapply --boot"),
        "KBP is loaded and its hooks are live (0.3 s)\ncore 3: enabled; set irq=masked\ncore 1: \
         enabled\ncore 2: enabled"
    );
    assert!(fake.now() > Duration::from_secs(9) && fake.now() < Duration::from_secs(10));

    // Core 1 is served at once, and stays so when one does not come in time.
    let fake = booted("1-1\n");
    put(&fake, FILE, sets);
    comes(&fake, 60_000, "ens3", 3);
    comes(&fake, 5000, "ens4", 2);
    let (exit, said) = error(&fake, "reapply --boot");
    assert_eq!(exit, Exit::Failed);
    assert!(
        said.starts_with(
            "cannot use irq-of:ens3: there is no interface \"ens3\" here; there are ens4;"
        ),
        "{said}"
    );
    assert!(said.contains("core 1: enabled; core 2: enabled"), "{said}");
    assert!(fake.now() > Duration::from_secs(30) && fake.now() < Duration::from_secs(31));
    assert!(note(&fake).is_some());
    // The next try finds it.
    fake.sleep(Duration::from_secs(31));
    assert!(text(&fake, "reapply --boot").contains("core 3: enabled"));
}

#[test]
fn the_wait_has_a_bound_and_belongs_to_a_boot() {
    for (line, least) in [
        ("reapply --boot --wait 2s", 2000),
        ("reapply --boot --wait 0s", 0),
        // What would be done is no reason to wait.
        ("reapply --boot --dry-run", 0),
        ("reapply", 0),
    ] {
        let fake = booted("1-1\n");
        put(&fake, FILE, "[[serve]]\ncores = \"irq-of:ens3\"\n");
        comes(&fake, 20_000, "ens3", 3);
        assert_eq!(error(&fake, line).0, Exit::Failed);
        let took = fake.now().as_millis();
        assert!((least..least + 1000).contains(&took), "{line}: {took}");
        assert_eq!(note(&fake), None, "{line}");
    }
    assert!(Cli::try_parse_from(["kbpctl", "reapply", "--wait", "2s"]).is_err());
}

#[test]
fn what_time_does_not_help_is_not_waited_for() {
    let fake = booted("1-1\n");
    fake.0.borrow_mut().offline.insert(2);
    comes(&fake, 0, "ens3", 0);
    let sets = "[[serve]]\ncores = \"irq-of:ens3\"\n[[serve]]\ncores = \"2\"\n";
    put(&fake, FILE, sets);
    let (_, said) = error(&fake, "reapply --boot");
    assert!(said.contains("core 0 runs work"), "{said}");
    assert!(said.contains("core 2 is offline"), "{said}");
    assert!(fake.now() < Duration::from_secs(1));
}

#[test]
fn the_later_set_keeps_the_last_word_on_a_core_of_both() {
    let fake = booted("1-1\n");
    let sets = "[[serve]]\ncores = \"irq-of:ens3\"\nwindow = 80\nirq = \"masked\"\n\
                [[serve]]\ncores = \"2-3\"\nirq = \"armed\"\n";
    put(&fake, FILE, sets);
    comes(&fake, 5000, "ens3", 3);
    text(&fake, "reapply --boot");
    let config = fake.0.borrow().cores[&3].config;
    assert_eq!(config.window_us, 80);
    assert_eq!(config.irq_mode, abi::KBP_IRQ_ARMED);
}

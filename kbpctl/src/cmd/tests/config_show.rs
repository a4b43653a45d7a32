// SPDX-License-Identifier: GPL-2.0
//! `config show`: what all files together come to, and which line of which file said so.

use kbp_uapi::kbp_core_config;

use super::irq::net;
use super::queues::combined;
use super::*;

const FILE: &str = "/etc/kbp/kbp.toml";
const PIECE: &str = "/etc/kbp/kbp.d/10-more.toml";

/// Cores 1 to 3, named twice, with the interrupts of a NIC.
fn saved() -> Fake {
    let net = net();
    put(
        &net.0,
        FILE,
        "# ours\n[[serve]]\ncores = \"1-3\"\nfrom = \"eth0\"\nchannels = 2\nxps = true\nforce = true\n\
         idle = \"adaptive:300\"\n",
    );
    put(
        &net.0,
        PIECE,
        "[[serve]]\ncores = 3\nirq = \"masked\"\nidle = \"adaptive\"\n",
    );
    put(&net.0, "/etc/kbp/kbp.d/10-more.toml~", "");
    net.0
}

fn has_channels(fake: &Fake) {
    let mut machine = fake.0.borrow_mut();
    machine.channels.insert("eth0".to_owned(), combined(2, 2));
}

#[test]
fn what_all_files_come_to_is_a_file_with_origins() {
    let fake = saved();
    has_channels(&fake);
    insta::assert_snapshot!("config_show", text(&fake, "config show"));
    insta::assert_snapshot!("config_show_origin", text(&fake, "config show --origin"));
    let answer = kbpctl(&fake, "config show").expect("an answer");
    assert_eq!(answer.exit, Exit::Ok);
    insta::assert_snapshot!(
        "config_show_json",
        output::document(&answer.json, Form::Pretty)
    );
    assert_eq!(log(&fake), "");
}

/// Without comments.
fn values(shown: &str) -> Vec<String> {
    let lines = shown.lines().map(|line| line.split("  #").next());
    let lines = lines.flatten().map(|line| line.trim().to_owned());
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
}

#[test]
fn what_is_shown_serves_the_same() {
    let configs = |fake: &Fake| -> Vec<(u32, kbp_core_config)> {
        let machine = fake.0.borrow();
        let cores = machine.cores.iter();
        cores.map(|(core, status)| (*core, status.config)).collect()
    };
    let fake = saved();
    has_channels(&fake);
    let shown = text(&fake, "config show --origin");
    let other = net().0;
    has_channels(&other);
    put(&other, FILE, &shown);
    assert_eq!(values(&text(&other, "config show")), values(&shown));
    for fake in [&fake, &other] {
        text(fake, "reapply");
    }
    assert_eq!(configs(&fake), configs(&other));
    let affinity = |fake: &Fake| {
        let files = &fake.0.borrow().files;
        [25, 27].map(|irq| files[Path::new(&format!("/proc/irq/{irq}/smp_affinity_list"))].clone())
    };
    assert_eq!(affinity(&fake), affinity(&other));
}

#[test]
fn what_could_not_be_served_is_said_and_left_out() {
    let fake = Fake::new();
    put(
        &fake,
        FILE,
        "[[serve]]\ncores = \"1\"\n\n[[serve]]\ncores = \"1,9\"\nirq = \"masked\"\n\n[[serve]]\ncores = \
         \"numa:7\"\n\n[[serve]]\ncores = \"2\"\nfrom = \"eth9\"\n\n[[serve]]\ncores = \"irq-of:eth9\"\n",
    );
    insta::assert_snapshot!("config_show_missing", text(&fake, "config show --origin"));
}

#[test]
fn nobody_is_asked_for_rights_and_nothing_saved_is_no_error() {
    let fake = Fake::new();
    fake.0.borrow_mut().capabilities = (false, false);
    fail(&fake, "info", libc::EACCES);
    assert_eq!(
        text(&fake, "config show"),
        "# nothing is saved: /etc/kbp/kbp.toml is not there"
    );
    put(
        &fake,
        "/usr/lib/kbp/kbp.toml",
        "[[serve]]\ncores = \"1\"\nwindow = 70\n",
    );
    let shown = text(&fake, "config show --origin");
    assert!(shown.contains("# /usr/lib/kbp/kbp.toml:3"), "{shown}");
    // What reapply would refuse is no configuration.
    put(&fake, FILE, "[[serve]]\ncores = \"1\"\nwindow = 5\n");
    let (exit, line) = error(&fake, "config show");
    assert_eq!(exit, Exit::Usage);
    assert!(
        line.starts_with("cannot use /etc/kbp/kbp.toml: line 3: window = 5"),
        "{line}"
    );
    assert_eq!(log(&fake), "");
}

// SPDX-License-Identifier: GPL-2.0
//! The status's lines of what is not a core: the kernel, what is saved, and what may not be seen; and
//! the figures of the last moment.

use super::*;
use crate::sys::fake::RECORD;

/// The line of a status that begins with this word.
fn line(fake: &Fake, word: &str) -> Option<String> {
    let said = text(fake, "status");
    let mut lines = said.lines();
    lines.find(|line| line.starts_with(word)).map(str::to_owned)
}

#[test]
fn the_kernel_is_named_with_what_is_known_of_it() {
    let fake = Fake::active();
    let release = fake.release();
    assert_eq!(
        line(&fake, "kernel"),
        Some(format!("kernel     {release}, verified"))
    );
    fake.0.borrow_mut().files.remove(Path::new(RECORD));
    let unknown = format!("kernel     {release}, no verdict is recorded: kbpctl verify --record");
    assert_eq!(line(&fake, "kernel"), Some(unknown));
    let answer = kbpctl(&fake, "status").expect("a status");
    assert_eq!(answer.json["kernel"]["release"], *release);
    assert_eq!(answer.json["kernel"]["verified"], false);
}

#[test]
fn what_is_saved_is_compared_with_what_is_served() {
    let fake = Fake::active();
    assert_eq!(line(&fake, "saved"), None);
    let saved = |toml: &str| {
        put(&fake, "/etc/kbp/kbp.toml", toml);
        line(&fake, "saved")
    };
    let served = saved("[[serve]]\ncores = \"2\"\n");
    assert_eq!(
        served.as_deref(),
        Some("saved      cores 2, and so they are served")
    );
    let more = saved("[[serve]]\ncores = \"2-3\"\n\n[[serve]]\ncores = \"numa:7\"\n");
    let differs =
        "saved      cores 2-3; not served: 3; a set names what is not here; see kbpctl reapply";
    assert_eq!(more.as_deref(), Some(differs));
    let other = saved("[[serve]]\ncores = \"2\"\nirq = \"masked\"\n");
    let differs = "saved      cores 2; served in another way: 2; see kbpctl reapply";
    assert_eq!(other.as_deref(), Some(differs));
    let less = saved("[[serve]]\ncores = \"3\"\n");
    let differs = "saved      cores 3; not served: 3; see kbpctl reapply; not saved: 2";
    assert_eq!(less.as_deref(), Some(differs));
    let answer = kbpctl(&fake, "status").expect("a status");
    assert_eq!(answer.json["saved"]["not_served"], "3");
    assert_eq!(answer.json["saved"]["served_and_not_saved"], "2");
    let wrong = saved("[[serve]]\ncores = \"2\"\nirq = \"maybe\"\n").expect("a line");
    assert!(wrong.contains("/etc/kbp/kbp.toml"), "{wrong}");
}

#[test]
fn figures_are_of_the_last_moment_and_programs_do_not_wait_for_them() {
    let fake = Fake::active();
    fake.0.borrow_mut().packets_per_s = 12_000;
    let said = text(&fake, "status");
    assert!(
        said.contains("1 enabled; pkt/s, p99 us and busy are of the last 0.2 s\n"),
        "{said}"
    );
    let row = said.lines().find(|line| line.starts_with("   2 "));
    let words: Vec<&str> = row.expect("core 2").split_whitespace().collect();
    assert_eq!(words[6..9], ["12k", "<5", "50%"], "{said}");
    let table = said
        .lines()
        .filter(|line| line.contains("p99 us") || line.starts_with("   2 "));
    assert!(table.map(str::len).all(|length| length <= 80), "{said}");

    let began = fake.now();
    let mut context = Context::new(&fake, false);
    context.form = Form::Json;
    let cli = Cli::try_parse_from(["kbpctl", "status"]).expect("a command");
    crate::cmd::run(&cli.command, &context).expect("a status");
    assert_eq!(fake.now(), began);
}

#[test]
fn who_may_not_ask_the_module_sees_the_rest() {
    let fake = Fake::active();
    put(&fake, "/sys/class/net/eth0/device/msi_irqs/30", "msix\n");
    put(&fake, "/sys/kernel/irq/30/actions", "eth0-rx-0\n");
    put(&fake, "/proc/irq/30/smp_affinity_list", "2\n");
    fake.0.borrow_mut().capabilities = (false, false);
    fail(&fake, "info", libc::EACCES);
    let answer = kbpctl(&fake, "status").expect("a part of a status");
    assert_eq!(answer.exit, Exit::Permission);
    assert_eq!(answer.json["active_cores"], serde_json::Value::Null);
    assert_eq!(answer.json["module"]["loaded"], true);
    assert_eq!(answer.json["livepatch"]["state"], "enabled");
    assert_eq!(answer.json["receive_interrupts"][0]["device"], "eth0");
    let said = &answer.text;
    for part in [
        "module     loaded",
        "not shown: the cores",
        "CAP_NET_ADMIN",
        "run it as root",
    ] {
        assert!(said.contains(part), "{said}");
    }
}

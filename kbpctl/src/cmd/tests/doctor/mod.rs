// SPDX-License-Identifier: GPL-2.0
//! `doctor`: what it finds, and how it says so.

mod cases;
mod noise;
mod rings;
mod tasks;

use super::irq::net;
use super::net::Net;
use super::*;
use crate::doctor::checks;

/// What a check finds: `verdict: value; run: commands`.
fn found(net: &Net, check: &str) -> String {
    let answer = kbpctl(&net.0, &format!("doctor --only {check}")).expect("an answer");
    let row = &answer.json["checks"][0];
    let word = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let commands = row["commands"].as_array().expect("a list").iter();
    let commands = commands.map(|command| command.as_str().expect("a text"));
    let commands: Vec<&str> = commands.collect();
    let run = match commands.is_empty() {
        true => String::new(),
        false => format!("; run: {}", commands.join("; ")),
    };
    format!("{}: {}{run}", word("verdict"), word("value"))
}

#[test]
fn what_kbp_says_of_its_cores() {
    let net = net();
    let with = |change: fn(&mut kbp_uapi::kbp_core_status)| {
        change(net.0 .0.borrow_mut().cores.get_mut(&2).expect("core 2"));
    };
    with(|core| core.counters.rescues = 1);
    assert!(found(&net, "core-served").starts_with("warning: core 2 had rescues"));
    with(|core| core.state = abi::KBP_CORE_YIELDED);
    assert_eq!(
        found(&net, "core-served"),
        "bad: core 2 with softirq; run: kbpctl enable --cores 2"
    );
    with(|core| core.state = abi::KBP_CORE_OFF);
    let answer = kbpctl(&net.0, "doctor --only core-served --cores 3").expect("an answer");
    assert_eq!(
        answer.json["checks"][0]["commands"][0],
        "kbpctl enable --cores 3"
    );
    assert_eq!(answer.exit, Exit::Ok);
    // Everybody may ask.
    net.0 .0.borrow_mut().capabilities = (false, false);
    fail(&net.0, "info", libc::EACCES);
    for check in ["core-served", "saved-vs-real"] {
        assert!(found(&net, check).starts_with("unknown"), "{check}");
    }
}

#[test]
fn who_puts_packets_off_without_kbp_is_told_to_enable_it() {
    let net = net();
    let row = |squeezed: u32| format!("1 0 {squeezed} 0 0 0 0 0 0 0 0 0 3 0 0\n");
    let path = "/proc/net/softnet_stat";
    put(&net.0, path, &row(0));
    let late = (Duration::from_millis(500), PathBuf::from(path), row(9));
    net.0 .0.borrow_mut().late.push(late);
    let answer = kbpctl(&net.0, "doctor --only softnet-drops --cores 2-3").expect("an answer");
    let check = &answer.json["checks"][0];
    assert_eq!(check["verdict"], "warning");
    assert_eq!(check["commands"][0], "kbpctl enable --cores 3");
}

#[test]
fn it_is_told_which_cores_are_meant() {
    let net = net();
    let chosen = |line: &str| {
        let answer = kbpctl(&net.0, line).expect("an answer");
        let word = |key: &str| answer.json[key].as_str().unwrap_or_default().to_owned();
        (word("cores"), word("chosen"))
    };
    let is = |cores: &str, why: &str| (cores.to_owned(), why.to_owned());
    assert_eq!(chosen("doctor"), is("2", "served"));
    assert_eq!(chosen("doctor --cores 1,3"), is("1,3", "named"));
    net.0 .0.borrow_mut().set_state(2, abi::KBP_CORE_OFF);
    assert_eq!(chosen("doctor"), is("0-1", "fed"));
    put(&net.0, "/etc/kbp/kbp.toml", "[[serve]]\ncores = \"3\"\n");
    assert_eq!(chosen("doctor"), is("3", "saved"));
    let (exit, said) = error(&Fake::new(), "doctor");
    assert_eq!(exit, Exit::Failed);
    assert!(said.contains("name the cores"), "{said}");
}

#[test]
fn the_report_says_the_worst_first_and_how_it_is_cured() {
    let net = net();
    put(&net.0, "/sys/kernel/mm/ksm/run", "1\n");
    let answer = kbpctl(&net.0, "doctor").expect("an answer");
    assert_eq!(answer.exit, Exit::CheckFailed);
    let too_wide = answer.text.lines().filter(|line| !line.contains("run: "));
    for line in too_wide {
        assert!(line.chars().count() <= 80, "{line}");
    }
    insta::assert_snapshot!("doctor", answer.text);
    insta::assert_snapshot!("doctor_plan", text(&net.0, "doctor --fix-plan"));
    insta::assert_snapshot!("doctor_explain", text(&net.0, "doctor --explain rps"));
    let answer = kbpctl(&net.0, "doctor --only steal,rps").expect("an answer");
    insta::assert_snapshot!("doctor_json", output::document(&answer.json, Form::Pretty));
    assert_eq!(log(&net.0), "");
}

#[test]
fn it_waits_only_where_something_is_counted() {
    let net = net();
    let watched = |line: &str| {
        let before = net.0.now();
        let answer = kbpctl(&net.0, line).expect("an answer");
        let waited = net.0.now() - before;
        assert_eq!(
            answer.json["watched_ns"],
            waited.as_nanos() as u64,
            "{line}"
        );
        let says = answer.text.contains("watched for 1.0 s");
        assert_eq!(says, !waited.is_zero(), "{line}: {}", answer.text);
        waited
    };
    assert_eq!(
        watched("doctor --only rps,xps,realtime-tasks"),
        Duration::ZERO
    );
    assert_eq!(watched("doctor --only rps,steal"), Duration::from_secs(1));
    assert_eq!(watched("doctor"), Duration::from_secs(1));
}

#[test]
fn unknown_names_are_refused() {
    for line in ["doctor --only rps,nonsense", "doctor --explain nonsense"] {
        let (exit, said) = error(&Fake::active(), line);
        assert_eq!(exit, Exit::Usage, "{line}");
        assert!(
            said.starts_with("no check nonsense: the checks are core-served, "),
            "{said}"
        );
    }
}

#[test]
fn names_are_unique_and_explained() {
    let docs = include_str!("../../../../../docs/doctor.md");
    let ids: Vec<&str> = checks::all().map(|check| check.id).collect();
    for (index, check) in checks::all().enumerate() {
        assert!(!ids[..index].contains(&check.id), "{} twice", check.id);
        assert!(check.question.ends_with('?'), "{}", check.id);
        assert!(check.explanation.ends_with('.'), "{}", check.id);
        let documented = format!("- `{}`: {}\n", check.id, check.question);
        assert!(
            docs.contains(&documented),
            "docs/doctor.md lacks {documented}"
        );
    }
}

// SPDX-License-Identifier: GPL-2.0
//! The command line of top.

use super::*;

#[test]
fn without_the_module_there_is_nothing_to_watch() {
    for line in ["top --once", "top --once --cores 2"] {
        let (exit, error) = error(&Fake::new(), line);
        assert_eq!(exit, Exit::NotActive);
        assert_eq!(
            error,
            "there is nothing to watch: KBP is not loaded; run kbpctl load"
        );
    }
    let fake = Fake::active();
    fake.0.borrow_mut().abi_version = 9;
    assert_eq!(error(&fake, "top --once").0, Exit::Unsupported);
}

#[test]
fn one_interval_is_as_long_as_it_is_asked_for() {
    let fake = Fake::active();
    let answer = kbpctl(&fake, "top --once --interval 2s").expect("figures");
    assert_eq!(answer.json["interval_ns"], 2_000_000_000_u64);
    assert_eq!(answer.json["cores"][0]["core"], 2);
    let asked = kbpctl(&fake, "top --once --cores 1-2").expect("figures");
    assert_eq!(asked.json["cores"][0]["core"], 1);
    assert_eq!(
        asked.json["cores"][0]["packets_per_s"],
        serde_json::Value::Null
    );
    let (exit, error) = error(&fake, "top --once --cores 2-1");
    assert_eq!(exit, Exit::Usage);
    assert!(error.contains("runs backwards"), "{error}");
    text(&fake, "disable");
    let text = text(&fake, "top --once");
    assert!(text.contains("no core is enabled"), "{text}");
}

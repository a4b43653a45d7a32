// SPDX-License-Identifier: GPL-2.0
//! Every document has a published schema, and every published schema a document. What a document
//! holds against its schema is looked at wherever a test makes one: in `Answer::new`.

use std::collections::BTreeSet;

use kbp_probe::reflect::{Reflector, Settings};

use super::canary::waits;
use super::irq::net;
use super::*;
use crate::schemas;
use crate::sys::Event;

/// A command for each document but that of `bench serve`, which a signal ends: see its file.
const LINES: [&str; 28] = [
    "load",
    "enable --cores 1 --from eth0 --save",
    "set --cores 1-2 --idle adaptive:300",
    "status",
    "confirm",
    "config show",
    "config check",
    "top --once",
    "report --list",
    "metrics",
    "reapply",
    "irq show",
    "irq pin eth0 --cores 1-2",
    "irq watch",
    "irq restore",
    "doctor",
    "doctor --explain steal",
    "doctor --noise 1 --cores 3",
    "disable --cores 1 --dry-run",
    "disable --cores 1",
    "verify --image /boot/vmlinuz",
    "bench --peer PEER --rate 1000 --duration 20ms --warm-up 5ms --rounds 1",
    "completion zsh",
    "manual enable",
    "schema",
    "schema kbp.error/1",
    "schema kbp.error/2",
    "unload",
];

#[test]
fn every_published_schema_is_that_of_a_document() {
    let reflector = Reflector::start(&Settings::at("127.0.0.1:0".parse().expect("an address")));
    let reflector = reflector.expect("a reflector");
    let peer = reflector.address().to_string();
    let net = net();
    put(&net.0, "/boot/vmlinuz", "an image");
    net.0 .0.borrow_mut().report = Some(kbp_verify::Report {
        kernel: None,
        build_id: None,
        verdict: kbp_verify::Verdict::Unknown,
        checks: Vec::new(),
    });
    let mut seen = BTreeSet::from(["kbp.bench-serve/1".to_owned()]);
    for line in LINES {
        let at = net.0.now() + Duration::from_secs(1);
        net.0 .0.borrow_mut().events = vec![(at, Event::End)];
        if line == "confirm" {
            waits(&net.0);
        }
        let document = match kbpctl(&net.0, &line.replace("PEER", &peer)) {
            Ok(answer) => answer.json,
            Err(error) => output::error_document(&error),
        };
        let name = document["schema"].as_str().expect("a name");
        assert_eq!(
            name == "kbp.error/1",
            line.ends_with("error/2"),
            "{document}"
        );
        seen.insert(name.to_owned());
    }
    let published = schemas::ALL.iter().map(|schema| schema.name.to_owned());
    assert_eq!(seen, published.collect());
}

#[test]
fn a_schema_is_printed_as_it_is_published() {
    let fake = Fake::new();
    let names: Vec<&str> = schemas::ALL.iter().map(|schema| schema.name).collect();
    assert_eq!(text(&fake, "schema"), names.join("\n"));
    assert!(names.is_sorted(), "{names:?}");
    let docs = include_str!("../../../../docs/kbpctl.md");
    for schema in schemas::ALL {
        let line = format!("schema {}", schema.name);
        let answer = kbpctl(&fake, &line).expect("a schema");
        assert_eq!(format!("{}\n", answer.text), schema.text);
        let printed = &answer.json["schemas"][0]["json_schema"];
        assert_eq!(printed["title"], schema.name, "{line}");
        let described = format!("\n- **`{}`**", schema.name);
        assert!(
            docs.contains(&described),
            "docs/kbpctl.md lacks {described}"
        );
    }
    let (exit, said) = error(&fake, "schema status");
    assert_eq!(exit, Exit::Usage);
    assert!(said.contains("name one that kbpctl schema lists"), "{said}");
}

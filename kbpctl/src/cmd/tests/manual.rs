// SPDX-License-Identifier: GPL-2.0
//! `manual`: every page is whole, and its examples do what they say.

use clap::Parser;

use super::canary::waits;
use super::irq::net;
use super::*;
use crate::cli::{Cli, Command, Irq};
use crate::manual::{pages, EXAMPLES, EXITS};

#[test]
fn every_command_has_a_page_with_examples() {
    let names: Vec<String> = pages().into_iter().map(|page| page.name).collect();
    let with: Vec<&str> = EXAMPLES.iter().map(|(name, _)| *name).collect();
    assert_eq!(with, names);
    let fake = Fake::new();
    assert_eq!(text(&fake, "manual --list"), names.join("\n"));
    for name in &names {
        let words = name.replace('-', " ");
        let page = text(&fake, &words.replacen("kbpctl", "manual", 1));
        for section in [
            "NAME",
            "SYNOPSIS",
            "OPTIONS",
            "EXAMPLES",
            "\"EXIT STATUS\"",
            "\"SEE ALSO\"",
        ] {
            assert!(
                page.contains(&format!(".SH {section}\n")),
                "{name} lacks {section}"
            );
        }
    }
    let (exit, said) = error(&fake, "manual nonsense");
    assert_eq!(exit, Exit::Usage);
    assert!(said.contains("manual --list"), "{said}");
}

#[test]
fn examples_run() {
    for (page, examples) in EXAMPLES {
        for (_, line) in *examples {
            let words = line.split(' ').filter(|word| !word.starts_with('-'));
            let verbs: Vec<&str> = words.collect();
            let verb = page.trim_start_matches("kbpctl").trim_start_matches('-');
            assert!(verbs.join("-").starts_with(verb), "{line} on {page}");
            let net = net();
            put(&net.0, "/etc/kbp/kbp.toml", "[[serve]]\ncores = \"2\"\n");
            put(&net.0, "/tmp/other", "");
            put(&net.0, "/proc/2/comm", "kthreadd\n");
            put(&net.0, "kbp.toml", "[[serve]]\ncores = \"2\"\n");
            put(&net.0, "/var/lib/prometheus/node-exporter/other.prom", "");
            let cli = Cli::try_parse_from(std::iter::once("kbpctl").chain(line.split(' ')));
            match cli.expect(line).command {
                // They would look at a kernel, and wait for another machine.
                Command::Verify(_) | Command::Bench(_) => continue,
                // It would want a terminal.
                Command::Top(ref top) if !top.once => continue,
                // It has no end.
                Command::Irq(Irq::Watch) => continue,
                Command::Confirm(_) => waits(&net.0),
                Command::Load(_) => net.0 .0.borrow_mut().modules.clear(),
                _ => {}
            }
            if let Err(error) = kbpctl(&net.0, line) {
                panic!("{line}: {error}");
            }
        }
    }
}

#[test]
fn the_exit_codes_are_those_of_the_document() {
    let docs = include_str!("../../../../docs/kbpctl.md");
    for (code, _) in EXITS {
        assert!(
            docs.contains(&format!("\n- **{code}**: ")),
            "docs lack code {code}"
        );
    }
    assert_eq!(EXITS.len(), 8);
}

// SPDX-License-Identifier: GPL-2.0
//! The binary itself, as far as it goes without touching the machine: help, and command lines it
//! must refuse, in both forms.

use std::process::{Command, Output};

fn kbpctl(line: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kbpctl"))
        .args(line.split_whitespace())
        .output()
        .expect("run kbpctl")
}

#[test]
fn help_is_no_error() {
    for line in [
        "--help",
        "--version",
        "load --help",
        "enable --help",
        "set --help",
        "verify --help",
    ] {
        let output = kbpctl(line);
        assert_eq!(output.status.code(), Some(0), "{line}");
        assert!(!output.stdout.is_empty(), "{line}");
    }
}

#[test]
fn a_wrong_command_line_is_code_2() {
    for line in [
        "",
        "fly",
        "enable",
        "load --timeout soon",
        "enable --cores 2 --cores 3",
        "set --irq masked",
        "set --cores 2 --window",
        "status --cores 2",
        "verify --image a --kernel b",
        "verify --running --kernel b",
    ] {
        let output = kbpctl(line);
        assert_eq!(output.status.code(), Some(2), "{line}");
        assert!(output.stdout.is_empty(), "{line}");
        assert!(!output.stderr.is_empty(), "{line}");
    }
}

#[test]
fn a_wrong_command_line_is_a_document_when_asked_for() {
    for (line, named) in [
        ("fly -j", "fly"),
        ("enable --json", "--cores"),
        ("load --timeout soon -p", "soon"),
    ] {
        let output = kbpctl(line);
        assert_eq!(output.status.code(), Some(2), "{line}");
        let document: serde_json::Value =
            serde_json::from_slice(&output.stdout).expect("one JSON document");
        assert_eq!(document["schema"], "kbp.error/1", "{line}");
        assert_eq!(document["code"], 2, "{line}");
        let cause = document["cause"].as_str().expect("a cause");
        assert!(cause.contains(named), "{line}: {cause}");
        assert!(output.stderr.is_empty(), "{line}");
    }
}

// SPDX-License-Identifier: GPL-2.0
//! The binary itself, as far as it goes without touching the machine: help, command lines it
//! must refuse, in both forms, and a measurement of itself. completion.rs has what shells ask it.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Output, Stdio};

use nix::sys::signal::{kill, Signal};
use nix::unistd::Pid;

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
        "top --help",
        "metrics --help",
        "config show --help",
        "config check --help",
        "report --help",
        "verify --help",
        "bench --help",
        "bench serve --help",
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
        "reapply --wait 5s",
        "reapply --boot --wait soon",
        "set --cores 2 --window",
        "status --cores 2",
        "top --interval 99ms",
        "top --interval 2h",
        "top --interval soon",
        "metrics --textfile",
        "config",
        "config show kbp.toml",
        "report --list --output report.tar.gz",
        "verify --image a --kernel b",
        "verify --running --kernel b",
        "bench",
        "bench --rate 1",
        "bench --peer",
        "bench --peer 127.0.0.1 --frame 63",
        "bench --peer 127.0.0.1 --frame 64,1519",
        "bench --peer 127.0.0.1 --rate 0",
        "bench --peer 127.0.0.1 --flows 0",
        "bench --peer 127.0.0.1 --duration soon",
        "bench --peer 127.0.0.1 --duration 0s",
        "bench --peer 127.0.0.1:port",
        "bench --peer 127.0.0.1 serve",
        "completion",
        "completion csh",
        "bench serve --listen here",
        "bench serve --busy-poll 0",
    ] {
        let output = kbpctl(line);
        assert_eq!(output.status.code(), Some(2), "{line}");
        assert!(output.stdout.is_empty(), "{line}");
        assert!(!output.stderr.is_empty(), "{line}");
    }
}

/// One JSON document, as the schema says that `kbpctl schema` prints for it.
fn valid(text: &[u8]) -> serde_json::Value {
    let document: serde_json::Value = serde_json::from_slice(text).expect("one JSON document");
    let name = document["schema"].as_str().expect("a schema");
    let schema = kbpctl(&format!("schema {name}")).stdout;
    let schema = serde_json::from_slice(&schema).expect("a schema is JSON");
    let judged = jsonschema::validate(&schema, &document);
    judged.unwrap_or_else(|error| panic!("{error} in {document}"));
    document
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
        let document = valid(&output.stdout);
        assert_eq!(document["schema"], "kbp.error/1", "{line}");
        assert_eq!(document["code"], 2, "{line}");
        let cause = document["cause"].as_str().expect("a cause");
        assert!(cause.contains(named), "{line}: {cause}");
        assert!(output.stderr.is_empty(), "{line}");
    }
}

/// The reflector on a free port, and the address it says.
fn serve(form: &str) -> (Child, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_kbpctl"))
        .args(["bench", "serve", "--listen", "127.0.0.1:0", form])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("run kbpctl");
    let mut line = String::new();
    let stderr = child.stderr.take().expect("its standard error");
    BufReader::new(stderr).read_line(&mut line).expect("a line");
    let address = line.split_whitespace().nth(3).expect("an address");
    (child, address.to_owned())
}

/// Ends it as ctrl-c does; its exit code and what it said.
fn interrupt(mut child: Child) -> (Option<i32>, String) {
    let pid = Pid::from_raw(child.id() as i32);
    kill(pid, Signal::SIGINT).expect("a signal");
    let mut text = String::new();
    let mut stdout = child.stdout.take().expect("its standard output");
    stdout.read_to_string(&mut text).expect("its answer");
    (child.wait().expect("its end").code(), text)
}

#[test]
fn a_measurement_between_two_processes() {
    let (child, address) = serve("--json");
    let load = "--rate 1000 --duration 100ms --warm-up 0s --rounds 1 --frame 128 --json";
    let output = kbpctl(&format!("bench --peer {address} {load}"));
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let document = valid(&output.stdout);
    assert_eq!(document["sizes"][0]["received"], 100);
    let (code, text) = interrupt(child);
    assert_eq!(code, Some(0));
    let document = valid(text.as_bytes());
    assert_eq!(document["schema"], "kbp.bench-serve/1");
    assert_eq!(document["listen"], address);
    // The first one asks whether anybody is there.
    assert!(document["udp_answered"].as_u64() > Some(100), "{document}");
}

#[test]
fn an_interrupted_measurement_shows_what_there_is() {
    let (server, address) = serve("--verbose");
    let mut child = Command::new(env!("CARGO_BIN_EXE_kbpctl"))
        .args([
            "bench",
            "--peer",
            &address,
            "--duration",
            "1h",
            "--json",
            "--verbose",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("run kbpctl");
    let stderr = BufReader::new(child.stderr.take().expect("its standard error"));
    for line in stderr.lines() {
        if line.expect("a line").contains("round 1") {
            break;
        }
    }
    let (code, text) = interrupt(child);
    assert_eq!(code, Some(1), "{text}");
    let document = valid(text.as_bytes());
    assert_eq!(document["verdict"], "interrupted");
    assert_eq!(interrupt(server).0, Some(0));
}

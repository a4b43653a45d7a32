// SPDX-License-Identifier: GPL-2.0
//! What shells offer: bash by running the function that packages install, the others by the question
//! that they ask.

use std::fs;
use std::path::Path;
use std::process::Command;

const KBPCTL: &str = env!("CARGO_BIN_EXE_kbpctl");

fn output(command: &mut Command) -> String {
    let output = command.output().expect("run it");
    assert!(output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).expect("text")
}

/// Runs the function for a line with the cursor at its end. Beside what it offers stand the options
/// that it asks of bash.
const BASH: &str = r#"
    PATH=${0%/*}:$PATH
    eval "$(kbpctl completion bash)"
    compopt() { offered+=("compopt $*"); }
    offered=() COMP_LINE=$1 COMP_POINT=${#1}
    _kbpctl
    printf '%s\n' "${COMPREPLY[@]}" "${offered[@]}"
"#;

fn bash(line: &str) -> Vec<String> {
    let offered = output(Command::new("bash").args(["-c", BASH, KBPCTL, line]));
    let lines = offered.lines().filter(|line| !line.is_empty());
    lines.map(str::to_owned).collect()
}

/// The cores of a list of the kernel.
fn cores(path: &str) -> Vec<u32> {
    let text = fs::read_to_string(path).expect(path);
    let mut cores = Vec::new();
    for part in text.trim().split(',').filter(|part| !part.is_empty()) {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let number = |text: &str| text.parse::<u32>().expect("a core");
        cores.extend(number(first)..=number(last));
    }
    cores
}

#[test]
fn bash_completes_verbs_and_options() {
    assert_eq!(bash("kbpctl unl"), ["unload"]);
    assert_eq!(bash("kbpctl enable --max"), ["--max-exit-latency"]);
    assert_eq!(bash("kbpctl completion zs"), ["zsh"]);
    assert_eq!(bash("kbpctl irq p"), ["pin"]);
    assert_eq!(bash("kbpctl schema kbp.sta"), ["kbp.status/2"]);
    assert!(bash("kbpctl enable --cores nonsense").is_empty());
}

#[test]
fn bash_completes_cores_of_this_machine() {
    let online = cores("/sys/devices/system/cpu/online");
    let offered = bash("kbpctl enable --cores ");
    let numbers: Vec<u32> = offered.iter().map_while(|text| text.parse().ok()).collect();
    assert_eq!(numbers, online, "{offered:?}");
    let first = online[0];
    // Bash replaces what comes after the "=", so only that is offered.
    for line in ["kbpctl set --cores ", "kbpctl set --cores="] {
        let more = bash(&format!("{line}{first},"));
        let want = online[1..].iter().map(|core| format!("{first},{core}"));
        assert_eq!(more, want.collect::<Vec<_>>(), "{line}");
    }
}

#[test]
fn bash_completes_nodes_of_this_machine_after_the_colon() {
    let folder = Path::new("/sys/devices/system/node");
    let names = fs::read_dir(folder).expect("a kernel that knows NUMA");
    let names = names.map(|entry| entry.expect("an entry").file_name());
    let has_cores = |node: &String| {
        let list = folder.join(format!("node{node}/cpulist"));
        !cores(&list.to_string_lossy()).is_empty()
    };
    let node = |name: String| name.strip_prefix("node").map(str::to_owned);
    let names = names.filter_map(|name| node(name.into_string().expect("text")));
    let numbers = names.filter(|name| name.parse::<u32>().is_ok());
    let mut nodes: Vec<String> = numbers.filter(has_cores).collect();
    nodes.sort();
    assert!(!nodes.is_empty());
    assert_eq!(bash("kbpctl enable --cores numa:"), nodes);
    let whole = nodes.iter().map(|node| format!("numa:{node}"));
    assert_eq!(bash("kbpctl top --cores num"), whole.collect::<Vec<_>>());
}

#[test]
fn bash_completes_nics_of_this_machine() {
    let folder = Path::new("/sys/class/net");
    let names = fs::read_dir(folder).expect("interfaces");
    let names = names.map(|entry| entry.expect("an entry").file_name());
    let mut nics: Vec<String> = names
        .filter(|name| folder.join(name).join("device").exists())
        .map(|name| name.into_string().expect("text"))
        .collect();
    nics.sort();
    for line in ["kbpctl irq show ", "kbpctl enable --cores 1 --from "] {
        let offered = bash(line);
        for nic in &nics {
            assert!(offered.contains(nic), "{nic} in {offered:?}");
        }
        assert!(!offered.contains(&"lo".to_owned()), "{offered:?}");
    }
    for nic in &nics {
        let offered = bash(&format!("kbpctl enable --from {nic},"));
        assert!(offered.contains(&format!("{nic},{nic}")), "{offered:?}");
    }
}

/// The question that a shell asks, by the words before the cursor.
fn asked(shell: &str, words: &[&str]) -> String {
    let index = (words.len() - 1).to_string();
    let mut question = Command::new(KBPCTL);
    question.env("KBPCTL_COMPLETE", shell).arg("--").args(words);
    question
        .env("_CLAP_IFS", "\n")
        .env("_CLAP_COMPLETE_INDEX", index);
    output(&mut question)
}

#[test]
fn zsh_and_fish_complete_with_a_word_about_each() {
    let online = cores("/sys/devices/system/cpu/online");
    for (shell, between) in [("zsh", ":"), ("fish", "\t")] {
        let told = output(Command::new(KBPCTL).args(["completion", shell]));
        assert!(told.contains("KBPCTL_COMPLETE"), "{told}");
        let verbs = asked(shell, &["kbpctl", ""]);
        let load = format!("load{between}Put the modules in");
        assert!(verbs.contains(&load), "{verbs}");
        let cores = asked(shell, &["kbpctl", "enable", "--cores", ""]);
        let numbers = cores.lines().map_while(|line| line.parse::<u32>().ok());
        assert_eq!(numbers.collect::<Vec<_>>(), online, "{cores}");
        // Zsh wants a colon of the value marked.
        let selector = if shell == "zsh" {
            "numa\\:0:"
        } else {
            "numa:0\t"
        };
        assert!(cores.contains(selector), "{cores}");
    }
}

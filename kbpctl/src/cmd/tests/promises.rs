// SPDX-License-Identifier: GPL-2.0
//! What docs/compatibility.md promises is what there is.

use std::collections::BTreeSet;
use std::fs;

use clap::{Command, CommandFactory};

use super::*;
use crate::manual::EXITS;

/// The words of the list's item with this head that are set as code.
fn promised(head: &str) -> BTreeSet<String> {
    let page = include_str!("../../../../docs/compatibility.md");
    let (_, item) = page.split_once(&format!("\n- **{head}**")).expect(head);
    let (item, _) = item.split_once("\n- **").expect("another item");
    let words = item.split('`').skip(1).step_by(2);
    words
        .map(|word| word.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect()
}

fn set<'a>(words: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    words.into_iter().map(str::to_owned).collect()
}

/// What stands in a folder of the repository, from its top.
fn folder(path: &str) -> Vec<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    let entries = fs::read_dir(path).expect("a folder");
    entries
        .map(|entry| entry.expect("an entry").path())
        .collect()
}

/// A verb is a command that does something by itself.
fn verbs(command: &Command, above: &str, found: &mut BTreeSet<String>) {
    for command in command.get_subcommands() {
        let verb = format!("{above}{}", command.get_name());
        verbs(command, &format!("{verb} "), found);
        if !command.is_subcommand_required_set() {
            found.insert(verb);
        }
    }
}

#[test]
fn verbs_are_those_of_the_command_line() {
    let mut found = BTreeSet::new();
    verbs(&Cli::command(), "", &mut found);
    assert_eq!(promised("Verbs"), found);
}

/// An option that goes, or takes something else, must be seen in review.
#[test]
fn options() {
    fn list(command: &Command, lines: &mut Vec<String>) {
        let name = command.get_display_name().unwrap_or(command.get_name());
        for argument in command.get_arguments() {
            let short = argument.get_short().map(|short| format!("-{short} "));
            let long = argument.get_long().map(|long| format!("--{long} "));
            let value = argument.get_action().takes_values();
            let names = argument.get_value_names().unwrap_or_default().join(" ");
            let value = if value { &*names } else { "" };
            let [short, long] = [short, long].map(Option::unwrap_or_default);
            let line = format!("{} {short}{long}{value}", name.replace('-', " "));
            lines.push(line.trim_end().to_owned());
        }
        command.get_subcommands().for_each(|verb| list(verb, lines));
    }
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    let mut lines = Vec::new();
    list(&command, &mut lines);
    insta::assert_snapshot!("options", lines.join("\n"));
}

#[test]
fn exit_codes_are_those_of_the_program() {
    let codes: Vec<String> = EXITS.iter().map(|(code, _)| code.to_string()).collect();
    assert_eq!(promised("Exit codes"), codes.iter().cloned().collect());
    let page = include_str!("../../../../docs/kbpctl.md");
    let (_, section) = page.split_once("\n## Exit codes\n").expect("a section");
    let (section, _) = section.split_once("\n## ").expect("another section");
    let heads = section.lines().filter_map(|line| line.strip_prefix("- **"));
    let documented: Vec<&str> = heads.filter_map(|head| head.split("**").next()).collect();
    assert_eq!(documented, codes);
}

#[test]
fn packages_modules_and_units_are_those_that_are_made() {
    let controls = folder("packaging").into_iter();
    let controls = controls.filter_map(|path| fs::read_to_string(path.join("control.in")).ok());
    let packages: BTreeSet<String> = controls
        .filter_map(|text| Some(text.lines().next()?.strip_prefix("Package: ")?.to_owned()))
        .collect();
    assert_eq!(promised("Packages"), packages);
    let units = folder("packaging/systemd").into_iter();
    let units = units.filter(|path| path.extension().is_some_and(|kind| kind == "service"));
    let units = units.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()));
    assert_eq!(promised("Units"), units.collect());
    let modules = [crate::host::modules::KBP, livepatch::MODULE, "kbp/N"];
    assert_eq!(promised("Modules"), set(modules));
    let unit = include_str!("../../../../packaging/systemd/kbp.service");
    assert!(unit.contains("\nConditionKernelCommandLine=!kbp.enable=0\n"));
}

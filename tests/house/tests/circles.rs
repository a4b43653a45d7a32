// SPDX-License-Identifier: GPL-2.0
//! No crate of the workspace has files that use each other in a circle.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use kbp_house::{arrows, circles, Module};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The value of the first `key = "value"` of a manifest.
fn value<'a>(manifest: &'a str, key: &str) -> Option<&'a str> {
    let line = manifest
        .lines()
        .find(|line| line.starts_with(&format!("{key} = ")))?;
    line.split('"').nth(1)
}

/// Name and root files of every member.
fn members() -> Vec<(String, PathBuf)> {
    let workspace = fs::read_to_string(repository().join("Cargo.toml")).expect("Cargo.toml");
    let (_, list) = workspace.split_once("members = [").expect("members");
    let (list, _) = list.split_once(']').expect("end of members");
    let folders = list.split('"').skip(1).step_by(2);
    let mut found = Vec::new();
    for folder in folders.map(|member| repository().join(member)) {
        let manifest =
            fs::read_to_string(folder.join("Cargo.toml")).expect("a member's Cargo.toml");
        let name = value(&manifest, "name").expect("name");
        let named = value(&manifest, "path").unwrap_or_default();
        let roots = ["src/lib.rs", "src/main.rs", named].map(|root| folder.join(root));
        let before = found.len();
        for root in roots.into_iter().filter(|root| root.is_file()) {
            found.push((name.to_owned(), root));
        }
        assert!(
            found.len() > before,
            "{name} has no root that this test finds"
        );
    }
    found
}

fn joined(circle: &BTreeSet<Module>) -> String {
    let names: Vec<String> = circle.iter().map(|module| module.join("::")).collect();
    names.join(", ")
}

#[test]
fn no_crate_has_a_circle() {
    let mut found = Vec::new();
    for (name, root) in members() {
        let arrows = arrows(&name, &root).unwrap_or_else(|error| panic!("{error}"));
        let count: usize = arrows.values().map(BTreeSet::len).sum();
        println!("{}: {} files, {count} arrows", root.display(), arrows.len());
        for circle in circles(&arrows) {
            for from in &circle {
                let to = arrows[from].intersection(&circle);
                let to: Vec<String> = to.map(|module| module.join("::")).collect();
                println!("    {} -> {}", from.join("::"), to.join(", "));
            }
            found.push(format!("{name}: {}", joined(&circle)));
        }
    }
    assert!(found.is_empty(), "files that use each other: {found:#?}");
}

/// `crates/NAME.rs` with its folder, which differ in one import only.
fn of(name: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/crates/{name}/lib.rs"));
    let arrows = arrows(name, &root).unwrap_or_else(|error| panic!("{error}"));
    circles(&arrows).iter().map(joined).collect()
}

#[test]
fn a_circle_is_found_through_a_name_that_is_passed_on() {
    assert_eq!(of("circle"), ["floor::carpet, roof"]);
}

#[test]
fn its_twin_has_none() {
    assert!(of("straight").is_empty());
}

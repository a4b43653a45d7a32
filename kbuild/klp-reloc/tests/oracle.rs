// SPDX-License-Identifier: GPL-2.0
//! An independent program in another language says what every rewritten fixture must contain.

mod common;

use std::path::Path;
use std::process::Command;

use common::fixtures;
use klp_reloc::rewrite;

#[test]
fn the_oracle_expects_what_the_rewrite_gives() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    let mut compared = 0;
    for fixture in fixtures() {
        let Ok(result) = rewrite(&fixture.bytes, &fixture.symbols()) else {
            continue;
        };
        std::fs::write(place("list"), &fixture.list).unwrap();
        std::fs::write(place("in.ko"), &fixture.bytes).unwrap();
        std::fs::write(place("out.ko"), &result.bytes).unwrap();
        let expected = oracle("expect", &[&place("list"), &place("in.ko")]);
        let got = oracle("dump", &[&place("out.ko")]);
        assert_eq!(got, expected, "fixture {}", fixture.name);
        assert!(
            got.contains(" .symtab 2 "),
            "fixture {}: {got}",
            fixture.name
        );
        compared += usize::from(expected.contains(".klp.rela.vmlinux."));
    }
    assert!(
        compared > 15,
        "only {compared} fixtures had something to move"
    );
}

fn oracle(verb: &str, files: &[&Path]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/oracle.py");
    let run = Command::new("python3")
        .arg(script)
        .arg(verb)
        .args(files)
        .output();
    let run = run.expect("the host needs python3");
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    String::from_utf8(run.stdout).unwrap()
}

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
    let place = |name: &str, ext: &str| folder.path().join(format!("{name}.{ext}"));
    let mut names = Vec::new();
    for fixture in fixtures() {
        let Ok(result) = rewrite(&fixture.bytes, &fixture.symbols()) else {
            continue;
        };
        let files = [
            ("list", fixture.list.as_bytes()),
            ("in", &fixture.bytes),
            ("out", &result.bytes),
        ];
        for (ext, content) in files {
            std::fs::write(place(&fixture.name, ext), content).unwrap();
        }
        names.push(&fixture.name);
    }
    run_oracle(folder.path());

    let read = |name: &str, ext: &str| std::fs::read_to_string(place(name, ext)).unwrap();
    let mut compared = 0;
    for name in names {
        let (expected, got) = (read(name, "expected"), read(name, "got"));
        assert_eq!(got, expected, "fixture {name}");
        compared += usize::from(expected.contains(".klp.rela.vmlinux."));
    }
    assert!(
        compared > 15,
        "only {compared} fixtures had something to move"
    );
}

fn run_oracle(folder: &Path) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/oracle.py");
    let run = Command::new("python3").arg(script).arg(folder).output();
    let run = run.expect("the host needs python3");
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
}

// SPDX-License-Identifier: GPL-2.0
//! Fixtures: small sources in `tests/fixtures`, built with the host's compiler.
//!
//! A file is named `WHAT-ok` or `WHAT-FAIL` and says in its first comments what is to happen.
#![allow(
    dead_code,
    reason = "each test binary uses its own part of this module"
)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use klp_reloc::{SymbolList, Symvers};

/// What the fixtures may use besides the listed symbols.
const EXPORTED: &str = "0x0\texported\tvmlinux\tEXPORT_SYMBOL\t\n\
                        0x0\t__x86_return_thunk\tvmlinux\tEXPORT_SYMBOL\t\n";
/// As close to Kbuild's flags as matters here.
const FLAGS: [&str; 10] = [
    "-c",
    "-O2",
    "-ffreestanding",
    "-fno-pic",
    "-mcmodel=kernel",
    "-fcf-protection=none",
    "-fno-asynchronous-unwind-tables",
    "-fno-stack-protector",
    "-mfunction-return=thunk-extern",
    "-Wall",
];

/// A built fixture with what its comments say.
#[derive(Debug, Clone)]
pub(crate) struct Fixture {
    /// File name without extension.
    pub(crate) name: String,
    /// The text of its symbol list.
    pub(crate) list: String,
    /// The object file.
    pub(crate) bytes: Vec<u8>,
    /// What the rewrite's error must contain.
    pub(crate) rewrite: Option<String>,
    /// What the check's findings must contain, together.
    pub(crate) check: Vec<String>,
    /// The hooks' prefix.
    pub(crate) hooks: Option<String>,
}

impl Fixture {
    pub(crate) fn symbols(&self) -> SymbolList {
        SymbolList::parse(&self.list, &self.name).unwrap()
    }

    pub(crate) fn named(name: &str) -> &'static Fixture {
        fixtures()
            .iter()
            .find(|fixture| fixture.name == name)
            .expect("no such fixture")
    }
}

/// The exports that all fixtures are checked with.
pub(crate) fn exported() -> Symvers {
    Symvers::parse(EXPORTED, "exported").unwrap()
}

/// All fixtures, built once for each test binary.
pub(crate) fn fixtures() -> &'static [Fixture] {
    static ALL: OnceLock<Vec<Fixture>> = OnceLock::new();
    ALL.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
        let out = tempfile::tempdir().unwrap();
        let files = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        let mut sources: Vec<PathBuf> = files
            .filter(|path| path.extension().is_some_and(|ext| ext != "h"))
            .collect();
        sources.sort();
        sources
            .iter()
            .map(|source| build(source, out.path()))
            .collect()
    })
}

fn build(source: &Path, out: &Path) -> Fixture {
    let text = std::fs::read_to_string(source).unwrap();
    let said = |key: &str| -> Vec<String> {
        let lines = text.lines().filter_map(|line| line.strip_prefix("// "));
        let values = lines.filter_map(|line| line.strip_prefix(key)?.strip_prefix(": "));
        values.map(str::to_owned).collect()
    };
    let object = out.join("fixture.o");
    let mut gcc = Command::new("gcc");
    gcc.args(FLAGS)
        .args(said("cflags").iter().flat_map(|flags| flags.split(' ')));
    let run = gcc.arg(source).arg("-o").arg(&object).output();
    let run = run.expect("the host needs gcc");
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    Fixture {
        name: source.file_stem().unwrap().to_string_lossy().into_owned(),
        list: said("list").join("\n"),
        bytes: std::fs::read(&object).unwrap(),
        rewrite: said("rewrite").pop(),
        check: said("check"),
        hooks: said("hooks").pop(),
    }
}

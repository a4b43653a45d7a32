// SPDX-License-Identifier: GPL-2.0
//! The command: exit codes, messages and what is left on the disk.

mod common;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use common::Fixture;

fn run(folder: &Path, args: &[&str]) -> (Option<i32>, String) {
    let run = Command::new(env!("CARGO_BIN_EXE_klp-reloc"))
        .current_dir(folder)
        .args(args)
        .output();
    let Output {
        status,
        mut stdout,
        stderr,
    } = run.unwrap();
    stdout.extend(stderr);
    (status.code(), String::from_utf8(stdout).unwrap())
}

fn folder_with(fixture: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let fixture = Fixture::named(fixture);
    fs::write(folder.path().join("m.ko"), &fixture.bytes).unwrap();
    fs::write(folder.path().join("klp.syms"), &fixture.list).unwrap();
    let exports = "0x0\texported\tvmlinux\tEXPORT_SYMBOL\t\n0x0\t__x86_return_thunk\tvmlinux\tEXPORT_SYMBOL\t\n";
    fs::write(folder.path().join("Module.symvers"), exports).unwrap();
    folder
}

#[test]
fn a_module_is_rewritten_in_place_once_and_then_fit() {
    let folder = folder_with("hook-ok");
    let rewrite = ["rewrite", "--symbols", "klp.syms", "m.ko", "m.ko"];
    let (code, text) = run(folder.path(), &rewrite);
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.contains("R_X86_64_PLT32 .klp.sym.vmlinux.wanted,0 -4"),
        "{text}"
    );
    // How many calls there are is the compiler's choice.
    let moved = text.lines().count() - 1;
    assert!(
        text.ends_with(&format!(
            "m.ko: 1 livepatch symbol, {moved} relocations moved\n"
        )),
        "{text}"
    );

    let before = fs::read(folder.path().join("m.ko")).unwrap();
    let (code, text) = run(folder.path(), &rewrite);
    assert_eq!(
        (code, text.as_str()),
        (Some(0), "m.ko: already rewritten, 1 livepatch symbol\n")
    );
    assert_eq!(fs::read(folder.path().join("m.ko")).unwrap(), before);

    let check = [
        "check",
        "--symbols",
        "klp.syms",
        "--symvers",
        "Module.symvers",
    ];
    let (code, text) = run(
        folder.path(),
        &[&check[..], &["--hooks", "kbp_hook_", "m.ko"]].concat(),
    );
    assert_eq!((code, text.as_str()), (Some(0), "m.ko: fit to load\n"));
    let left = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 3, "no temporary file stays behind");
}

#[test]
fn an_unfit_module_fails_the_check_with_a_line_for_each_reason() {
    let folder = folder_with("call-ok");
    let (code, text) = run(folder.path(), &["check", "--symbols", "klp.syms", "m.ko"]);
    assert_eq!(code, Some(1));
    assert!(
        text.contains("klp-reloc: m.ko: unresolved: listed symbol wanted is not rewritten"),
        "{text}"
    );
    assert!(
        text.contains("klp-reloc: m.ko: unresolved: symbol __x86_return_thunk"),
        "{text}"
    );
    assert_eq!(text.lines().count(), 2, "{text}");
}

#[test]
fn a_refused_module_is_left_alone() {
    let folder = folder_with("weak-FAIL");
    let before = fs::read(folder.path().join("m.ko")).unwrap();
    let (code, text) = run(
        folder.path(),
        &["rewrite", "--symbols", "klp.syms", "m.ko", "m.ko"],
    );
    assert_eq!(code, Some(1));
    assert!(
        text.starts_with("klp-reloc: m.ko: symbol wanted is weak"),
        "{text}"
    );
    assert_eq!(fs::read(folder.path().join("m.ko")).unwrap(), before);
}

#[test]
fn symvers_leaves_out_what_the_kernel_exports() {
    let folder = folder_with("call-ok");
    fs::write(folder.path().join("klp.syms"), "wanted\nexported\n").unwrap();
    let args = [
        "symvers",
        "--symbols",
        "klp.syms",
        "--module-symvers",
        "Module.symvers",
        "--out",
        "x",
    ];
    assert_eq!(run(folder.path(), &args), (Some(0), String::new()));
    let text = fs::read_to_string(folder.path().join("x")).unwrap();
    assert_eq!(text, "0x00000000\twanted\tvmlinux\tEXPORT_SYMBOL_GPL\t\n");
}

#[test]
fn a_bad_list_is_reported_with_file_and_line() {
    let folder = folder_with("call-ok");
    fs::write(folder.path().join("klp.syms"), "wanted\nother,1\n").unwrap();
    let (code, text) = run(
        folder.path(),
        &["rewrite", "--symbols", "klp.syms", "m.ko", "out.ko"],
    );
    assert_eq!(code, Some(1));
    assert!(
        text.starts_with("klp-reloc: klp.syms:2: 'other,1' is not a symbol name"),
        "{text}"
    );
    assert!(!folder.path().join("out.ko").exists());
    let (code, text) = run(
        folder.path(),
        &["rewrite", "--symbols", "none", "m.ko", "out.ko"],
    );
    assert_eq!(code, Some(1));
    assert!(
        text.starts_with("klp-reloc: none: cannot read: No such file"),
        "{text}"
    );
    assert_eq!(text.lines().count(), 1);
}

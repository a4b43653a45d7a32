// SPDX-License-Identifier: GPL-2.0
//! The command's own failures and its clean end; see guest.rs for what needs a kernel and why.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use kbp_vm::cache::{default_kernel, Layout};
use nix::sys::signal::{kill, Signal};
use nix::unistd::Pid;

fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kbp-vm"));
    command.env("KBP_ACCEL", "tcg");
    command
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A cache with a kernel that has no byte of code and no module.
fn empty_kernel(cache: &Path) {
    fs::create_dir_all(cache.join("kernels/empty/modules")).unwrap();
    fs::write(cache.join("kernels/empty/vmlinuz"), "").unwrap();
}

#[test]
fn wrong_usage_is_2() {
    for arguments in [
        &["run"][..],
        &["run", "--kernel", "x"],
        &["fly"],
        &["run", "--kernel", "x", "--smp", "0", "--", "ls"],
    ] {
        assert_eq!(
            command().args(arguments).output().unwrap().status.code(),
            Some(2),
            "{arguments:?}"
        );
    }
}

#[test]
fn a_missing_kernel_names_the_cure() {
    let cache = tempfile::tempdir().unwrap();
    let output = command()
        .env("KBP_CACHE", cache.path())
        .args(["run", "--kernel", "forky", "--", "ls"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("run `make kernel KERNEL=forky`"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn missing_things_of_the_host_are_1() {
    let cache = tempfile::tempdir().unwrap();
    empty_kernel(cache.path());
    let root = Layout::find().unwrap().cache.join("root");
    let run = |add: &[&str]| {
        let mut command = command();
        command
            .env("KBP_CACHE", cache.path())
            .args(["run", "--kernel", "empty"])
            .args(add)
            .args(["--", "ls"]);
        command
    };
    let fails = |add: &[&str], text: &str| {
        let output = run(add).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        assert!(stderr(&output).contains(text), "{}", stderr(&output));
    };
    // Whatever QEMU the machine has of its own does not count.
    fails(&[], "run `make toolchain`");
    std::os::unix::fs::symlink(root, cache.path().join("root")).unwrap();
    fails(&["--copy", "/nowhere/x"], "cannot read /nowhere/x");
    fails(&[], "QEMU failed: ");
    let output = command()
        .env("KBP_ACCEL", "magic")
        .env("KBP_CACHE", cache.path())
        .arg("probe")
        .output()
        .unwrap();
    assert!(
        stderr(&output).contains("it must be tcg or kvm"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn an_interrupt_leaves_nothing_behind() {
    let temporary = tempfile::tempdir().unwrap();
    let mut child = command()
        .env("TMPDIR", temporary.path())
        .args([
            "run",
            "--kernel",
            &default_kernel(),
            "--",
            "echo up; sleep 1000",
        ])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert_eq!(line, "up\n", "the guest did not come up; see above");
    // The program `kill` is not in every Debian.
    kill(Pid::from_raw(child.id() as i32), Signal::SIGINT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(
        fs::read_dir(temporary.path()).unwrap().count(),
        0,
        "files were left in TMPDIR"
    );
}

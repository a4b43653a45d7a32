// SPDX-License-Identifier: GPL-2.0
//! How much memory a verdict takes: `kbpctl load` may have to make one in a small guest.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use kbp_verify::{unpack, verify, Verdict};
use kbp_vm::cache::{checks_itself, Layout};

/// What the kernel takes unpacked is needed to unpack it: zstd looks back as far as that.
const BESIDE_THE_IMAGE: u64 = 40 << 20;
/// Names the folder of a kernel to the process that measures itself.
const KERNEL: &str = "KBP_TEST_MEMORY_KERNEL";

/// The most memory that this process had.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("the own status");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.trim().strip_suffix(" kB"));
    1024 * number.expect("VmHWM").parse::<u64>().expect("a number")
}

fn measure(kernel: &Path) {
    let open = || File::open(kernel.join("vmlinuz")).expect("an image");
    let config = fs::read_to_string(kernel.join("config")).expect("its config");
    let report = verify(open(), Some(&config)).expect("a report");
    let peak = peak();
    assert_eq!(report.verdict, Verdict::Ok, "{:?}", report.reasons());
    let image = unpack(open()).expect("an image that unpacks").len() as u64;
    let beside = peak.saturating_sub(image);
    println!("{}: {image} bytes, and {beside} beside", kernel.display());
    assert!(beside <= BESIDE_THE_IMAGE, "{beside} bytes beside {image}");
}

#[test]
fn a_verdict_needs_40_mib_beside_the_image() {
    if let Some(kernel) = std::env::var_os(KERNEL) {
        return measure(Path::new(&kernel));
    }
    let layout = Layout::find().expect("the repository");
    let kernels = fs::read_dir(layout.cache.join("kernels")).expect("kernels: run `make kernel`");
    let kernels = kernels.flatten().map(|entry| entry.path());
    let kernels: Vec<PathBuf> = kernels
        .filter(|kernel| kernel.join(".kbp-done").exists())
        .filter(|kernel| !checks_itself(&kernel.to_string_lossy()))
        .collect();
    assert!(
        !kernels.is_empty(),
        "no kernel is prepared: run `make kernel`"
    );
    for kernel in kernels {
        // A process of its own: what another verdict left in the heap would count.
        let mut child = Command::new(std::env::current_exe().expect("the own name"));
        let status = child.arg("--nocapture").env(KERNEL, &kernel).status();
        assert!(status.expect("it runs").success(), "{}", kernel.display());
    }
}

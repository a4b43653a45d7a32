// SPDX-License-Identifier: GPL-2.0
//! What must have been built before a story can be told. A missing piece fails the story: a test
//! that skips itself is a test that nobody runs.

use kbp_vm::cache::Layout;
use kbp_vm::Result;

const MODULES: [&str; 4] = [
    "kbp.ko",
    "kbp_livepatch.ko",
    "tests/kbp_testnic.ko",
    "tests/kbp_foreign.ko",
];
const PROGRAMS: [&str; 2] = ["kbpctl", "kbp-bench"];

/// The first missing piece with its cure.
pub(crate) fn check(kernel: &str) -> Result<()> {
    let layout = Layout::find()?;
    let release = layout.kernel(kernel)?.release;
    let modules = layout.root.join("out/modules").join(release);
    let programs = layout.root.join("out/bin");
    let files = MODULES
        .iter()
        .map(|name| (modules.join(name), format!("make modules KERNEL={kernel}")));
    let files = files.chain(
        PROGRAMS
            .iter()
            .map(|name| (programs.join(name), "make bins".to_owned())),
    );
    for (file, cure) in files {
        if !file.is_file() {
            return Err(kbp_vm::Error::Other(format!(
                "{} is not built: run `{cure}`",
                file.display()
            )));
        }
    }
    Ok(())
}

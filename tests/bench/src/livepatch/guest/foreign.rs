// SPDX-License-Identifier: GPL-2.0
//! The foreign livepatch, `tests/foreign`.

use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, Instant};

use nix::kmod::{delete_module, finit_module, DeleteModuleFlags, ModuleInitFlags};

use crate::guest::wait::until;
use crate::livepatch::event::Direction;
use crate::{Error, Result};

const MODULE: &str = "/lib/kbp/tests/kbp_foreign.ko";
const PATCH: &str = "/sys/kernel/livepatch/kbp_foreign";
const NAME: &std::ffi::CStr = c"kbp_foreign";

/// Loads it; how long it took until every task uses it, `None` when it was not by then.
pub(super) fn load(limit: Duration) -> Result<Option<Duration>> {
    let path = Path::new(MODULE);
    let module = File::open(path).map_err(Error::at("open", path))?;
    let start = Instant::now();
    finit_module(&module, c"", ModuleInitFlags::empty()).map_err(Error::at("load", path))?;
    let over = until(limit, || {
        fs::read_to_string(Path::new(PATCH).join("transition")).is_ok_and(|text| text.trim() == "0")
    });
    Ok(over.then(|| start.elapsed()))
}

/// Switches it off and, when no task uses it any more, removes it; how long the former took.
pub(super) fn unload(limit: Duration) -> Result<Option<Duration>> {
    let start = Instant::now();
    off()?;
    let over = until(limit, || !Path::new(PATCH).exists());
    let took = over.then(|| start.elapsed());
    if over {
        remove()?;
    }
    Ok(took)
}

/// Takes it out whatever became of it. Nobody keeps a transition up any more.
pub(super) fn gone(limit: Duration) -> Result<()> {
    if Path::new(PATCH).exists() {
        // When it is on its way out already, the kernel refuses; then the wait below is enough.
        let _ = off();
        if !until(limit, || !Path::new(PATCH).exists()) {
            return Err(Error::Other(format!(
                "the foreign livepatch does not go away within {limit:?} although nobody polls"
            )));
        }
    }
    if Path::new("/sys/module/kbp_foreign").exists() {
        remove()?;
    }
    Ok(())
}

/// The names of the tasks that a transition in this direction still waits for.
pub(super) fn waits_for(direction: Direction) -> Result<Vec<String>> {
    let proc = Path::new("/proc");
    let behind = match direction {
        Direction::In => "0",
        Direction::Out => "1",
    };
    let read = |path: &Path| fs::read_to_string(path).unwrap_or_default();
    let mut names = Vec::new();
    for process in fs::read_dir(proc).map_err(Error::at("read", proc))? {
        let process = process.map_err(Error::at("read", proc))?.path();
        // Not a process, or one that has ended meanwhile.
        let Ok(tasks) = fs::read_dir(process.join("task")) else {
            continue;
        };
        for task in tasks.flatten().map(|task| task.path()) {
            if read(&task.join("patch_state")).trim() == behind {
                names.push(read(&task.join("comm")).trim().to_owned());
            }
        }
    }
    Ok(names)
}

fn off() -> Result<()> {
    let path = Path::new(PATCH).join("enabled");
    fs::write(&path, "0").map_err(Error::at("write", &path))
}

fn remove() -> Result<()> {
    // The kernel drops its last reference a moment after the patch has gone.
    let mut last = Ok(());
    until(Duration::from_secs(1), || {
        last = delete_module(NAME, DeleteModuleFlags::empty());
        last.is_ok()
    });
    last.map_err(Error::doing("cannot remove kbp_foreign.ko"))
}

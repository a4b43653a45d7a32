// SPDX-License-Identifier: GPL-2.0
//! Questions to /dev/kbp, and what its answers mean.

use std::io;
use std::path::Path;

use kbp_uapi::layout as abi;
use kbp_uapi::layout::{Change, CoreSet, CoreStatus, Info};

use crate::cores;
use crate::error::{errno, Error, Exit, Result};
use crate::sys::{Direction, System};

/// `KBP_IOC_INFO`; `None` when kbp.ko is not loaded.
pub(crate) fn info(sys: &dyn System) -> Result<Option<Info>> {
    match sys.info() {
        Ok(info) => Ok(Some(info)),
        Err(error) if is_absent(&error) => match crate::modules::loaded(sys, crate::modules::KBP) {
            false => Ok(None),
            true => Err(Error::new(
                Exit::Failed,
                "cannot talk to kbp.ko",
                "the module is loaded and /dev/kbp is missing",
                "mount devtmpfs on /dev, or create the node from /sys/class/misc/kbp/dev",
            )),
        },
        Err(error) => Err(Error::system("cannot ask /dev/kbp", &error)),
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.raw_os_error(),
        Some(errno::ENOENT | errno::ENXIO | errno::ENODEV)
    )
}

/// Refuses a module whose ABI this kbpctl does not know.
pub(crate) fn check_abi(info: &Info) -> Result<()> {
    if info.abi_version == abi::ABI_VERSION {
        return Ok(());
    }
    Err(abi_mismatch(&info.abi_version.to_string()))
}

fn abi_mismatch(module: &str) -> Error {
    Error::new(
        Exit::Unsupported,
        "kbpctl and kbp.ko do not fit together",
        format!(
            "kbpctl speaks ABI {}, the loaded module {module}",
            abi::ABI_VERSION
        ),
        "install the kbpctl and the modules of one release",
    )
}

/// The state of every core the module knows; absent cores are left out.
pub(crate) fn all_cores(sys: &dyn System, info: &Info) -> Result<Vec<CoreStatus>> {
    let mut all = Vec::new();
    for core in 0..info.core_limit.min(abi::MAX_CORES) {
        let mut status = CoreStatus {
            abi_version: abi::ABI_VERSION,
            core,
            ..CoreStatus::default()
        };
        match sys.core_status(&mut status) {
            Ok(()) => all.push(status),
            Err(error) if is_absent(&error) => {}
            Err(error) => {
                return Err(Error::system(
                    format!("cannot ask /dev/kbp about core {core}"),
                    &error,
                ))
            }
        }
    }
    Ok(all)
}

/// The cores that are not off.
pub(crate) fn active(sys: &dyn System, info: &Info) -> Result<CoreSet> {
    let mut set = CoreSet::default();
    if info.active_cores > 0 {
        for status in all_cores(sys, info)? {
            if status.state != abi::CORE_OFF {
                set.insert(status.core);
            }
        }
    }
    Ok(set)
}

/// Enables or disables `cores`; how many were not in that state before.
pub(crate) fn change(
    sys: &dyn System,
    direction: Direction,
    cores: &CoreSet,
    flags: u32,
) -> Result<u32> {
    let mut change = Change {
        abi_version: abi::ABI_VERSION,
        flags,
        cores: *cores,
        ..Change::default()
    };
    match sys.change(direction, &mut change) {
        Ok(()) => Ok(change.changed),
        Err(error) => Err(explain(sys, direction, &change, &error)),
    }
}

/// Turns the step that failed into value, rule and cure.
fn explain(sys: &dyn System, direction: Direction, change: &Change, error: &io::Error) -> Error {
    let verb = direction.verb();
    let asked = cores::phrase(&change.cores);
    let core = change.failed_core;
    let what = format!("cannot {verb} {asked}; nothing was changed");
    let list = |name: &str| {
        let path = Path::new("/sys/devices/system/cpu").join(name);
        sys.read(&path)
            .map_or("unknown".to_owned(), |text| text.trim().to_owned())
    };
    let (exit, cause, cure) = match change.failed_step {
        abi::STEP_ABI => return abi_mismatch("another one"),
        abi::STEP_EMPTY => (
            Exit::Usage,
            "no core is named".to_owned(),
            "name cores with --cores, for example --cores 2,3".to_owned(),
        ),
        abi::STEP_HOOKS => (
            Exit::NotActive,
            "the livepatch is not in effect, so packets would stay with softirq".to_owned(),
            "run kbpctl load".to_owned(),
        ),
        abi::STEP_PRESENT => (
            Exit::Failed,
            format!(
                "core {core} cannot exist here; possible are {}",
                list("possible")
            ),
            "name a core that is online".to_owned(),
        ),
        abi::STEP_ONLINE => (
            Exit::Failed,
            format!("core {core} is offline; online are {}", list("online")),
            format!("echo 1 > /sys/devices/system/cpu/cpu{core}/online, or name another core"),
        ),
        abi::STEP_BOOT_CORE => (
            Exit::Failed,
            "core 0 runs work that the kernel binds to it".to_owned(),
            "leave core 0 out, or add --force".to_owned(),
        ),
        abi::STEP_HOUSEKEEPING => (
            Exit::Failed,
            format!(
                "no online core would be left without KBP; online are {}",
                list("online")
            ),
            "leave one online core out, or add --force".to_owned(),
        ),
        abi::STEP_THREAD => (
            Exit::Failed,
            format!("the thread of core {core} could not be created: {error}"),
            "see the limits on threads (kernel.threads-max, pid_max) and on memory".to_owned(),
        ),
        abi::STEP_START => (
            Exit::Failed,
            format!("the thread of core {core} did not take its core in time"),
            format!("see what occupies core {core} (a real-time task?), or name another core"),
        ),
        step if error.raw_os_error() == Some(errno::ENOTTY) || step == abi::STEP_ARGUMENTS => (
            Exit::Unsupported,
            format!("the loaded kbp.ko does not take this request: {error}"),
            "install the kbpctl and the modules of one release".to_owned(),
        ),
        _ => return Error::system(what, error),
    };
    Error::new(exit, what, cause, cure)
}

// SPDX-License-Identifier: GPL-2.0
//! What a change that kbp.ko refused means: value, rule and cure.

use std::io;
use std::path::Path;

use kbp_uapi as abi;
use kbp_uapi::{kbp_change, kbp_core_set};
use nix::libc;

use crate::cores::config;
use crate::cores::list;
use crate::error::{Error, Exit, NOTHING_CHANGED};
use crate::sys::{Request, System};

/// Finding who keeps a poller from running.
const WHO_RUNS: &str = "find that task with ps -eo pid,cls,rtprio,psr,comm";

/// The module speaks another ABI.
pub(crate) fn abi_mismatch(module: &str) -> Error {
    Error::new(
        Exit::Unsupported,
        "kbpctl and kbp.ko do not fit together",
        format!(
            "kbpctl speaks ABI {}, the loaded module {module}",
            abi::KBP_ABI_VERSION
        ),
        "install the kbpctl and the modules of one release",
    )
}

/// Threads that did not end when `asked` was to go back to softirq.
pub(crate) fn stuck(asked: &kbp_core_set, stuck: &kbp_core_set) -> Error {
    let error = Error::new(
        Exit::Failed,
        format!("cannot disable {} completely", list::phrase(stuck)),
        not_ended(stuck),
        format!("{WHO_RUNS}, then run the command again"),
    );
    match asked == stuck {
        true => error,
        false => error.noting("the other cores are disabled"),
    }
}

fn not_ended(stuck: &kbp_core_set) -> String {
    let names: Vec<String> = stuck.iter().map(|core| format!("kbp/{core}")).collect();
    let names = names.join(", ");
    match stuck.iter().nth(1) {
        None => format!(
            "softirq serves the core, but its thread {names} has not ended: it waits for the CPU, \
             for example behind a real-time task"
        ),
        Some(_) => format!(
            "softirq serves the cores, but their threads {names} have not ended: they wait for \
             the CPU, for example behind real-time tasks"
        ),
    }
}

/// Turns the step that failed into value, rule and cure.
pub(crate) fn explain(
    sys: &dyn System,
    request: Request,
    change: &kbp_change,
    error: &io::Error,
) -> Error {
    let verb = request.verb();
    let asked = list::phrase(&change.cores);
    let core = change.failed_core;
    let what = format!("cannot {verb} {asked}{NOTHING_CHANGED}");
    let list = |name: &str| {
        let path = Path::new("/sys/devices/system/cpu").join(name);
        sys.read(&path)
            .map_or("unknown".to_owned(), |text| text.trim().to_owned())
    };
    let (exit, cause, cure) = match change.failed_step {
        abi::KBP_STEP_ABI => return abi_mismatch("another one"),
        abi::KBP_STEP_EMPTY => (
            Exit::Usage,
            "no core is named".to_owned(),
            "name cores with --cores, for example --cores 2,3".to_owned(),
        ),
        abi::KBP_STEP_HOOKS => (
            Exit::NotActive,
            "the livepatch is not in effect, so packets would stay with softirq".to_owned(),
            "run kbpctl load".to_owned(),
        ),
        abi::KBP_STEP_PRESENT => (
            Exit::Failed,
            format!(
                "core {core} cannot exist here; possible are {}",
                list("possible")
            ),
            "name a core that is online".to_owned(),
        ),
        abi::KBP_STEP_ONLINE => (
            Exit::Failed,
            format!("core {core} is offline; online are {}", list("online")),
            format!("echo 1 > /sys/devices/system/cpu/cpu{core}/online, or name another core"),
        ),
        abi::KBP_STEP_BOOT_CORE => (
            Exit::Failed,
            "core 0 runs work that the kernel binds to it".to_owned(),
            "leave core 0 out, or add --force".to_owned(),
        ),
        abi::KBP_STEP_HOUSEKEEPING => (
            Exit::Failed,
            format!(
                "no online core would be left without KBP; online are {}",
                list("online")
            ),
            "leave one online core out, or add --force".to_owned(),
        ),
        abi::KBP_STEP_THREAD => (
            Exit::Failed,
            format!("the thread of core {core} could not be created: {error}"),
            "see the limits on threads (kernel.threads-max, pid_max) and on memory".to_owned(),
        ),
        abi::KBP_STEP_START => (
            Exit::Failed,
            format!("the thread of core {core} did not take its core in time"),
            format!("see what occupies core {core} (a real-time task?), or name another core"),
        ),
        abi::KBP_STEP_CONFIG => return out_of_range(what, change),
        abi::KBP_STEP_STOP => (
            Exit::Failed,
            not_ended(&list::set([core])),
            format!("{WHO_RUNS}, then run the command again"),
        ),
        abi::KBP_STEP_LATENCY => (
            Exit::Failed,
            format!("the kernel took no limit on the C-state exits of core {core}: {error}"),
            "use --max-exit-latency none".to_owned(),
        ),
        step if error.raw_os_error() == Some(libc::ENOTTY) || step == abi::KBP_STEP_ARGUMENTS => (
            Exit::Unsupported,
            format!("the loaded kbp.ko does not take this request: {error}"),
            "install the kbpctl and the modules of one release".to_owned(),
        ),
        _ => return Error::system(what, error),
    };
    Error::new(exit, what, cause, cure)
}

/// A value that kbp.ko does not take although it passed the command line's own check.
fn out_of_range(what: String, change: &kbp_change) -> Error {
    let named = config::phrase(change.failed_field, &change.config);
    let (cause, cure) = match config::by_bit(change.failed_field) {
        Some(field) => (format!("kbp.ko takes no {named}"), field.cure()),
        None => (
            "kbp.ko does not take this configuration".to_owned(),
            "install the kbpctl and the modules of one release".to_owned(),
        ),
    };
    Error::new(Exit::Usage, what, cause, cure)
}

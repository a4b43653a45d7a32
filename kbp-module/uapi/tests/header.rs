// SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note
//! `kbp.h` and `layout.rs` are the same contract: a C program that includes the header prints
//! every size, offset and constant, and the Rust side must agree.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::mem::{offset_of, size_of};
use std::path::Path;
use std::process::Command;

use kbp_uapi::layout::*;

/// A C expression and the value Rust has for it.
type Item = (String, u64);

/// The size of a type, and offset and size of each of its fields.
macro_rules! layout {
    ($items:ident, $rust:ty, $c:literal, [$($field:ident),+ $(,)?]) => {{
        $items.push((format!("sizeof(struct {})", $c), size_of::<$rust>() as u64));
        $(
            $items.push((
                format!("offsetof(struct {}, {})", $c, stringify!($field)),
                offset_of!($rust, $field) as u64,
            ));
            let value = <$rust>::default();
            $items.push((
                format!("sizeof(((struct {} *)0)->{})", $c, stringify!($field)),
                std::mem::size_of_val(&value.$field) as u64,
            ));
        )+
        // Without a field missing here: a new one would make the last field end too early.
        let ends = [$(offset_of!($rust, $field) + std::mem::size_of_val(&<$rust>::default().$field)),+];
        assert_eq!(ends.iter().max(), Some(&size_of::<$rust>()), "{}: every field is listed", $c);
    }};
}

/// Constants whose C name is `KBP_` and the Rust name.
macro_rules! constants {
    ($items:ident, [$($name:ident),+ $(,)?]) => {
        $($items.push((format!("KBP_{}", stringify!($name)), u64::from($name)));)+
    };
}

fn items() -> Vec<Item> {
    let mut items = Vec::new();
    layout!(items, CoreSet, "kbp_core_set", [words]);
    layout!(
        items,
        Info,
        "kbp_info",
        [abi_version, flags, core_limit, active_cores, reserved]
    );
    layout!(
        items,
        Change,
        "kbp_change",
        [
            abi_version,
            flags,
            cores,
            failed_step,
            failed_core,
            changed,
            fields,
            config,
            failed_field,
            pad,
            reserved
        ]
    );
    layout!(
        items,
        Counters,
        "kbp_counters",
        [
            cycles,
            empty_cycles,
            polls,
            packets,
            busy_ns,
            idle_ns,
            window_ns,
            sleep_ns,
            yielded_ns,
            longest_guard_ns,
            longest_gap_ns,
            windows,
            window_wakeups,
            sleeps,
            sleep_wakeups,
            releases,
            held_polls,
            absorbed,
            raises,
            yields_patch,
            yields_hooks,
            yields_suspend,
            yields_offline,
            rescues,
            quiescent_states,
            squeezed,
            untracked_polls,
            reserved
        ]
    );
    layout!(
        items,
        CoreStatus,
        "kbp_core_status",
        [
            abi_version,
            core,
            state,
            yield_reason,
            thread_pid,
            spin_us,
            config,
            counters,
            delay,
            guard,
            rescue_ns,
            rescue_pid,
            pad,
            rescue_comm
        ]
    );
    layout!(
        items,
        CoreConfig,
        "kbp_core_config",
        [
            irq_mode,
            idle_policy,
            sched_policy,
            nice,
            spin_us,
            exit_latency_us,
            window_us,
            spacing_us,
            rescue_ms,
            pad,
            reserved
        ]
    );
    layout!(items, Histogram, "kbp_histogram", [counts]);
    layout!(
        items,
        NapiStatus,
        "kbp_napi_status",
        [
            abi_version,
            core,
            index,
            napi_id,
            ifindex,
            flags,
            polls,
            packets,
            exhausted,
            longest_delay_ns,
            delay
        ]
    );
    constants!(
        items,
        [ABI_VERSION, MAX_CORES, INFO_HOOKS_LIVE, CHANGE_FORCE]
    );
    constants!(
        items,
        [
            STEP_NONE,
            STEP_ABI,
            STEP_ARGUMENTS,
            STEP_EMPTY,
            STEP_HOOKS,
            STEP_PRESENT
        ]
    );
    constants!(
        items,
        [
            STEP_ONLINE,
            STEP_BOOT_CORE,
            STEP_HOUSEKEEPING,
            STEP_THREAD,
            STEP_START
        ]
    );
    constants!(
        items,
        [
            CORE_OFF,
            CORE_STARTING,
            CORE_POLLING,
            CORE_SLEEPING,
            CORE_DRAINING
        ]
    );
    constants!(items, [CORE_YIELDED, YIELD_NONE, YIELD_PATCH, YIELD_HOOKS]);
    constants!(items, [YIELD_OFFLINE, YIELD_SUSPEND, YIELD_RESCUE]);
    constants!(
        items,
        [STEP_CONFIG, STEP_STOP, STEP_LATENCY, INFO_SUSPENDED]
    );
    constants!(
        items,
        [
            IRQ_ARMED,
            IRQ_MASKED,
            IDLE_SPIN,
            IDLE_ADAPTIVE,
            SCHED_FIFO,
            SCHED_OTHER
        ]
    );
    constants!(
        items,
        [
            SPIN_US_MIN,
            SPIN_US_MAX,
            EXIT_LATENCY_US_MAX,
            EXIT_LATENCY_NONE
        ]
    );
    constants!(
        items,
        [WINDOW_US_MIN, WINDOW_US_MAX, SPACING_US_MIN, SPACING_US_MAX]
    );
    constants!(
        items,
        [
            RESCUE_MS_MIN,
            RESCUE_MS_MAX,
            BUCKETS,
            NAPIS,
            NAPI_HELD,
            NAPI_BACKLOG
        ]
    );
    constants!(
        items,
        [
            FIELD_IRQ_MODE,
            FIELD_IDLE_POLICY,
            FIELD_SCHED_POLICY,
            FIELD_NICE,
            FIELD_SPIN
        ]
    );
    constants!(
        items,
        [
            FIELD_EXIT_LATENCY,
            FIELD_WINDOW,
            FIELD_SPACING,
            FIELD_RESCUE,
            FIELDS_ALL
        ]
    );
    constants!(items, [IOC_INFO, IOC_ENABLE, IOC_DISABLE, IOC_CORE_STATUS]);
    constants!(items, [IOC_CONFIGURE, IOC_NAPI_STATUS]);
    items.push(("KBP_NICE_MIN".to_owned(), i64::from(NICE_MIN) as u64));
    items.push(("KBP_NICE_MAX".to_owned(), i64::from(NICE_MAX) as u64));
    items.push(("KBP_CORE_WORDS".to_owned(), CORE_WORDS as u64));
    items
}

/// Compiles and runs a program that prints the value of each expression, one a line.
fn ask_c(items: &[Item]) -> Vec<u64> {
    let mut program = String::from("#include <stddef.h>\n#include <stdio.h>\n#include \"kbp.h\"\n");
    program.push_str("int main(void)\n{\n");
    for (expression, _) in items {
        writeln!(
            program,
            "\tprintf(\"%llu\\n\", (unsigned long long)({expression}));"
        )
        .unwrap();
    }
    program.push_str("\treturn 0;\n}\n");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (source, binary) = (folder.path().join("header.c"), folder.path().join("header"));
    std::fs::write(&source, program).expect("write the C program");
    let compiled = Command::new("cc")
        .args([
            "-std=gnu11",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-I",
            env!("CARGO_MANIFEST_DIR"),
            "-o",
        ])
        .args([&binary, &source])
        .output()
        .expect("run cc: install gcc and linux-libc-dev");
    assert!(
        compiled.status.success(),
        "{}",
        String::from_utf8_lossy(&compiled.stderr)
    );
    let printed = Command::new(&binary)
        .output()
        .expect("run the C program")
        .stdout;
    let printed = String::from_utf8(printed).expect("numbers");
    printed
        .lines()
        .map(|line| line.parse().expect("a number"))
        .collect()
}

#[test]
fn the_header_and_the_layouts_agree() {
    let items = items();
    let values = ask_c(&items);
    assert_eq!(values.len(), items.len());
    let differs = |((expression, rust), c): (&Item, &u64)| {
        (rust != c).then(|| format!("{expression}: {c} in kbp.h, {rust} in layout.rs"))
    };
    let differences: Vec<String> = items.iter().zip(&values).filter_map(differs).collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// A name that is new in the header must be compared, too.
#[test]
fn every_name_of_the_header_is_compared() {
    let header = Path::new(env!("CARGO_MANIFEST_DIR")).join("kbp.h");
    let header = std::fs::read_to_string(header).expect("read kbp.h");
    let compared: BTreeSet<String> = items().into_iter().map(|(name, _)| name).collect();
    let mut missing = Vec::new();
    for line in header.lines().map(str::trim) {
        let mut words = line.split_whitespace();
        let name = match (words.next(), words.next(), words.next()) {
            (Some("#define"), Some(name), Some(_)) if name != "KBP_IOC_MAGIC" => name.to_owned(),
            (Some(name), Some("="), Some(_)) if name.starts_with("KBP_") => name.to_owned(),
            (Some("struct"), Some(name), Some("{")) => format!("sizeof(struct {name})"),
            _ => continue,
        };
        if !compared.contains(&name) {
            missing.push(name);
        }
    }
    assert!(missing.is_empty(), "not compared: {}", missing.join(", "));
}

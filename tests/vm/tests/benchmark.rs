// SPDX-License-Identifier: GPL-2.0
//! The benchmark measures what it says: every way to poll is put in effect, and shows it. No stories: a
//! program of the host runs its own guests here, and its JSON is judged.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use kbp_vm::cache::Layout;
use serde_json::Value;

/// Runs one of its commands, which may end with one of these codes, with its folder and more words.
fn run(command: &str, codes: &[i32], out: &Path, more: &[&str]) {
    run_on(&kbp_stories::default_kernel(), command, codes, out, more);
}

/// The same in a guest with this kernel.
fn run_on(kernel: &str, command: &str, codes: &[i32], out: &Path, more: &[&str]) {
    let layout = Layout::find().expect("the repository");
    let program = layout.root.join("out/bin/kbp-bench");
    kbp_stories::ready(kernel).unwrap_or_else(|error| panic!("{error}"));
    let _turns = kbp_stories::take_all_turns().expect("the locks of the stories");
    let output = Command::new(&program)
        .args([command, "--kernel", kernel, "--out"])
        .arg(out)
        .args(more)
        .current_dir(&layout.root)
        .output();
    let output = output.unwrap_or_else(|error| {
        panic!(
            "{} does not run: {error}; build it with 'make bins'",
            program.display()
        )
    });
    let said = String::from_utf8_lossy(&output.stderr);
    let code = output.status.code();
    assert!(
        code.is_some_and(|code| codes.contains(&code)),
        "{}: {said}",
        output.status
    );
    print!("{said}");
}

/// Runs the suite with these filters and gives the lines of its outcomes.
fn bench(out: &Path, filters: &[&str], more: &[&str]) -> Vec<Value> {
    let filters = filters.iter().flat_map(|filter| ["--filter", filter]);
    let words: Vec<&str> = more.iter().copied().chain(filters).collect();
    run("suite", &[0, 5], out, &words);
    let text = fs::read_to_string(out.join("runs.jsonl")).expect("the outcomes");
    // The first line says what run it is, the second what the numbers depend on.
    let lines = text.lines().skip(2);
    lines
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect()
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("kbp-bench-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    folder
}

fn id(line: &Value) -> String {
    let cell = &line["cell"];
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    format!("{} {}", word(&cell["row"]["name"]), word(&cell["mode"]))
}

#[test]
fn every_way_to_poll_is_put_in_effect() {
    let out = folder("modes");
    let lines = bench(
        &out,
        &[
            "delay-quiet /1",
            "vm-64 /1",
            "vm-tcp-64 /1",
            "line-veth-4 kbp-armed/1",
        ],
        &[],
    );
    let measured: Vec<&Value> = lines
        .iter()
        .filter(|line| line["event"] == "measured")
        .collect();
    let left = lines.iter().filter(|line| line["event"] == "left");
    let missing: Vec<&str> = left
        .map(|line| line["mode"].as_str().unwrap_or_default())
        .collect();
    // Older kernels lack these two; nothing else may be left out.
    assert!(
        missing
            .iter()
            .all(|mode| ["threaded-busy-poll", "irq-suspend"].contains(mode)),
        "{missing:?}"
    );
    let names: BTreeSet<String> = measured.iter().map(|line| id(line)).collect();
    assert_eq!(names.len() + missing.len(), 29, "{names:?} {missing:?}");
    for line in measured {
        let name = id(line);
        let packets = &line["packets"];
        assert_eq!(packets["sent"], packets["received"], "{name} lost packets");
        assert_eq!(packets["duplicates"], 0, "{name}");
        assert!(
            line["times"]["max"].as_u64() > Some(0),
            "{name} has no times"
        );
        assert_eq!(line["busy"].as_array().map(Vec::len), Some(2), "{name}");
        if name.contains("line") {
            let evidence = line["evidence"].as_str().unwrap_or_default();
            assert!(evidence.contains("; "), "no trace of the line: {evidence}");
        }
        if name.contains("kbp") {
            assert_eq!(line["net_rx"], 0, "{name}: a NET_RX softirq on KBP's core");
        }
    }
    fs::remove_dir_all(&out).expect("the folder of the outcomes");
}

/// The cells of `kbp-bench delay` on this kernel for these rows and modes.
fn delays(kernel: &str, rows: &str, modes: &str) -> Vec<Value> {
    let out = folder("delay");
    let words = ["--rows", rows, "--modes", modes];
    run_on(kernel, "delay", &[0], &out, &words);
    let text = fs::read_to_string(out.join("report.json")).expect("the report");
    fs::remove_dir_all(&out).expect("the folder of the report");
    let report: Value = serde_json::from_str(&text).expect("JSON");
    report["cells"].as_array().expect("cells").clone()
}

/// Of a cell of `kbp-bench delay`: its name, what was lost, and the bucket of the median.
fn numbers(cell: &Value) -> (String, u64, u64) {
    let word = |key: &str| cell[key].as_str().unwrap_or_default().to_owned();
    let lost = cell["lost"].as_u64().expect("a number");
    (word("row") + "/" + &word("mode"), lost, within(cell, 50))
}

/// Of a cell of `kbp-bench delay`: all but how long the run took, and the share, which is of that.
fn packets(cell: &Value) -> Value {
    let mut cell = cell.clone();
    let all = cell.as_object_mut().expect("an object");
    all.retain(|key, _| key != "time_ns" && key != "share");
    cell
}

/// The bucket, in nanoseconds, within which so many percent of a cell's packets were served.
fn within(cell: &Value, percent: u64) -> u64 {
    let counts = cell["delay"]["counts"].as_array().expect("counts");
    let number = |bucket: &Value, at: usize| bucket[at].as_u64().expect("a number");
    let total: u64 = counts.iter().map(|bucket| number(bucket, 2)).sum();
    let mut left = total * percent / 100;
    let bucket = counts.iter().find(|bucket| {
        left = left.saturating_sub(number(bucket, 2));
        left == 0
    });
    number(bucket.expect("a bucket"), 0)
}

#[test]
fn what_kbp_does_unasked_loses_nothing_and_is_not_slower_where_softirq_is_in_trouble() {
    for kernel in ["bookworm", "trixie-backports"] {
        let rows = "burst1024-spin,tasklet-rare-spin";
        let cells = delays(kernel, rows, "softirq,kbp-reserve");
        assert_eq!(cells.len(), 4, "{cells:?}");
        for row in rows.split(',') {
            let of = |mode| {
                let mut all = cells.iter();
                all.find(|cell| cell["row"] == row && cell["mode"] == mode)
                    .expect(row)
            };
            let (softirq, ours) = (of("softirq"), of("kbp-reserve"));
            assert_eq!(ours["lost"], 0, "{kernel}: {row}");
            let [softirq, ours] = [softirq, ours].map(|cell| within(cell, 99));
            // With room for one bucket.
            assert!(
                ours * 32 <= softirq * 33,
                "{kernel}: {row}: p99 {ours} ns, softirq {softirq} ns"
            );
        }
    }
}

#[test]
fn an_exact_clock_gives_the_same_times_and_with_kbp_the_same_medians() {
    // Not with a packet each 0.1 ms: the poller's own look is due just then, before or after it.
    let rows = "quiet,queues4-spin,program-load50-spin";
    let kernel = kbp_stories::default_kernel();
    let run = || delays(&kernel, rows, "softirq,kbp-armed,kbp-reserve");
    let [first, second] = [run(), run()];
    for (one, other) in first.iter().zip(&second) {
        if one["mode"] == "softirq" {
            // What the program that starts a run and waits for its end needs for that may differ by some
            // instructions (10 were seen), and the task beside has them: nothing of a packet's time.
            let differ = |key: &str| {
                let of = |cell: &Value| cell[key].as_f64().unwrap_or_default();
                (of(one) - of(other)).abs()
            };
            assert!(differ("time_ns") < 1e3, "{one:?}, {other:?}");
            assert!(differ("share") < 1e-3, "{one:?}, {other:?}");
            assert_eq!(packets(one), packets(other));
        }
    }
    let [first, second] =
        [first, second].map(|cells| cells.iter().map(numbers).collect::<Vec<_>>());
    assert_eq!(first.len(), 9, "{first:?}");
    for ((name, lost, ours), (_, lost_then, other)) in first.iter().zip(second) {
        assert_eq!(*lost, lost_then, "{name}");
        if name.starts_with("program") {
            // It has a packet only when that has been worked on: 50 us each.
            assert!(*ours >= 50_000, "{name}: {ours} ns");
            continue;
        }
        // One bucket: 1/32 of the power of two.
        let near = ours.abs_diff(other) * 32 <= (*ours).max(other);
        assert!(near, "{name}: {ours} ns, {other} ns");
    }
    let of = |mode: &str| {
        first
            .iter()
            .find(|(name, ..)| *name == format!("quiet/{mode}"))
    };
    let [softirq, reserve] = ["softirq", "kbp-reserve"].map(|mode| of(mode).expect("it").2);
    // What the raise of a served core costs more than the kernel's own, with room for one bucket.
    assert!(
        reserve * 100 <= softirq * 115,
        "{reserve} ns, softirq {softirq} ns"
    );
}

#[test]
fn a_search_counts_in_the_container() {
    let out = folder("search");
    let lines = bench(&out, &["docker-zero-loss-64 kbp-armed/1"], &[]);
    assert_eq!(lines.len(), 1, "{lines:?}");
    let found = &lines[0];
    assert!(found["rate"].as_u64() > Some(0), "no rate: {found}");
    let packets = &found["packets"];
    assert_eq!(packets["sent"], packets["received"]);
    let evidence = found["evidence"].as_str().unwrap_or_default();
    let (before, _) = evidence
        .split_once(" into the receiver's container")
        .expect("counters of the container");
    let into = before.rsplit(' ').next().and_then(|n| n.parse().ok());
    assert!(into >= packets["received"].as_u64(), "{evidence}");
    fs::remove_dir_all(&out).expect("the folder of the outcomes");
}

#[test]
fn rows_that_need_a_debian_are_measured_in_a_boot_of_it() {
    let out = folder("boots");
    let rows = ["delay-quiet", "podman-64", "debian-64"];
    let filters = rows.map(|row| format!("{row} kbp-armed/1"));
    let lines = bench(&out, &filters.each_ref().map(String::as_str), &[]);
    assert_eq!(lines.len(), rows.len(), "{lines:?}");
    for (row, line) in rows.iter().zip(&lines) {
        assert_eq!(line["cell"]["row"]["name"], *row);
        let packets = &line["packets"];
        assert_eq!(packets["sent"], packets["received"], "{row} lost packets");
        assert_eq!(line["net_rx"], 0, "{row}: a NET_RX softirq on KBP's core");
        let evidence = line["evidence"].as_str().unwrap_or_default();
        assert_eq!(
            evidence.contains("into the receiver's container"),
            *row == "podman-64",
            "{row}: {evidence}"
        );
    }
    fs::remove_dir_all(&out).expect("the folder of the outcomes");
}

#[test]
fn an_interrupted_run_goes_on() {
    let out = folder("resume");
    let filter = ["delay-queues-4 kbp-armed"];
    let first = bench(&out, &filter, &[]);
    assert_eq!(first.len(), 3);
    // As if it had been stopped in the middle.
    let path = out.join("runs.jsonl");
    let text = fs::read_to_string(&path).expect("the outcomes");
    let kept: Vec<&str> = text.lines().take(3).collect();
    fs::write(&path, kept.join("\n") + "\n{\"event\":").expect("the outcomes");
    let second = bench(&out, &filter, &[]);
    assert_eq!(second.len(), 3);
    assert_eq!(first[0], second[0], "what was there is measured again");
    assert_ne!(first[2], second[2], "what was missing is not measured");
    fs::remove_dir_all(&out).expect("the folder of the outcomes");
}

// SPDX-License-Identifier: GPL-2.0
//! Metrics: what they say, and that documents, dashboard and alerts name what there is.

use std::collections::BTreeSet;
use std::fs;

use kbp_uapi::kbp_napi_status;

use super::exposition::{self, Families, Form as Exposition, Sample};
use super::status::{busy, histogram};
use super::*;

const FILE: &str = "/var/lib/node_exporter/kbp.prom";

/// A machine with everything that a metric can show.
fn everything() -> Fake {
    let fake = busy();
    put(&fake, "/sys/module/kbp/version", "1.2.3\n");
    put(&fake, "/var/lib/node_exporter/other.prom", "");
    let mut machine = fake.0.borrow_mut();
    let core = machine.core(2);
    core.guard = histogram(&[(0, 1), (17, 2)]);
    core.counters.busy_ns = 1_500_000_000;
    let transmits = |packets| kbp_napi_status {
        ifindex: 2,
        packets,
        polls: 1,
        ..kbp_napi_status::default()
    };
    let napis = machine.napis.get_mut(&2).expect("its NAPIs");
    napis.extend([transmits(3), transmits(4)]);
    drop(machine);
    fake
}

/// As printed.
fn printed(fake: &Fake) -> Families {
    let text = format!("{}\n", text(fake, "metrics"));
    exposition::read(&text, Exposition::OpenMetrics)
}

/// As a file has them.
fn written(fake: &Fake) -> String {
    let line = format!("metrics --textfile {FILE}");
    assert_eq!(text(fake, &line), format!("metrics are in {FILE}"));
    fake.0.borrow().files[Path::new(FILE)].clone()
}

fn samples<'a>(families: &'a Families, name: &str) -> Vec<&'a Sample> {
    let all = families.values().flat_map(|family| &family.samples);
    all.filter(|sample| sample.name == name).collect()
}

fn value(families: &Families, name: &str, labels: &[(&str, &str)]) -> f64 {
    let has = |sample: &&&Sample| {
        labels
            .iter()
            .all(|(key, value)| sample.label(key) == *value)
    };
    let all = samples(families, name);
    let found: Vec<_> = all.iter().filter(has).collect();
    assert_eq!(found.len(), 1, "{name} {labels:?}: {found:?}");
    found[0].value
}

#[test]
fn metrics_are_what_was_counted() {
    let families = printed(&everything());
    let of = |name, labels: &[_]| value(&families, name, labels);
    assert_eq!(of("kbp_loaded", &[]), 1.0);
    assert_eq!(of("kbp_hooks_live", &[]), 1.0);
    assert_eq!(
        of("kbp_info", &[("version", "1.2.3"), ("abi_version", "4")]),
        1.0
    );
    assert_eq!(of("kbp_livepatch_state", &[("state", "enabled")]), 1.0);
    assert_eq!(of("kbp_livepatch_state", &[("state", "absent")]), 0.0);
    assert_eq!(of("kbp_active_cores", &[]), 1.0);
    let two = ("cpu", "2");
    assert_eq!(of("kbp_core_state", &[two, ("state", "yielded")]), 1.0);
    assert_eq!(of("kbp_core_state", &[two, ("state", "polling")]), 0.0);
    // Core 3 is off, and has a configuration.
    assert_eq!(of("kbp_core_state", &[("cpu", "3"), ("state", "off")]), 1.0);
    assert_eq!(of("kbp_core_packets_total", &[two]), 1_234_567_890_123.0);
    assert_eq!(
        of("kbp_core_yields_total", &[two, ("reason", "rescue")]),
        1.0
    );
    assert_eq!(
        of("kbp_core_time_seconds_total", &[two, ("mode", "busy")]),
        1.5
    );
    assert_eq!(of("kbp_core_longest_gap_seconds", &[two]), 0.101_000_999);
    assert_eq!(of("kbp_core_retry_in_seconds", &[two]), 0.75);
    let config = [two, ("irq", "masked"), ("idle", "adaptive")];
    assert_eq!(of("kbp_core_config_info", &config), 1.0);
    assert_eq!(of("kbp_core_guard_seconds_count", &[two]), 3.0);
    assert_eq!(of("kbp_core_guard_seconds_sum", &[two]), 1.5);
    let napi = [two, ("device", "eth0"), ("napi", "8193")];
    assert_eq!(of("kbp_napi_packets_total", &napi), 3000.0);
    assert_eq!(of("kbp_napi_held", &napi), 1.0);
    assert_eq!(of("kbp_napi_delay_seconds_count", &napi), 50.0);
    let edge = |name: &str| {
        let edges = samples(&families, name).into_iter();
        let mut edges = edges.filter(|sample| sample.label("napi") == "8193");
        // 2^12 - 1 ns.
        let edge = edges.find(|sample| sample.label("le").parse() == Ok(4095e-9));
        edge.expect("an edge").value
    };
    assert_eq!(edge("kbp_napi_delay_seconds_bucket"), 40.0);
    assert_eq!(of("kbp_napi_packets_total", &[("napi", "tx")]), 7.0);
    assert_eq!(of("kbp_napi_polls_total", &[("napi", "backlog")]), 0.0);
}

/// As an operator sees them, and node_exporter.
#[test]
fn metrics_in_both_forms() {
    let fake = everything();
    insta::assert_snapshot!("metrics", text(&fake, "metrics"));
    insta::assert_snapshot!("metrics_textfile", written(&fake));
}

#[test]
fn both_forms_have_the_same_samples() {
    let fake = everything();
    let printed = printed(&fake);
    let written = exposition::read(&written(&fake), Exposition::Older);
    let plain = |families: &Families| {
        let all = families.values().flat_map(|family| &family.samples);
        let parts = all.map(|sample| {
            let mut labels = sample.labels.clone();
            // The forms spell numbers in their own ways.
            if let Some(edge) = labels.get_mut("le") {
                let number: f64 = edge.replace('+', "").parse().expect("an edge");
                *edge = number.to_string();
            }
            format!("{} {labels:?} {}", sample.name, sample.value)
        });
        parts.collect::<BTreeSet<String>>()
    };
    assert_eq!(plain(&printed), plain(&written));
}

#[test]
fn that_kbp_is_not_loaded_is_a_metric() {
    let families = printed(&Fake::new());
    assert_eq!(value(&families, "kbp_loaded", &[]), 0.0);
    assert_eq!(
        value(&families, "kbp_livepatch_state", &[("state", "absent")]),
        1.0
    );
    assert_eq!(value(&families, "kbp_active_cores", &[]), 0.0);
    assert!(samples(&families, "kbp_core_packets_total").is_empty());
    let fake = everything();
    fake.0.borrow_mut().abi_version = 9;
    let families = printed(&fake);
    assert_eq!(value(&families, "kbp_loaded", &[]), 1.0);
    assert_eq!(value(&families, "kbp_abi_supported", &[]), 0.0);
    assert!(samples(&families, "kbp_core_state").is_empty());
}

#[test]
fn a_name_with_quotes_does_no_harm() {
    let fake = everything();
    put(&fake, "/sys/class/net/a\"b\\c/ifindex", "77\n");
    let families = printed(&fake);
    assert_eq!(
        value(&families, "kbp_napi_polls_total", &[("device", "a\"b\\c")]),
        0.0
    );
}

#[test]
fn a_file_is_for_the_collector_or_refused() {
    let fake = everything();
    for (line, exit, words) in [
        (
            "metrics --textfile /var/lib/node_exporter/kbp",
            Exit::Usage,
            "end in .prom",
        ),
        (
            "metrics --textfile /nowhere/kbp.prom",
            Exit::Failed,
            "there is no folder /nowhere",
        ),
    ] {
        let (code, error) = error(&fake, line);
        assert_eq!(code, exit);
        assert!(error.contains(words), "{error}");
    }
    fail(&fake, "store", libc::ENOSPC);
    let (exit, error) = error(&fake, &format!("metrics --textfile {FILE}"));
    assert_eq!(exit, Exit::Failed);
    let words = format!("cannot write the metrics to {FILE}: No space left");
    assert!(error.starts_with(&words), "{error}");
    assert!(error.contains("make room"), "{error}");
}

#[test]
fn the_document_says_what_it_has() {
    let fake = everything();
    let printed = kbpctl(&fake, "metrics").expect("metrics").json;
    assert_eq!(printed["schema"], "kbp.metrics/1");
    assert_eq!(printed["file"], serde_json::Value::Null);
    let metrics = printed["metrics"].as_str().expect("a text");
    exposition::read(metrics, Exposition::OpenMetrics);
    let written = kbpctl(&fake, &format!("metrics --textfile {FILE}")).expect("metrics");
    assert_eq!(written.json["file"], FILE);
}

fn repository(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every word of a text that begins as a metric does.
fn names(text: &str) -> BTreeSet<&str> {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    words.filter(|word| word.starts_with("kbp_")).collect()
}

#[test]
fn the_page_has_each_name() {
    let page = repository("docs/metrics.md");
    let rows = page.lines().filter_map(|line| {
        let name = line.strip_prefix("- **`")?;
        name.split(['`', '{']).next()
    });
    let documented: BTreeSet<&str> = rows.collect();
    let families = printed(&everything());
    // As an operator writes them; a histogram by its family.
    let name = |(name, family): (&String, &exposition::Family)| match &*family.kind {
        "counter" => format!("{name}_total"),
        "info" => format!("{name}_info"),
        _ => name.clone(),
    };
    let there: BTreeSet<String> = families.iter().map(name).collect();
    let there: BTreeSet<&str> = there.iter().map(String::as_str).collect();
    assert_eq!(documented, there);
}

#[test]
fn dashboard_and_alerts_ask_for_what_there_is() {
    let fake = everything();
    let families = exposition::read(&written(&fake), Exposition::Older);
    let all = families.values().flat_map(|family| &family.samples);
    let there: BTreeSet<&str> = all.map(|sample| &*sample.name).collect();
    for file in ["dashboard.json", "alerts.yml"] {
        let text = repository(&format!("packaging/monitoring/{file}"));
        let asked = names(&text);
        assert!(asked.len() > 5, "{asked:?}");
        let unknown: Vec<_> = asked.difference(&there).collect();
        assert!(unknown.is_empty(), "{file}: {unknown:?}");
    }
    let dashboard = repository("packaging/monitoring/dashboard.json");
    let dashboard: serde_json::Value = serde_json::from_str(&dashboard).expect("JSON");
    let panels = dashboard["panels"].as_array().expect("panels");
    for panel in panels.iter().filter(|panel| panel["type"] != "row") {
        let targets = panel["targets"].as_array().expect("targets");
        assert!(
            targets.iter().all(|target| target["expr"].is_string()),
            "{panel}"
        );
    }
}

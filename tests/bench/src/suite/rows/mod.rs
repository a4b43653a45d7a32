// SPDX-License-Identifier: GPL-2.0
//! The rows: what the paper measures, and what its peers would be asked for.
//!
//! Loads are shares of a core, not packets per second: a packet costs what the row says, so that a
//! row means the same on every machine.

mod delays;
mod guests;
mod made;
mod searches;
mod trips;

use super::cell::{Boot, Place, Row, Workload};
use super::scale::Scale;

/// Those of the demo: the core alone, beside a task, full, and both; and from outside.
const DEMO: [&str; 6] = [
    "delay-quiet",
    "delay-spin",
    "delay-load90",
    "delay-load90-spin",
    "vm-64",
    "vm-spin-64",
];

/// The rows of a scale.
pub fn of(scale: Scale) -> Vec<Row> {
    let mut rows = Vec::new();
    if scale == Scale::Demo {
        rows.extend(of(Scale::Quick));
        rows.retain(|row| DEMO.contains(&row.name.as_str()));
        return rows;
    }
    if scale != Scale::Paper {
        rows.extend(delays::rows());
    }
    rows.extend(trips::rows(scale));
    rows.extend(trips::containers(scale));
    rows.extend(searches::rows(scale));
    rows.extend(guests::switched(scale));
    rows.extend(guests::podman(scale));
    rows
}

/// Whether a row is measured in fewer modes where time is short: those that cost the most of it.
pub(super) fn is_short(row: &Row) -> bool {
    match row.workload {
        Workload::RoundTrip { place, .. } => {
            place != Place::Guest || row.workload.boot() == Boot::Ovs
        }
        Workload::ZeroLoss { .. } => true,
        Workload::Delay { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words() {
        for scale in [Scale::Quick, Scale::Full, Scale::Paper] {
            for row in of(scale) {
                let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
                assert!(row.name.chars().all(good), "{}", row.name);
            }
        }
    }

    #[test]
    fn a_row_of_the_switch_has_its_plain_cable_beside_it() {
        for scale in [Scale::Quick, Scale::Full, Scale::Paper] {
            let rows = of(scale);
            let with_ovs = |row: &&Row| row.workload.wire().has_ovs();
            let names: Vec<&str> = rows.iter().filter(with_ovs).map(|row| &*row.name).collect();
            let of = |name: &str| names.iter().filter(|n| n.starts_with(name)).count();
            assert_eq!(of("ovs-dpdk-"), of("ovs-cable-"));
            assert_eq!(names[..2], ["ovs-dpdk-64", "ovs-cable-64"]);
        }
    }

    #[test]
    fn a_boot_of_debian_has_its_own_row_without_a_container() {
        for scale in [Scale::Quick, Scale::Full, Scale::Paper] {
            let rows = of(scale);
            let booted = |row: &&Row| row.workload.boot() == Boot::Debian;
            let names: Vec<&str> = rows.iter().filter(booted).map(|row| &*row.name).collect();
            let of = |name: &str| names.iter().filter(|n| n.starts_with(name)).count();
            assert_eq!(names[..2], ["podman-64", "debian-64"]);
            assert_eq!(
                (of("podman-"), of("debian-")),
                (names.len() / 2, names.len() / 2)
            );
        }
    }

    #[test]
    fn the_paper_has_its_frames_and_places() {
        let rows = of(Scale::Paper);
        for name in [
            "vm-64",
            "docker-512",
            "pod-1518",
            "zero-loss-1518",
            "ovs-dpdk-1518",
        ] {
            assert!(rows.iter().any(|row| row.name == name), "{name}");
        }
    }

    #[test]
    fn connections_are_not_the_papers() {
        let connections = |scale| {
            let rows = of(scale).into_iter();
            let tcp = rows.filter(|row| row.workload.metric() == "TCP round trip");
            tcp.map(|row| row.name).collect::<Vec<_>>()
        };
        assert_eq!(connections(Scale::Quick), ["vm-tcp-64"]);
        assert_eq!(
            connections(Scale::Full),
            ["vm-tcp-64", "vm-tcp-512", "vm-tcp-1518"]
        );
        assert!(connections(Scale::Paper).is_empty());
    }

    #[test]
    fn searches_into_containers_count_in_them() {
        let searches = |scale| -> Vec<(String, Place)> {
            of(scale)
                .into_iter()
                .filter(|row| matches!(row.workload, Workload::ZeroLoss { .. }))
                .map(|row| (row.name.clone(), row.workload.place()))
                .filter(|(_, place)| *place != Place::Guest)
                .collect()
        };
        assert_eq!(
            searches(Scale::Quick),
            [("docker-zero-loss-64".into(), Place::Docker)]
        );
        assert_eq!(searches(Scale::Full).len(), 6);
        let last = ("pod-zero-loss-1518".into(), Place::Pod);
        assert_eq!(searches(Scale::Paper).last(), Some(&last));
    }

    #[test]
    fn the_demo_has_its_rows() {
        let names: Vec<String> = of(Scale::Demo).into_iter().map(|row| row.name).collect();
        assert_eq!(names, DEMO);
    }
}

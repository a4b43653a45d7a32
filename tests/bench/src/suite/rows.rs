// SPDX-License-Identifier: GPL-2.0
//! The rows: what the paper measures, and what its peers would be asked for.
//!
//! Loads are shares of a core, not packets per second: a packet costs what the row says, so that a row means the same
//! on every machine.

use super::cell::{Competitor, Place, Row, Transport, Wire, Workload};
use super::plan::Scale;

const MS: u64 = 1_000_000;
const FRAMES: [u32; 3] = [64, 512, 1518];
/// Datagrams per second through the wire, below saturation also under emulation.
const RATE: u32 = 500;

/// The rows of a scale.
pub fn of(scale: Scale) -> Vec<Row> {
    let mut rows = Vec::new();
    if scale != Scale::Paper {
        rows.extend(delays());
    }
    rows.extend(round_trips(scale));
    rows.extend(containers(scale));
    rows.extend(searches(scale));
    rows.extend(switched(scale));
    rows.extend(podman(scale));
    rows
}

/// Whether a row is measured in fewer modes where time is short: those that cost the most of it.
pub(super) fn is_short(row: &Row) -> bool {
    match row.workload {
        Workload::RoundTrip { place, .. } => place != Place::Guest,
        Workload::ZeroLoss { .. } => true,
        Workload::Delay { .. } => false,
    }
}

fn row(name: impl Into<String>, about: impl Into<String>, workload: Workload) -> Row {
    Row {
        name: name.into(),
        about: about.into(),
        workload,
    }
}

fn delays() -> Vec<Row> {
    let delay = |queues, period_ns, cost_ns, burst, competitor| Workload::Delay {
        queues,
        period_ns,
        cost_ns,
        burst,
        competitor,
    };
    let light = |competitor| delay(1, MS, 0, 1, competitor);
    // Under emulation interrupts and task switches cost twenty times a real machine's, so packets are slow, too.
    let heavy = |competitor| delay(1, 4 * MS, 3_600_000, 1, competitor);
    let mut rows = vec![
        row(
            "delay-quiet",
            "one packet a millisecond, nothing else",
            light(Competitor::None),
        ),
        row(
            "delay-spin",
            "one packet a millisecond; a task spins on the core",
            light(Competitor::Spin),
        ),
        row(
            "delay-tasklet",
            "one packet a millisecond; a tasklet takes a third of the core",
            light(Competitor::Tasklet),
        ),
        row(
            "delay-load90",
            "packets take 90 % of the core",
            heavy(Competitor::None),
        ),
        row(
            "delay-load90-spin",
            "packets take 90 % of the core; a task spins on it",
            heavy(Competitor::Spin),
        ),
        row(
            "delay-burst",
            "32 packets at once, every 10 ms; each takes 50 us",
            delay(1, 10 * MS, 50_000, 32, Competitor::None),
        ),
    ];
    // One packet at a time, for one NAPI after the other: what a packet waits for is whoever polls its NAPI.
    for queues in [1, 4, 8] {
        rows.push(row(
            format!("delay-queues-{queues}"),
            format!("one packet a millisecond, in turn for each of {queues} NAPIs on the core"),
            delay(queues, MS, 0, 1, Competitor::None),
        ));
    }
    rows
}

fn round_trip(name: &str, about: &str, frame: u32, place: Place, competitor: Competitor) -> Row {
    row(
        format!("{name}-{frame}"),
        format!("UDP, {frame}-byte frames, {RATE} a second; {about}"),
        Workload::RoundTrip {
            transport: Transport::Udp,
            frame,
            rate: RATE,
            flows: 1,
            wire: Wire::Cable,
            place,
            competitor,
        },
    )
}

fn requests(frame: u32) -> Row {
    row(
        format!("vm-tcp-{frame}"),
        format!("TCP, requests in {frame}-byte frames, {RATE} a second on one connection; to a program in the guest"),
        Workload::RoundTrip {
            transport: Transport::Tcp,
            frame,
            rate: RATE,
            flows: 1,
            wire: Wire::Cable,
            place: Place::Guest,
            competitor: Competitor::None,
        },
    )
}

fn round_trips(scale: Scale) -> Vec<Row> {
    let to_guest = |name: &str, about: &str, frame, competitor| {
        round_trip(name, about, frame, Place::Guest, competitor)
    };
    let mut rows: Vec<Row> = FRAMES
        .into_iter()
        .map(|frame| to_guest("vm", "to a program in the guest", frame, Competitor::None))
        .collect();
    rows.push(to_guest(
        "vm-spin",
        "a task spins on the receiving core",
        64,
        Competitor::Spin,
    ));
    if scale != Scale::Paper {
        rows.push(to_guest(
            "vm-one-core",
            "the program is on the receiving core itself",
            64,
            Competitor::Receiver,
        ));
    }
    rows.extend(match scale {
        Scale::Quick => vec![requests(FRAMES[0])],
        Scale::Full => FRAMES.map(requests).to_vec(),
        // It has datagrams only.
        Scale::Paper => Vec::new(),
    });
    rows
}

fn containers(scale: Scale) -> Vec<Row> {
    let frames: &[u32] = match scale {
        Scale::Quick => &FRAMES[..1],
        _ => &FRAMES,
    };
    let mut rows = Vec::new();
    for frame in frames {
        let about = "to a container behind a bridge and NAT, as Docker sets it up";
        rows.push(round_trip(
            "docker",
            about,
            *frame,
            Place::Docker,
            Competitor::None,
        ));
        let about = "to a pod behind a bridge and service rules, as Kubernetes sets it up";
        rows.push(round_trip(
            "pod",
            about,
            *frame,
            Place::Pod,
            Competitor::None,
        ));
    }
    let lengths: &[u32] = match scale {
        Scale::Quick => &[4],
        Scale::Full => &[1, 2, 4, 8, 16, 32, 64],
        Scale::Paper => &[],
    };
    for length in lengths {
        let about = format!("through a line of {length} containers, veth");
        let name = format!("line-veth-{length}");
        rows.push(round_trip(
            &name,
            &about,
            64,
            Place::LineVeth(*length),
            Competitor::None,
        ));
        if scale == Scale::Full {
            let about = format!("through a line of {length} containers, macvlan");
            let name = format!("line-macvlan-{length}");
            rows.push(round_trip(
                &name,
                &about,
                64,
                Place::LineMacvlan(*length),
                Competitor::None,
            ));
        }
    }
    rows
}

/// Open vSwitch with DPDK, and a plain cable beside it: its polling thread takes a core of the host, so rows of
/// another boot are no comparison.
fn switched(scale: Scale) -> Vec<Row> {
    let frames: &[u32] = match scale {
        Scale::Quick => &FRAMES[..1],
        _ => &FRAMES,
    };
    let through = |name: &str, about: &str, frame, wire| {
        let name = format!("{name}-{frame}");
        let about = format!("UDP, {frame}-byte frames, {RATE} a second; {about}");
        let workload = Workload::RoundTrip {
            transport: Transport::Udp,
            frame,
            rate: RATE,
            flows: 1,
            wire,
            place: Place::Guest,
            competitor: Competitor::None,
        };
        row(name, about, workload)
    };
    let both = |frame: &u32| {
        let about =
            "through Open vSwitch with DPDK on the host, by vhost-user, to a program in the guest";
        let beside =
            "to a program in the guest, while Open vSwitch with DPDK polls for another NIC";
        [
            through("ovs-dpdk", about, *frame, Wire::OvsDpdk),
            through("ovs-cable", beside, *frame, Wire::CableBesideOvs),
        ]
    };
    frames.iter().flat_map(both).collect()
}

/// A container of a real runtime, and the same guest without it: rows of another boot are no comparison.
fn podman(scale: Scale) -> Vec<Row> {
    let frames: &[u32] = match scale {
        Scale::Quick => &FRAMES[..1],
        _ => &FRAMES,
    };
    let both = |frame: &u32| {
        let into = "to a container that podman has started, at a published port";
        let beside = "to a program in the guest in which podman is, without a container";
        [
            round_trip("podman", into, *frame, Place::Podman, Competitor::None),
            round_trip("debian", beside, *frame, Place::Debian, Competitor::None),
        ]
    };
    frames.iter().flat_map(both).collect()
}

fn searches(scale: Scale) -> Vec<Row> {
    let search = |name: &str, about: &str, frame, competitor| {
        row(
            format!("zero-loss-{frame}{name}"),
            format!("{frame}-byte frames{about}"),
            Workload::ZeroLoss {
                frame,
                place: Place::Guest,
                competitor,
            },
        )
    };
    let mut rows: Vec<Row> = FRAMES
        .into_iter()
        .map(|frame| search("", "", frame, Competitor::None))
        .collect();
    let spinning: &[u32] = match scale {
        Scale::Quick => &FRAMES[..1],
        _ => &FRAMES,
    };
    rows.extend(spinning.iter().map(|frame| {
        search(
            "-spin",
            "; a task spins on the core",
            *frame,
            Competitor::Spin,
        )
    }));
    rows.extend(searches_into_containers(scale));
    rows
}

fn searches_into_containers(scale: Scale) -> Vec<Row> {
    let search = |name: &str, about: &str, frame, place| {
        row(
            format!("{name}-zero-loss-{frame}"),
            format!("{frame}-byte frames {about}, counted there"),
            Workload::ZeroLoss {
                frame,
                place,
                competitor: Competitor::None,
            },
        )
    };
    let docker = |frame| search("docker", "into a container", frame, Place::Docker);
    let pod = |frame| search("pod", "into a pod", frame, Place::Pod);
    match scale {
        Scale::Quick => vec![docker(FRAMES[0])],
        _ => FRAMES
            .into_iter()
            .flat_map(|frame| [docker(frame), pod(frame)])
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::cell::Boot;

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
}

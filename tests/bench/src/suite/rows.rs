// SPDX-License-Identifier: GPL-2.0
//! The rows: what the paper measures, and what its peers would be asked for.
//!
//! Loads are shares of a core, not packets per second: a packet costs what the row says, so that a
//! row means the same on every machine.

use super::cell::{Competitor, Place, Row, Transport, Wire, Workload};
use super::scale::Scale;

/// Ethernet frames, with their check sequence.
const FRAMES: [u32; 3] = [64, 512, 1518];
/// Datagrams per second through the wire, below saturation also under emulation.
const RATE: u32 = 500;
const MS: u64 = 1_000_000;

/// Those of the demo: what an exact clock does not show.
const DEMO: &str = "vm-64 vm-spin-64";

/// The rows of a scale.
pub fn of(scale: Scale) -> Vec<Row> {
    if scale == Scale::Demo {
        let mut rows = of(Scale::Quick);
        rows.retain(|row| DEMO.split(' ').any(|name| name == row.name));
        return rows;
    }
    // The frames of rows that are many.
    let few = match scale {
        Scale::Demo | Scale::Quick => &FRAMES[..1],
        Scale::Full | Scale::Paper => &FRAMES,
    };
    let mut rows = match scale {
        Scale::Paper => Vec::new(),
        _ => delays(),
    };
    rows.extend(into_the_guest(scale, few));
    rows.extend(into_containers(scale, few));
    rows.extend(searches(scale, few));
    for frame in few {
        // The switch's polling thread takes a core of the host: rows of another boot are no
        // comparison.
        let through =
            "through Open vSwitch with DPDK on the host, by vhost-user, to a program in the guest";
        let beside =
            "to a program in the guest, while Open vSwitch with DPDK polls for another NIC";
        let ovs = |wire| (wire, Place::Guest, Competitor::None);
        rows.push(udp("ovs-dpdk", through, *frame, ovs(Wire::OvsDpdk)));
        rows.push(udp("ovs-cable", beside, *frame, ovs(Wire::CableBesideOvs)));
    }
    for frame in few {
        // A container of a real runtime, and the same guest without it.
        let into = "to a container that podman has started, at a published port";
        let beside = "to a program in the guest in which podman is, without a container";
        rows.push(udp("podman", into, *frame, to(Place::Podman)));
        rows.push(udp("debian", beside, *frame, to(Place::Debian)));
    }
    rows
}

/// Whether a row is measured in fewer modes where time is short: those that cost the most of it.
pub(super) fn is_short(row: &Row) -> bool {
    match row.workload {
        Workload::RoundTrip { place, wire, .. } => place != Place::Guest || wire.has_ovs(),
        Workload::ZeroLoss { .. } => true,
        Workload::Delay { .. } => false,
    }
}

/// The synthetic NIC in the guest: from the interrupt to the poll.
fn delays() -> Vec<Row> {
    use Competitor::{None, Spin, Tasklet};
    let light = (1, MS, 0, 1);
    // Under emulation interrupts and task switches cost twenty times a real machine's, so packets
    // are slow, too.
    let heavy = (1, 4 * MS, 3_600_000, 1);
    let bursts = (1, 10 * MS, 50_000, 32);
    // One packet at a time, for one NAPI after the other: what a packet waits for is whoever polls
    // its NAPI.
    let turns = |queues| (queues, MS, 0, 1);
    let ms = "one packet a millisecond";
    let third = "; a tasklet takes a third of the core";
    let full = "packets take 90 % of the core";
    let at_once = "32 packets at once, every 10 ms";
    let each = |n: u32| format!(", in turn for each of {n} NAPIs on the core");
    let delay = |(name, what, more, (queues, period_ns, cost_ns, burst), competitor)| {
        let workload = Workload::Delay {
            queues,
            period_ns,
            cost_ns,
            burst,
            competitor,
        };
        row(format!("delay-{name}"), format!("{what}{more}"), workload)
    };
    [
        ("quiet", ms, ", nothing else", light, None),
        ("spin", ms, "; a task spins on the core", light, Spin),
        ("tasklet", ms, third, light, Tasklet),
        ("load90", full, "", heavy, None),
        ("load90-spin", full, "; a task spins on it", heavy, Spin),
        ("burst", at_once, "; each takes 50 us", bursts, None),
        ("queues-1", ms, &each(1), turns(1), None),
        ("queues-4", ms, &each(4), turns(4), None),
        ("queues-8", ms, &each(8), turns(8), None),
    ]
    .map(delay)
    .into()
}

/// Round trips from the host to a program in the guest.
fn into_the_guest(scale: Scale, few: &[u32]) -> Vec<Row> {
    let beside = |competitor| (Wire::Cable, Place::Guest, competitor);
    let plain = |frame| udp("vm", "to a program in the guest", frame, to(Place::Guest));
    let mut rows = Vec::from(FRAMES.map(plain));
    let about = "a task spins on the receiving core";
    rows.push(udp("vm-spin", about, 64, beside(Competitor::Spin)));
    // The paper has datagrams to another core only.
    if scale != Scale::Paper {
        let about = "the program is on the receiving core itself";
        rows.push(udp("vm-one-core", about, 64, beside(Competitor::Receiver)));
        rows.extend(few.iter().map(|frame| {
            let about = format!(
                "TCP, requests in {frame}-byte frames, {RATE} a second on one connection; to a \
                 program in the guest"
            );
            let workload = trip(Transport::Tcp, *frame, to(Place::Guest));
            row(format!("vm-tcp-{frame}"), about, workload)
        }));
    }
    rows
}

/// Round trips from the host into containers.
fn into_containers(scale: Scale, few: &[u32]) -> Vec<Row> {
    let docker = "to a container behind a bridge and NAT, as Docker sets it up";
    let pod = "to a pod behind a bridge and service rules, as Kubernetes sets it up";
    let both = |frame: &u32| {
        [
            udp("docker", docker, *frame, to(Place::Docker)),
            udp("pod", pod, *frame, to(Place::Pod)),
        ]
    };
    let mut rows: Vec<Row> = few.iter().flat_map(both).collect();
    let lengths: &[u32] = match scale {
        Scale::Demo | Scale::Quick => &[4],
        Scale::Full => &[1, 2, 4, 8, 16, 32, 64],
        Scale::Paper => &[],
    };
    for length in lengths {
        let line = |cable, place| {
            let about = format!("through a line of {length} containers, {cable}");
            udp(&format!("line-{cable}-{length}"), &about, 64, to(place))
        };
        rows.push(line("veth", Place::LineVeth(*length)));
        if scale == Scale::Full {
            rows.push(line("macvlan", Place::LineMacvlan(*length)));
        }
    }
    rows
}

/// The highest rates without loss.
fn searches(scale: Scale, few: &[u32]) -> Vec<Row> {
    use Competitor::{None, Spin};
    let search = |name, frame, about, place, competitor| {
        let workload = Workload::ZeroLoss {
            frame,
            place,
            competitor,
        };
        row(name, format!("{frame}-byte frames{about}"), workload)
    };
    let plain = |frame| search(format!("zero-loss-{frame}"), frame, "", Place::Guest, None);
    let mut rows = Vec::from(FRAMES.map(plain));
    for frame in few {
        let (name, spins) = (
            format!("zero-loss-{frame}-spin"),
            "; a task spins on the core",
        );
        rows.push(search(name, *frame, spins, Place::Guest, Spin));
    }
    for frame in few {
        let (name, about) = (
            format!("docker-zero-loss-{frame}"),
            " into a container, counted there",
        );
        rows.push(search(name, *frame, about, Place::Docker, None));
        if scale != Scale::Quick {
            let (name, about) = (
                format!("pod-zero-loss-{frame}"),
                " into a pod, counted there",
            );
            rows.push(search(name, *frame, about, Place::Pod, None));
        }
    }
    rows
}

/// Datagrams from the host, by this way to this place, beside that.
fn udp(name: &str, about: &str, frame: u32, way: (Wire, Place, Competitor)) -> Row {
    let about = format!("UDP, {frame}-byte frames, {RATE} a second; {about}");
    let workload = trip(Transport::Udp, frame, way);
    row(format!("{name}-{frame}"), about, workload)
}

/// On the plain cable, with nothing else to do.
fn to(place: Place) -> (Wire, Place, Competitor) {
    (Wire::Cable, place, Competitor::None)
}

fn trip(
    transport: Transport,
    frame: u32,
    (wire, place, competitor): (Wire, Place, Competitor),
) -> Workload {
    Workload::RoundTrip {
        transport,
        frame,
        rate: RATE,
        flows: 1,
        wire,
        place,
        competitor,
    }
}

fn row(name: String, about: String, workload: Workload) -> Row {
    Row {
        name,
        about,
        workload,
    }
}

#[cfg(test)]
mod tests {
    use super::super::cell::Boot;
    use super::*;

    fn names(scale: Scale, wanted: impl Fn(&Row) -> bool) -> String {
        let rows = of(scale).into_iter().filter(|row| wanted(row));
        rows.map(|row| row.name).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_rows_of_each_scale() {
        assert_eq!(names(Scale::Demo, |_| true), DEMO);
        assert_eq!(
            names(Scale::Quick, |_| true),
            "delay-quiet delay-spin delay-tasklet delay-load90 delay-load90-spin delay-burst \
             delay-queues-1 delay-queues-4 delay-queues-8 vm-64 vm-512 vm-1518 vm-spin-64 \
             vm-one-core-64 vm-tcp-64 docker-64 pod-64 line-veth-4-64 zero-loss-64 zero-loss-512 \
             zero-loss-1518 zero-loss-64-spin docker-zero-loss-64 ovs-dpdk-64 ovs-cable-64 \
             podman-64 debian-64"
        );
        let paper = "zero-loss-64 zero-loss-512 zero-loss-1518 \
             zero-loss-64-spin zero-loss-512-spin zero-loss-1518-spin \
             docker-zero-loss-64 pod-zero-loss-64 docker-zero-loss-512 pod-zero-loss-512 \
             docker-zero-loss-1518 pod-zero-loss-1518 ovs-dpdk-64 ovs-cable-64 ovs-dpdk-512 \
             ovs-cable-512 ovs-dpdk-1518 ovs-cable-1518 podman-64 debian-64 podman-512 debian-512 \
             podman-1518 debian-1518";
        let trips = "docker-64 pod-64 docker-512 pod-512 docker-1518 pod-1518";
        assert_eq!(
            names(Scale::Paper, |_| true),
            format!("vm-64 vm-512 vm-1518 vm-spin-64 {trips} {paper}")
        );
        let full = names(Scale::Full, |_| true);
        assert!(full.ends_with(paper));
        assert!(full.contains("vm-tcp-64 vm-tcp-512 vm-tcp-1518") && full.contains(trips));
        assert_eq!(full.matches("line-veth-").count(), 7);
        assert_eq!(full.matches("line-macvlan-").count(), 7);
        assert_eq!(full.split(' ').count(), 61);
    }

    #[test]
    fn rows_of_another_boot_have_one_beside_them_to_compare_with() {
        let of = |boot| names(Scale::Quick, |row| row.workload.boot() == boot);
        assert_eq!(of(Boot::Ovs), "ovs-dpdk-64 ovs-cable-64");
        assert_eq!(of(Boot::Debian), "podman-64 debian-64");
    }

    #[test]
    fn searches_into_containers_count_in_them() {
        for (name, place) in [("docker", Place::Docker), ("pod", Place::Pod)] {
            let name = format!("{name}-zero-loss-1518");
            let row = of(Scale::Paper).into_iter().find(|row| row.name == name);
            assert_eq!(row.unwrap().workload.place(), place);
        }
    }
}

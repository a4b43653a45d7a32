// SPDX-License-Identifier: GPL-2.0
//! The highest rates without loss.

use super::made::{frames, row, FRAMES};
use crate::suite::cell::{Competitor, Place, Row, Workload};
use crate::suite::scale::Scale;

/// All of them.
pub(super) fn rows(scale: Scale) -> Vec<Row> {
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
    rows.extend(frames(scale).iter().map(|frame| {
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
        Scale::Demo | Scale::Quick => vec![docker(FRAMES[0])],
        _ => FRAMES
            .into_iter()
            .flat_map(|frame| [docker(frame), pod(frame)])
            .collect(),
    }
}

// SPDX-License-Identifier: GPL-2.0
//! The metrics of KBP as a whole.

use std::fmt;

use kbp_uapi as abi;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::MetricType;

use super::facts::{is_supported, Facts};
use super::family::Kind::Gauge;
use super::family::{Family, Labels};
use crate::host::livepatch::State;

const MACHINE: [Family<Facts>; 6] = [
    Family::new(
        Gauge,
        "kbp_loaded",
        "Whether kbp.ko is loaded",
        &[("", |facts| facts.info.is_some().into())],
    ),
    Family::new(
        Gauge,
        "kbp_abi_supported",
        "Whether the loaded kbp.ko speaks the ABI of this kbpctl: without it there are no metrics of cores",
        &[("", |facts| facts.info.is_some_and(|info| is_supported(&info)).into())],
    ),
    Family::new(
        Gauge,
        "kbp_hooks_live",
        "Whether the hooks of the livepatch are in effect",
        &[("", |facts| {
            let is_enabled = facts.livepatch == State::Enabled;
            (is_enabled && facts.has(abi::KBP_INFO_HOOKS_LIVE)).into()
        })],
    ),
    Family::new(
        Gauge,
        "kbp_suspended",
        "Whether the system is going to sleep, so that softirq has all cores",
        &[("", |facts| facts.has(abi::KBP_INFO_SUSPENDED).into())],
    ),
    Family::new(
        Gauge,
        "kbp_active_cores",
        "Cores that are enabled, served or not",
        &[("", |facts| facts.info.map_or(0, |info| info.active_cores.into()))],
    ),
    Family::of_parts(
        Gauge,
        "kbp_livepatch_state",
        "1 for the state that the livepatch is in, 0 for the others",
        "state",
        &[
            ("absent", |facts| (facts.livepatch == State::Absent).into()),
            ("enabling", |facts| (facts.livepatch == State::Enabling).into()),
            ("enabled", |facts| (facts.livepatch == State::Enabled).into()),
            ("disabling", |facts| (facts.livepatch == State::Disabling).into()),
            ("disabled", |facts| (facts.livepatch == State::Disabled).into()),
            ("leftover", |facts| (facts.livepatch == State::Leftover).into()),
        ],
    ),
];

/// Writes them.
pub(super) fn encode(encoder: &mut DescriptorEncoder<'_>, facts: &Facts) -> fmt::Result {
    let help = "Versions: of kbp.ko and its ABI, empty when it is not loaded, and of this kbpctl";
    let mut info = encoder.encode_descriptor("kbp", help, None, MetricType::Info)?;
    let abi = facts.info.map(|info| info.abi_version.to_string());
    info.encode_info(&vec![
        ("version", facts.version.clone().unwrap_or_default()),
        ("abi_version", abi.unwrap_or_default()),
        ("kbpctl_version", env!("CARGO_PKG_VERSION").to_owned()),
    ])?;
    for family in &MACHINE {
        family.encode(encoder, &[(Labels::new(), facts)])?;
    }
    Ok(())
}

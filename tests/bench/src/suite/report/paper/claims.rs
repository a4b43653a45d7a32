// SPDX-License-Identifier: GPL-2.0
//! The paper's numbers.

use crate::suite::cell::Place::{self, Docker, Guest, Pod};

/// A claim of the paper: figure, frame, place, load, its numbers, KBP by its rival.
pub(super) type Claim = (u8, u32, Place, &'static str, &'static str, f64);

/// Figures 8 and 11. Fig. 8's bars are not legible; its text bounds them. Of Fig. 11, bars that
/// cannot be told apart are left out (1518 bytes: Pod at 100 Mbps, Docker at 1 Gbps; 512 bytes at 1
/// Gbps).
pub(super) const LATENCIES: [Claim; 13] = [
    (8, 64, Guest, "80 Mbps", WITHIN_200, 0.2),
    (8, 512, Guest, "80 Mbps", WITHIN_200, 0.2),
    (8, 1518, Guest, "80 Mbps", WITHIN_200, 0.2),
    (8, 512, Guest, "1 Gbps", WITHIN_250, 0.25),
    (8, 1518, Guest, "1 Gbps", "98.8 % less", 1.0 - 0.988),
    (
        11,
        64,
        Docker,
        "100 Mbps",
        "2.2 ms → 190 µs",
        190.0 / 2200.0,
    ),
    (11, 64, Pod, "100 Mbps", "10 ms → 517 µs", 517.0 / 10_000.0),
    (
        11,
        512,
        Docker,
        "100 Mbps",
        "170 µs → 125 µs",
        125.0 / 170.0,
    ),
    (11, 512, Pod, "100 Mbps", "3.6 ms → 141 µs", 141.0 / 3600.0),
    (11, 1518, Docker, "100 Mbps", "123 µs → 97 µs", 97.0 / 123.0),
    (11, 1518, Pod, "1 Gbps", "2.6 ms → 415 µs", 415.0 / 2600.0),
    (
        11,
        64,
        Docker,
        "1 Gbps, 80 % lost",
        "19 ms → 18 ms",
        18.0 / 19.0,
    ),
    (
        11,
        64,
        Pod,
        "1 Gbps, 82 % lost",
        "21 ms → 22 ms",
        22.0 / 21.0,
    ),
];
pub(super) const WITHIN_200: &str = "milliseconds → within 200 µs";
pub(super) const WITHIN_250: &str = "milliseconds → within 250 µs";

/// Figures 9 and 12.
pub(super) const RATES: [Claim; 9] = [
    (9, 64, Guest, "", "151 → 205 Mbps", 205.0 / 151.0),
    (9, 512, Guest, "", "1.01 → 1.77 Gbps", 1.77 / 1.01),
    (9, 1518, Guest, "", "1.60 → 5.25 Gbps", 5.25 / 1.60),
    (12, 64, Docker, "", "30.4 → 38.1 Mbps", 38.1 / 30.4),
    (12, 512, Docker, "", "1.05 → 1.10 Gbps", 1.10 / 1.05),
    (12, 1518, Docker, "", "3.38 → 3.60 Gbps", 3.60 / 3.38),
    (12, 64, Pod, "", "35.0 → 38.1 Mbps", 38.1 / 35.0),
    (12, 512, Pod, "", "0.81 → 1.04 Gbps", 1.04 / 0.81),
    (12, 1518, Pod, "", "2.69 → 2.97 Gbps", 2.97 / 2.69),
];

/// Figure 8 against OvS-DPDK: both bounds stand in the text, "milliseconds" for the switch.
pub(super) const OVS_LATENCIES: [Claim; 5] = [
    (8, 64, Guest, "80 Mbps", WITHIN_200, 0.2),
    (8, 512, Guest, "80 Mbps", WITHIN_200, 0.2),
    (8, 1518, Guest, "80 Mbps", WITHIN_200, 0.2),
    (8, 512, Guest, "1 Gbps", WITHIN_250, 0.25),
    (8, 1518, Guest, "1 Gbps", WITHIN_250, 0.25),
];

/// Figure 9 against OvS-DPDK.
pub(super) const OVS_RATES: [Claim; 3] = [
    (9, 64, Guest, "", "74 → 205 Mbps", 205.0 / 74.0),
    (9, 512, Guest, "", "273 Mbps → 1.77 Gbps", 1770.0 / 273.0),
    (9, 1518, Guest, "", "1.55 → 5.25 Gbps", 5.25 / 1.55),
];

/// Why no search has the switch in its way.
pub(super) const NO_SWITCH: &str = "nothing here is like it: the search's NIC is a synthetic one in the guest, with no switch before it";

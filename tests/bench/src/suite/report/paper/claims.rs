// SPDX-License-Identifier: GPL-2.0
//! The paper's numbers.

use crate::suite::cell::Place::{self, Docker, Guest, Pod};

/// A claim of the paper: figure, frame, place, load, its numbers, and these of one unit: the rival's
/// and KBP's.
pub(super) type Claim = (u8, u32, Place, &'static str, &'static str, u32, u32);

/// By NAPI: latencies in figures 8 and 11, rates in figures 9 and 12. Fig. 8's bars are not legible;
/// its text bounds them. Of Fig. 11, bars that cannot be told apart are left out (1518 bytes: Pod at
/// 100 Mbps, Docker at 1 Gbps; 512 bytes at 1 Gbps).
pub(super) const BY_NAPI: [Claim; 22] = [
    (8, 64, Guest, "80 Mbps", WITHIN_200, 1000, 200),
    (8, 512, Guest, "80 Mbps", WITHIN_200, 1000, 200),
    (8, 1518, Guest, "80 Mbps", WITHIN_200, 1000, 200),
    (8, 512, Guest, "1 Gbps", WITHIN_250, 1000, 250),
    (8, 1518, Guest, "1 Gbps", "98.8 % less", 1000, 12),
    (11, 64, Docker, "100 Mbps", "2.2 ms → 190 µs", 2200, 190),
    (11, 64, Pod, "100 Mbps", "10 ms → 517 µs", 10_000, 517),
    (11, 512, Docker, "100 Mbps", "170 µs → 125 µs", 170, 125),
    (11, 512, Pod, "100 Mbps", "3.6 ms → 141 µs", 3600, 141),
    (11, 1518, Docker, "100 Mbps", "123 µs → 97 µs", 123, 97),
    (11, 1518, Pod, "1 Gbps", "2.6 ms → 415 µs", 2600, 415),
    (11, 64, Docker, "1 Gbps, 80 % lost", "19 ms → 18 ms", 19, 18),
    (11, 64, Pod, "1 Gbps, 82 % lost", "21 ms → 22 ms", 21, 22),
    (9, 64, Guest, "", "151 → 205 Mbps", 151, 205),
    (9, 512, Guest, "", "1.01 → 1.77 Gbps", 101, 177),
    (9, 1518, Guest, "", "1.60 → 5.25 Gbps", 160, 525),
    (12, 64, Docker, "", "30.4 → 38.1 Mbps", 304, 381),
    (12, 512, Docker, "", "1.05 → 1.10 Gbps", 105, 110),
    (12, 1518, Docker, "", "3.38 → 3.60 Gbps", 338, 360),
    (12, 64, Pod, "", "35.0 → 38.1 Mbps", 350, 381),
    (12, 512, Pod, "", "0.81 → 1.04 Gbps", 81, 104),
    (12, 1518, Pod, "", "2.69 → 2.97 Gbps", 269, 297),
];

/// By OvS-DPDK, figures 8 and 9: both bounds of latencies stand in the text, "milliseconds" for the
/// switch.
pub(super) const BY_OVS: [Claim; 8] = [
    (8, 64, Guest, "80 Mbps", WITHIN_200, 1000, 200),
    (8, 512, Guest, "80 Mbps", WITHIN_200, 1000, 200),
    (8, 1518, Guest, "80 Mbps", WITHIN_200, 1000, 200),
    (8, 512, Guest, "1 Gbps", WITHIN_250, 1000, 250),
    (8, 1518, Guest, "1 Gbps", WITHIN_250, 1000, 250),
    (9, 64, Guest, "", "74 → 205 Mbps", 74, 205),
    (9, 512, Guest, "", "273 Mbps → 1.77 Gbps", 273, 1770),
    (9, 1518, Guest, "", "1.55 → 5.25 Gbps", 155, 525),
];

pub(super) const WITHIN_200: &str = "milliseconds → within 200 µs";
pub(super) const WITHIN_250: &str = "milliseconds → within 250 µs";

/// Why no search has the switch in its way.
pub(super) const NO_SWITCH: &str = "nothing here is like it: the search's NIC is a synthetic one in the guest, with no switch before it";

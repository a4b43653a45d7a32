// SPDX-License-Identifier: GPL-2.0
//! Somebody else's livepatch goes in and out while a poller spins.

use kbp_stories::Story;

/// The longest a transition may take, in milliseconds. A promise of the product, not a measure of
/// this machine: transitions take around a second here.
const LIMIT_MS: u32 = 15_000;

#[test]
fn a_foreign_livepatch_goes_in_and_out_under_udp() {
    Story::new("a foreign livepatch goes in and out under UDP traffic and a spinning task")
        .script(&format!(
            "
            steer eth0 1
            load
            expect 0 kbpctl enable --cores 1
            hog 1
            lossless_traffic 1
            for round in 1 2 3 4 5; do
                foreign_in {LIMIT_MS}
                foreign_out {LIMIT_MS}
            done
            lossless_traffic_over
            served 1
            quiet 1 lossless guest_echo 300
            hog_over
            unload
            "
        ))
        .run();
}

#[test]
fn a_foreign_livepatch_goes_in_and_out_under_90_percent_load() {
    Story::new("a foreign livepatch goes in and out while the poller has no rest")
        .script(&format!(
            "
            testnic
            load
            expect 0 kbpctl enable --cores 1
            hog 1
            tn_start cpu=1 period_ns=1000000 burst=4 cost_ns=225000 count=0
            for round in 1 2 3 4 5; do
                foreign_in {LIMIT_MS}
                foreign_out {LIMIT_MS}
            done
            tn_stop
            hog_over
            served 1
            quiet 1 tn_run cpu=1 period_ns=200000 burst=1 cost_ns=0 count=2000
            unload
            "
        ))
        .run();
}

// SPDX-License-Identifier: GPL-2.0
//! Many times in a row.

use kbp_stories::Story;

#[test]
fn two_hundred_cycles_under_traffic() {
    Story::new("200 times enable and disable under traffic: no packet lost, no memory left behind")
        .limit(240)
        .script(
            "
            steer eth0 1
            load
            lossless_traffic
            cycles 50
            least=$grown
            for window in 1 2 3; do
                cycles 50
                [ $grown -gt $least ] || least=$grown
            done
            lossless_traffic_over
            # A leak shows in every window; caches that fill up do not. The least that a cycle takes
            # is a thread, 25 KiB; traffic, kbpctl's processes and the kernel's own delayed frees were
            # seen to move a window by up to 170 KiB, and the least of four by 60.
            [ $least -le 200 ] || fail \"the kernel's memory grows by $least KiB or more every 50 cycles\"
            unload
            ",
        )
        .run();
}

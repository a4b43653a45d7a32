// SPDX-License-Identifier: GPL-2.0
//! Many times in a row.

use kbp_stories::{times, Story};

#[test]
fn enabled_and_disabled_again_and_again_under_traffic() {
    // 500 times; ten thousand as a long test.
    let window = times(100, 2_000);
    Story::new("many times enable and disable under traffic: no packet lost, no memory left behind")
        .limit(120 + 3 * window)
        .script(&format!(
            "
            steer eth0 1
            load
            expect 0 kbpctl set --cores 1 --irq masked
            lossless_traffic
            cycles {window}
            least=$grown
            for window in 1 2 3 4; do
                cycles {window}
                [ $grown -gt $least ] || least=$grown
            done
            lossless_traffic_over
            # A leak shows in every window; caches that fill up do not. The least that a cycle takes
            # is a thread, 25 KiB; traffic, kbpctl's processes and the kernel's own delayed frees were
            # seen to move a window by up to 170 KiB, and the least of four by 60.
            [ $least -le 200 ] || fail \"the kernel's memory grows by $least KiB or more every {window} cycles\"
            unload
            "
        ))
        .run();
}

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
            cycles 100
            before=$(kernel_memory)
            cycles 100
            grown=$(($(kernel_memory) - before))
            lossless_traffic_over
            [ $grown -lt 100 ] || fail \"100 cycles left $grown KiB of kernel memory behind\"
            note \"kernel memory after 100 more cycles: $grown KiB more\"
            unload
            ",
        )
        .run();
}

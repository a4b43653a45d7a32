// SPDX-License-Identifier: GPL-2.0
//! A core that KBP serves goes offline and comes back.

use kbp_stories::Story;

#[test]
fn an_enabled_core_goes_offline_under_traffic() {
    Story::new("an enabled core goes offline: it is given back first, and no packet is lost")
        .script(
            "
            load
            for round in 1 2 3; do
                steer eth0 1
                expect 0 kbpctl enable --cores 1
                lossless_traffic 1
                echo 0 >/sys/devices/system/cpu/cpu1/online
                off 1
                lossless guest_echo 300
                lossless_traffic_over
                expect 3 kbpctl status
                echo 1 >/sys/devices/system/cpu/cpu1/online
                off 1
            done
            steer eth0 1
            expect 0 kbpctl enable --cores 1
            quiet 1 lossless guest_echo 300
            unload
            ",
        )
        .run();
}

// SPDX-License-Identifier: GPL-2.0
//! KBP can go at any instant, and every packet is still delivered.

use kbp_stories::Story;

#[test]
fn unload_while_enabled() {
    Story::new("unload drains enabled cores; softirq goes on where they were")
        .script(
            "
            steer eth0 1
            load
            expect 0 kbpctl enable --cores 1
            lossless_traffic 1
            unload
            busy 1 guest_echo 300
            lossless_traffic_over
            busy 1 lossless host_echo
            ",
        )
        .run();
}

#[test]
fn switch_the_livepatch_off_by_hand() {
    Story::new("writing 0 to the livepatch's `enabled` gives all cores back first")
        .script(
            "
            patch=/sys/kernel/livepatch/kbp_livepatch
            steer eth0 1
            load
            expect 0 kbpctl enable --cores 1
            lossless_traffic 1
            for module in kbp_livepatch kbp; do
                expect 1 rmmod $module
                says 'Resource temporarily unavailable'
            done
            echo 0 >$patch/enabled
            off 1
            until_true 15 'the livepatch is out' [ ! -e $patch ]
            busy 1 guest_echo 300
            lossless_traffic_over
            expect 3 kbpctl enable --cores 1
            load
            expect 0 kbpctl enable --cores 1
            quiet 1 lossless guest_echo 300
            unload
            ",
        )
        .run();
}

#[test]
fn unload_in_every_state() {
    Story::new("unload while polling, sleeping, offline, yielded and masked: softirq goes on")
        .script(
            "
            steer eth0 1
            for how in '--irq armed --idle spin' '--irq masked --idle spin' '--irq masked --idle adaptive:50'; do
                load
                expect 0 kbpctl enable --cores 1 $how
                lossless_traffic 1
                unload
                busy 1 guest_echo 100
                lossless_traffic_over
            done
            load
            expect 0 kbpctl enable --cores 1
            echo 0 >/sys/devices/system/cpu/cpu1/online
            yielded 1 'core offline'
            unload
            echo 1 >/sys/devices/system/cpu/cpu1/online
            steer eth0 1
            load
            expect 0 kbpctl enable --cores 1
            insmod /lib/kbp/tests/kbp_foreign.ko replace=1
            until_true 30 'the foreign livepatch is in' foreign_is_in
            yielded 1 'hooks replaced'
            unload
            busy 1 lossless guest_echo 300
            foreign_out 10000
            ",
        )
        .run();
}

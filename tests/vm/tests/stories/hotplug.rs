// SPDX-License-Identifier: GPL-2.0
//! Cores that KBP serves go offline and come back.

use kbp_stories::Story;

#[test]
fn an_enabled_core_goes_offline_under_traffic_and_is_served_again() {
    Story::new("an enabled core goes offline and comes back: given back, taken again, no loss")
        .script(
            "
            load
            expect 0 kbpctl enable --cores 1 --irq masked
            for round in 1 2 3; do
                steer eth0 1
                lossless_traffic 1
                echo 0 >/sys/devices/system/cpu/cpu1/online
                yielded 1 'core offline'
                same 'thread of the offline core' '' \"$(poller 1)\"
                lossless guest_echo 300
                lossless_traffic_over
                expect 1 kbpctl enable --cores 1
                says 'core 1 is offline'
                echo 1 >/sys/devices/system/cpu/cpu1/online
                served 1
            done
            same 'times given back' 3 $(counter 1 yields_offline)
            steer eth0 1
            quiet 1 lossless guest_echo 300
            echo 0 >/sys/devices/system/cpu/cpu1/online
            expect 0 kbpctl disable
            echo 1 >/sys/devices/system/cpu/cpu1/online
            off 1
            unload
            ",
        )
        .run();
}

#[test]
fn all_cores_go_offline_at_once_and_during_an_enable() {
    Story::new("all KBP cores go off- and online at once, and while they are being enabled")
        .smp(4)
        .script(
            "
            settled() {
                local n=0 core
                for core in 1 2 3; do if is_served $core; then n=$((n + 1)); fi; done
                [ $n = 3 ] || [ $n = 0 ]
            }
            cpus() { for cpu in 1 2 3; do echo $1 >/sys/devices/system/cpu/cpu$cpu/online & done; wait; }
            load
            expect 0 kbpctl enable --cores 1-3
            for round in 1 2 3 4; do
                cpus 0
                for core in 1 2 3; do yielded $core 'core offline'; done
                consistent
                cpus 1
                for core in 1 2 3; do served $core; done
                consistent
            done
            expect 0 kbpctl disable
            for round in 1 2 3 4 5 6; do
                kbpctl enable --cores 1-3 >/tmp/enable 2>&1 &
                cpus 0
                wait
                cpus 1
                # Whatever the enable met: served now, or refused as a whole.
                until_true 5 'enabled or not' settled
                consistent
                expect 0 kbpctl disable
            done
            unload
            ",
        )
        .run();
}

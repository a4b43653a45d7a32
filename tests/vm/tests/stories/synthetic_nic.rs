// SPDX-License-Identifier: GPL-2.0
//! Stories with the synthetic NIC, whose interrupts come from a timer on the core itself.

use kbp_stories::Story;

#[test]
fn net_rx_stands_still_while_packets_arrive() {
    Story::new("not one NET_RX softirq on an enabled core, whichever way a driver schedules")
        .script(
            "
            testnic
            busy 1 lossless tn_run cpu=1 period_ns=200000 burst=4 count=4000
            load
            expect 0 kbpctl enable --cores 1
            for hook in irqoff plain both; do
                quiet 1 lossless tn_run cpu=1 period_ns=200000 burst=4 count=8000 hook=$hook
            done
            # Now a timer of the kernel schedules (napi_watchdog).
            echo 100000 >/sys/class/net/ktn0/gro_flush_timeout
            echo 10 >/sys/class/net/ktn0/napi_defer_hard_irqs
            for how in '--irq armed' '--irq masked' '--idle adaptive:50'; do
                expect 0 kbpctl set --cores 1 $how
                quiet 1 lossless tn_run cpu=1 period_ns=200000 burst=4 count=4000 hook=irqoff
            done
            echo 0 >/sys/class/net/ktn0/napi_defer_hard_irqs
            echo 0 >/sys/class/net/ktn0/gro_flush_timeout
            expect 0 kbpctl disable
            busy 1 lossless tn_run cpu=1 period_ns=200000 burst=4 count=4000
            unload
            ",
        )
        .run();
}

#[test]
fn the_interface_goes_down_and_the_driver_goes_away_under_load() {
    Story::new("a driver can be stopped and removed while KBP polls it at high load")
        .script(
            "
            load
            expect 0 kbpctl enable --cores 1
            for round in 1 2 3; do
                testnic
                tn_start cpu=1 period_ns=1000000 burst=8 cost_ns=110000 count=0
                usleep 300000
                expect 0 timeout 30 ip link set ktn0 down
                expect 0 timeout 30 ip link set ktn0 up
                tn_stop
                quiet 1 tn_run cpu=1 period_ns=200000 burst=2 cost_ns=0 count=2000
                tn_start cpu=1 period_ns=1000000 burst=8 cost_ns=110000 count=0
                usleep 300000
                expect 0 timeout 30 rmmod kbp_testnic
            done
            served 1
            unload
            ",
        )
        .run();
}

#[test]
fn a_run_is_over_when_its_last_packet_is_done() {
    Story::new("whoever sees the end of a run finds nobody at work on its last packet")
        .script(
            "
            testnic
            echo 1 >/sys/class/net/ktn0/threaded
            for thread in /proc/[0-9]*; do
                read -r name <$thread/comm || continue
                case $name in napi/ktn0-*) break ;; esac
            done
            at_work=0
            for round in $(seq 40); do
                tn_start cpu=1 count=1 lead_ns=1000000 cost_ns=10000000
                over=1
                while [ $over = 1 ]; do read -r over <$tn/run; done
                # Its way to sleep takes a moment.
                for moment in 1 2 3 4 5; do read -r state <$thread/stat; done
                case $state in *') R '*) at_work=$((at_work + 1)) ;; esac
            done
            # The packet's 10 ms are longer than that; what the host takes away may not be.
            [ $at_work -lt 30 ] || fail \"in $at_work of 40 runs the poller was at work at the end\"
            ok \"the poller was at work at the end of $at_work of 40 runs\"
            ",
        )
        .run();
}

// SPDX-License-Identifier: GPL-2.0
//! Receive modes and idle policies, and changes between them while packets flow.

use kbp_stories::Story;

#[test]
fn masked_interrupts_stay_off_and_come_back() {
    Story::new("masked: the interrupt stays off under traffic, and is armed whenever the core is given back")
        .script(
            "
            # interrupts: how often eth0's receive interrupt was taken.
            interrupts() { awk '/virtio.*-input/ { for (i = 2; i <= 3; i++) sum += $i } END { print sum }' /proc/interrupts; }
            testnic
            steer eth0 1
            load
            expect 0 kbpctl enable --cores 1 --irq masked
            quiet 1 lossless host_echo
            # few WHAT COUNT PACKETS: one a release, which comes ten times a second, on kernels that throttle
            # real-time tasks with every pause, too.
            few() {
                releases=$(($(counter 1 releases) - releases))
                note \"$2 $1 for $3 packets, $releases releases\"
                [ $2 -le $((releases + 2)) ] || fail \"$2 $1, but $releases releases\"
                [ $(($2 * 5)) -lt $3 ] || fail \"$2 $1 for $3 packets\"
            }
            before=$(interrupts)
            releases=$(counter 1 releases)
            quiet 1 lossless guest_echo 1000
            few interrupts $(($(interrupts) - before)) 1000
            for burst in 1 8 64; do
                releases=$(counter 1 releases)
                quiet 1 lossless tn_run cpu=1 period_ns=$((400000 + 100000 * burst)) burst=$burst count=8000
                few schedules $(tn_stat scheduled) 8000
            done
            [ $(counter 1 held_polls) -gt 1000 ] || fail 'hardly a poll of a held NAPI'
            # Given back in each way there is, the interrupt works.
            expect 0 kbpctl set --cores 1 --irq armed
            quiet 1 lossless guest_echo 300
            expect 0 kbpctl set --cores 1 --irq masked
            quiet 1 lossless guest_echo 300
            expect 0 kbpctl disable
            busy 1 lossless guest_echo 300
            expect 0 kbpctl enable --cores 1
            quiet 1 lossless guest_echo 300
            same 'configuration stays' masked $(status_field cores.1.config.irq)
            unload
            busy 1 lossless guest_echo 300
            ",
        )
        .run();
}

#[test]
fn an_adaptive_poller_sleeps_and_misses_nothing() {
    Story::new("adaptive: sleeps without packets, each packet wakes it, none is missed")
        .script(
            "
            testnic
            steer eth0 1
            load
            for irq in armed masked; do
                expect 0 kbpctl enable --cores 1 --irq $irq --idle adaptive:100 --max-exit-latency 50
                before=$(counter 1 sleep_ns)
                sleep 2
                slept=$((($(counter 1 sleep_ns) - before) / 1000000))
                [ $slept -gt 1000 ] || fail \"slept $slept ms of 2000 without a packet\"
                note \"slept $slept ms of 2000 without a packet\"
                # Packets just when it falls asleep: as far apart as it spins, a little less, a little more.
                for period_ns in 60000 90000 100000 110000 130000 1000000 20000000; do
                    quiet 1 lossless tn_run cpu=1 period_ns=$period_ns burst=1 count=$((400000000 / period_ns + 20))
                done
                quiet 1 lossless guest_echo 500 200
                [ $(counter 1 sleep_wakeups) -gt 20 ] || fail 'hardly a sleep ended by a packet'
                spins=$(status_field cores.1.config.current_spin_us)
                [ $spins -ge 6 ] && [ $spins -le 100 ] || fail \"spins $spins us, of 100 at most\"
                expect 0 kbpctl disable
            done
            unload
            ",
        )
        .run();
}

#[test]
fn modes_change_while_packets_flow() {
    Story::new("modes, policies, scheduling and windows change at run time without a lost packet")
        .script(
            "
            testnic
            steer eth0 1
            load
            expect 0 kbpctl enable --cores 1
            lossless_traffic 1
            tn_start cpu=1 period_ns=200000 burst=2 cost_ns=10000 count=0
            for round in 1 2 3; do
                for how in '--irq masked' '--idle adaptive:50' '--irq armed' '--sched other:-5' '--irq masked' \\
                    '--window 100 --spacing 1000' '--idle spin' '--sched fifo' '--rescue 200' '--irq armed'; do
                    expect 0 kbpctl set --cores 1 $how
                    usleep 150000
                done
            done
            tn_stop
            same 'packets the NIC delivered' \"$(tn_stat generated)\" \"$(tn_stat delivered)\"
            lossless_traffic_over
            expect 2 kbpctl set --cores 1 --window 5
            says 5 20 1000
            expect 2 kbpctl set --cores 1
            expect 2 kbpctl set --cores 1 --sched other:40
            served 1
            unload
            ",
        )
        .run();
}

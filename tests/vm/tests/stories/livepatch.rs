// SPDX-License-Identifier: GPL-2.0
//! Somebody else's livepatch goes in and out while a poller spins.

use kbp_stories::{times, Story};

/// The longest a transition may take, in milliseconds. A promise of the product, not a measure of
/// this machine: transitions take around a second here.
const LIMIT_MS: u32 = 5_000;

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
fn a_foreign_livepatch_goes_in_and_out_under_full_load() {
    let rounds = times(5, 100);
    Story::new("a foreign livepatch goes in and out while the poller has no rest")
        .limit(180 + 12 * rounds)
        .script(&format!(
            "
            testnic
            load
            # No rescue, should the host stand still: with softirq on the overloaded core it is ksoftirqd
            # that the kernel's looks find running, with or without KBP.
            expect 0 kbpctl enable --cores 1 --rescue 60000
            hog 1
            round=0
            while [ $round -lt {rounds} ]; do
                # More than the core can do: the poller never runs dry.
                tn_start cpu=1 period_ns=1000000 burst=4 cost_ns=300000 count=0
                foreign_in {LIMIT_MS}
                foreign_out {LIMIT_MS}
                echo 0 >$tn/run
                tn_drain
                round=$((round + 1))
            done
            hog_over
            served 1
            quiet 1 tn_run cpu=1 period_ns=200000 burst=1 cost_ns=0 count=2000
            unload
            "
        ))
        .run();
}

#[test]
fn a_foreign_livepatch_that_replaces_all_others_is_noticed() {
    Story::new(
        "a foreign livepatch takes our place: noticed within a second, named, softirq serves",
    )
    .script(
        "
            steer eth0 1
            load
            # Masked: what is held when the hooks go must not be stranded.
            expect 0 kbpctl enable --cores 1 --irq masked
            lossless_traffic 1
            if has_events; then echo 1 >/sys/kernel/tracing/events/kbp/yield/enable; fi
            insmod /lib/kbp/tests/kbp_foreign.ko replace=1
            until_true 30 'the foreign livepatch is in' foreign_is_in
            yielded 1 'hooks replaced'
            if has_events; then
                # Both clocks are the kernel's local one.
                patched=$(dmesg | sed -n \"s/^\\[ *\\([0-9.]*\\)\\] livepatch: 'kbp_foreign': patching complete/\\1/p\")
                seen=$(sed -n 's/.* \\([0-9.]*\\): yield: core=1 reason=hooks/\\1/p' /sys/kernel/tracing/trace | head -n 1)
                took=$(awk -v from=$patched -v to=$seen 'BEGIN { print int((to - from) * 1000) }')
                note \"noticed $took ms after the transition\"
                [ $took -le 1000 ] || fail 'not noticed within a second'
            fi
            expect 0 kbpctl status
            says 'replaced by kbp_foreign'
            busy 1 guest_echo 300
            expect 3 kbpctl enable --cores 1
            load
            expect 0 kbpctl enable --cores 1
            served 1
            quiet 1 guest_echo 300
            lossless_traffic_over
            foreign_out 10000
            served 1
            quiet 1 lossless guest_echo 300
            unload
            ",
    )
    .run();
}

#[test]
fn transitions_that_are_turned_round_converge() {
    Story::new("a transition is reversed midway, ours and a foreign one: all converges, no loss")
        .script(
            "
            ours=/sys/kernel/livepatch/kbp_livepatch
            settled() { [ ! -e $ours ] || [ \"$(cat $ours/transition)\" = 0 ]; }
            steer eth0 1
            load
            expect 0 kbpctl enable --cores 1
            hog 1
            lossless_traffic 1
            insmod /lib/kbp/tests/kbp_foreign.ko
            for round in 1 2 3 4 5 6; do
                # EINVAL: the transition was over before the write.
                echo 0 >$foreign/enabled || true
                [ ! -e $foreign ] || echo 1 >$foreign/enabled || true
                [ ! -e $foreign ] || usleep 200000
            done
            [ ! -e $foreign ] || echo 0 >$foreign/enabled || true
            until_true 20 'the foreign livepatch is out' foreign_is_out
            rmmod kbp_foreign
            served 1
            for round in 1 2 3; do
                echo 0 >$ours/enabled || true
                [ ! -e $ours ] || echo 1 >$ours/enabled || true
            done
            until_true 20 'our livepatch is in or out' settled
            expect 0 kbpctl disable
            load
            expect 0 kbpctl enable --cores 1
            served 1
            lossless_traffic_over
            quiet 1 lossless guest_echo 300
            hog_over
            unload
            ",
        )
        .run();
}

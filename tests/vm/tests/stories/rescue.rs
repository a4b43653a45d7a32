// SPDX-License-Identifier: GPL-2.0
//! A real-time task keeps a poller from its core; packets must not wait with it.

use kbp_stories::Story;

#[test]
fn a_real_time_task_on_the_core_leads_to_a_rescue() {
    Story::new("a core whose poller is kept away goes to softirq, says who did it, and can be enabled again")
        .tool("chrt")
        .expect_warning("has not run for")
        .script(
            "
            testnic
            load
            if has_events; then echo 1 >/sys/kernel/tracing/events/kbp/rescue/enable; fi
            for irq in armed masked; do
                expect 0 kbpctl enable --cores 1 --irq $irq --rescue 50
                tn_start cpu=1 period_ns=1000000 burst=4 cost_ns=0 count=0
                usleep 300000
                rescues=$(counter 1 rescues)
                chrt -f 50 taskset 2 sh -c 'while :; do :; done' &
                hog=$!
                yielded 1 rescue
                same rescues $((rescues + 1)) $(counter 1 rescues)
                same 'who had the core' sh \"$(status_field cores.1.rescue.comm)\"
                # 6.1 lets no softirq run while ksoftirqd waits, here for the task: with or without KBP its
                # packets wait, too, and the ring overflows.
                case $(uname -r) in 6.1.*) usleep 500000 ;; *) busy 1 usleep 500000 ;; esac
                # The thread cannot end while the task runs; the core stays with softirq, and both say so.
                expect 1 kbpctl enable --cores 1
                says 'has not ended' 'real-time task'
                expect 1 kbpctl disable
                says 'softirq serves the core'
                expect 1 kbpctl unload
                says 'has not ended'
                kill -9 $hog
                wait $hog || true
                expect 0 kbpctl enable --cores 1
                served 1
                tn_stop
                case $(uname -r) in
                6.1.*)
                    note \"$(tn_stat delivered) of $(tn_stat generated) packets beside the task\"
                    # Its drops count no more.
                    echo 1 >$tn/reset
                    ;;
                *) same 'packets the NIC delivered' \"$(tn_stat generated)\" \"$(tn_stat delivered)\" ;;
                esac
                quiet 1 lossless tn_run cpu=1 period_ns=200000 burst=2 count=2000
                same 'rescues in all' $((rescues + 1)) $(counter 1 rescues)
                expect 0 kbpctl disable
            done
            ! has_events || same 'kbp:rescue events' 2 $(grep -c ' rescue: core=1 held_by=sh/' /sys/kernel/tracing/trace)
            same 'warnings' 2 $(dmesg | grep -c 'has not run for 50 ms')
            unload
            ",
        )
        .run();
}

#[test]
fn a_core_goes_offline_with_a_stuck_thread() {
    Story::new("a core with a stuck poller goes offline all the same: the kernel moves the task")
        .tool("chrt")
        .expect_warning("has not run for|no longer affine to cpu1")
        .script(
            "
            testnic
            load
            expect 0 kbpctl enable --cores 1
            tn_start cpu=1 period_ns=1000000 burst=4 cost_ns=0 count=0
            usleep 300000
            # It ends by itself: on core 0, where it is going to be moved, nobody could end it. Round robin, so
            # that its own clock-watching thread gets its turn.
            chrt -r 50 kbp-bench hog --cpu 1 --seconds 4 &
            hog=$!
            yielded 1 rescue
            tn_stop
            echo 0 >/sys/devices/system/cpu/cpu1/online
            yielded 1 'core offline'
            wait $hog
            echo 1 >/sys/devices/system/cpu/cpu1/online
            served 1
            same 'packets the NIC delivered' \"$(tn_stat generated)\" \"$(tn_stat delivered)\"
            unload
            ",
        )
        .run();
}

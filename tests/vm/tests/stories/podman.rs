// SPDX-License-Identifier: GPL-2.0
//! A container of a real runtime: Debian's podman with its own bridge, rules and published port, in a guest
//! that Debian's systemd has booted.

use kbp_bench::guest::topology::{MODULES, PODMAN_MODULES};
use kbp_stories::Story;

/// Datagrams of one load.
const COUNT: u64 = 1500;

const WORDS: &str = r#"
    # start: the echo of `host_echo` is a program in a container, at a port that podman has published.
    start() {
        ls /sys/class/net >/tmp/devices
        expect 0 podman run -d --name echo -p 7:7/udp -v /usr/bin/kbp-bench:/bin/kbp-bench:ro \
            localhost/busybox /bin/kbp-bench udp-echo --port 7
        : >/tmp/echo
        until_true 60 'the container listens' listens
        rules=$(nft list ruleset)
        case $rules in *'dnat ip to'*) ;; *) fail "podman has published nothing: $rules" ;; esac
        [ "$(readlink /proc/$inside/ns/net)" != "$(readlink /proc/self/ns/net)" ] || fail 'the container has our network'
        [ -e /sys/class/net/podman0 ] || fail 'podman has made no bridge'
    }
    listens() { inside=$(pidof kbp-bench) && grep -q ':0007 ' /proc/$inside/net/udp; }

    # received: datagrams that programs in the container have received so far.
    received() { awk '$1 == "Udp:" && n++ { print $2 }' /proc/$inside/net/snmp; }

    # polled COMMAND...: KBP's poller has taken at least as many packets from core 1 as the host has sent.
    polled() {
        local before
        before=$(counter 1 packets)
        "$@"
        before=$(($(counter 1 packets) - before))
        [ $before -ge $count ] || fail "kbp/1 polled $before packets, and $count were sent"
    }

    # away: the container is gone, with its devices and its rule.
    away() {
        expect 0 podman rm -f -t 0 echo
        same 'programs in the container' '' "$(pidof kbp-bench)"
        ls /sys/class/net | diff /tmp/devices - >/tmp/diff || fail "left behind: $(cat /tmp/diff)"
        case $(nft list ruleset) in *'dnat ip to'*) fail 'the published port is still there' ;; esac
        ok 'the container is gone'
    }
"#;

/// A story in a guest with podman.
pub(crate) fn story(what: &str) -> Story {
    MODULES
        .iter()
        .chain(PODMAN_MODULES)
        .fold(Story::new(what).debian().limit(300), |story, module| {
            story.module(module)
        })
}

#[test]
fn a_container_behind_a_published_port_is_served() {
    story("packets reach a container of podman, by softirq and by KBP, and KBP leaves when it is told to")
        .load(COUNT, 1000)
        .script(&format!(
            "{WORDS}
            count={COUNT}
            steer eth0 1
            start
            same 'datagrams before any was sent' 0 $(received)
            busy 1 lossless host_echo
            load
            for mode in armed masked; do
                expect 0 kbpctl enable --cores 1 --irq $mode
                served 1
                polled quiet 1 lossless host_echo
            done
            same 'datagrams received in the container' $((3 * count)) $(received)
            away
            expect 0 kbpctl disable
            unload
            "
        ))
        .run();
}

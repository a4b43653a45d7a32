// SPDX-License-Identifier: GPL-2.0
//! Receivers in containers: the host's packets go through bridges, address translation and routers on
//! the core that receives them, by softirq and by KBP.

use kbp_bench::topology::{MODULES, TOOLS};
use kbp_stories::Story;

const WORDS: &str = r#"
    # settle PLACE: `host_echo` finds the echo in there from now on.
    settle() {
        traces >/tmp/before
        kbp-bench topology --place $1 --cpu 0 >/tmp/topology 2>/tmp/topology.log &
        settler=$!
        until_true 90 "$1 is up" is_up
        : >/tmp/echo
    }
    is_up() {
        kill -0 $settler || fail "no topology: $(cat /tmp/topology.log)"
        grep -q 'is up' /tmp/topology.log
    }
    traces() {
        ls /sys/class/net
        echo "forwards $(cat /proc/sys/net/ipv4/ip_forward)"
        [ ! -e /sys/module/br_netfilter ] || echo 'bridges filter'
    }

    # leave PACKETS: it ends; so many took the way through each of its devices, and nothing stays behind.
    leave() {
        kill $settler
        wait $settler || fail "the topology failed: $(cat /tmp/topology.log)"
        answer=$(cat /tmp/topology)
        note "$answer"
        same 'datagrams received in the container' $1 "$(json_number received)"
        same 'datagrams sent back from there' $1 "$(json_number echoed)"
        [ "$(figure 'packets met')" -ge 4 ] || fail 'the NAT rule has not seen the 4 flows'
        for what in 'were let in' 'into the receiver' 'out of it'; do
            [ "$(figure "$what")" -ge $1 ] || fail "less than $1 $what"
        done
        case $answer in
        *'containers at least'*) [ "$(figure_after 'containers at least')" -ge $1 ] || fail "a container forwarded less than $1" ;;
        esac
        traces | diff /tmp/before - >/tmp/diff || fail "left behind: $(cat /tmp/diff)"
        same 'rules left' '' "$(nft list ruleset)"
        # The kernel counts namespaces: with none left there is room for one.
        most=$(cat /proc/sys/user/max_net_namespaces)
        echo 1 >/proc/sys/user/max_net_namespaces
        until_true 20 'no namespace is left' unshare -n true 2>/dev/null
        echo $most >/proc/sys/user/max_net_namespaces
        ok 'nothing is left behind'
        rm /tmp/echo
    }
    figure() { echo "$answer" | sed -n "s/.*[^0-9]\([0-9][0-9]*\) $1.*/\1/p"; }
    figure_after() { echo "$answer" | sed -n "s/.*$1 \([0-9][0-9]*\).*/\1/p"; }
"#;

/// `count` datagrams, `rate` a second, in each way of receiving, to a receiver in `place`.
fn reached(place: &str, count: u64, rate: u32) {
    let about = format!(
        "packets reach a receiver in {place}, by softirq and by KBP, and no trace of it stays"
    );
    let mut story = Story::new(&about).load(count, rate).limit(300);
    for module in MODULES {
        story = story.module(module);
    }
    for tool in TOOLS {
        story = story.tool(tool);
    }
    let all = 3 * count;
    story
        .script(&format!(
            "{WORDS}
            steer eth0 1
            settle {place}
            busy 1 lossless host_echo
            load
            for mode in armed masked; do
                expect 0 kbpctl enable --cores 1 --irq $mode
                quiet 1 lossless host_echo
            done
            expect 0 kbpctl disable
            unload
            leave {all}
            "
        ))
        .run();
}

#[test]
fn a_container_of_docker() {
    reached("docker", 1500, 1000);
}

#[test]
fn a_pod_of_kubernetes() {
    reached("pod", 1500, 1000);
}

#[test]
fn the_end_of_a_line_of_veth_pairs() {
    reached("line-veth:64", 300, 50);
}

#[test]
fn the_end_of_a_line_of_macvlan_devices() {
    reached("line-macvlan:64", 300, 50);
}

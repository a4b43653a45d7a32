# SPDX-License-Identifier: GPL-2.0
# story: what enable --canary did is undone whole unless it is confirmed: cores, settings, interrupts, queues, XPS, what is saved
# kernel: trixie-backports
# smp: 4
# nic: queues=4
# limit: 600

. words.sh

nic=/sys/class/net/eth1
note=/run/kbp/canary.json

# state: all that the change can change, but for what is counted.
state() {
	local irq
	placed eth1
	status_lines | grep -E '^cores\.[0-9]+\.(state|config\.)' | grep -v current_spin |
		sed 's/state=\(polling\|sleeping\)/state=on/'
	for irq in /etc/kbp/* /run/kbp/*; do
		[ ! -f "$irq" ] || { echo "$irq"; cat "$irq"; }
	done
}
# waiting: the pid of the process that waits.
waiting() { status_field canary.pid; }
# is_over: nothing waits, and nobody.
is_over() { [ ! -e $note ] && [ ! -d "/proc/$pid" ]; }
# as_before: every byte is, and packets arrive.
as_before() {
	state >/tmp/now
	cmp -s /tmp/was /tmp/now || fail "it is not as before: $(diff /tmp/was /tmp/now)"
	ok 'everything is as before, byte for byte'
	lossless pings 100 10.77.1.1
}
# logged TEXT: the kernel's log has it, where no system keeps another.
logged() {
	log_since_begin | grep -q "kbpctl\[[0-9]*\]: $1" || fail "the log does not say '$1'"
	ok "the log says: $1"
}
change="enable --cores 1-3 --from eth1 --channels 2 --xps --idle spin --irq masked --share 1/4"

load_plain
expect 0 kbpctl enable --cores 1 --idle adaptive:300 --save
# A core with a setting of its own is in the status, also while it is off.
expect 0 kbpctl set --cores 1-3 --window 100
state >/tmp/was
# One that keeps interrupts where they were brought has no part in it.
kbpctl irq watch >/tmp/watch 2>&1 &
watcher=$!

# shellcheck disable=SC2086 # words
expect 0 kbpctl $change --save --canary 30s --dry-run
says 'would undo all of this after 30s, unless kbpctl confirm comes first'
[ ! -e $note ] || fail 'a dry run leaves a note'

# Nobody confirms it.
# shellcheck disable=SC2086 # words
expect 0 kbpctl $change --save --canary 40s
says 'enabled' 'eth1 has 2 combined channels now' 'undone in 40s unless kbpctl confirm comes first, which saves it'
pid=$(waiting)
expect 0 kbpctl status
says 'canary     undone in ' ' s unless kbpctl confirm'
expect 1 kbpctl set --cores 2 --window 50
says 'nothing was changed' 'waits to be confirmed' 'kbpctl confirm'
served 2
served 3
same 'receive queues' 2 "$(echo $nic/queues/rx-* | wc -w)"
state >/tmp/now
! cmp -s /tmp/was /tmp/now || fail 'nothing has changed'
# It has left its session, its terminal and whatever was open.
same 'its session' "$pid" "$(awk '{ print $6 }' "/proc/$pid/stat")"
same 'what it has open' '/dev/null' "$(for fd in "/proc/$pid"/fd/*; do readlink "$fd"; done | sort -u)"
same 'its folder' / "$(readlink "/proc/$pid/cwd")"
lossless pings 100 10.77.1.1
until_true 120 'it is undone' is_over
as_before
logged 'the change of cores 1-3: not confirmed within 40s: undone'
expect 3 kbpctl confirm
says 'nothing to confirm'

# Who began it is killed while the change is made: that goes on, and is undone.
# shellcheck disable=SC2086 # words
kbpctl $change --save --canary 5s >/dev/null 2>&1 &
until_true 30 'the change is being made' test -e $note
kill -9 $!
code=0
wait $! || code=$?
same 'the command was killed' 137 $code
pid=$(waiting)
until_true 120 'it is undone' is_over
as_before

# A signal ends its time.
# shellcheck disable=SC2086 # words
expect 0 kbpctl $change --canary 1h
pid=$(waiting)
kill "$pid"
until_true 60 'it is undone at once' is_over
as_before
logged 'the change of cores 1-3: a signal ended its time: undone'
kill $watcher
wait $watcher || true
grep -v 'nothing had to be brought back' /tmp/watch | grep . && fail 'interrupts were brought back'

# The brake comes first: what it gave back stays with softirq.
expect 0 kbpctl enable --cores 2-3 --from eth1 --canary 10s
pid=$(waiting)
expect 0 kbpctl disable
off 1
until_true 120 'it is undone' is_over
off 1
expect 0 kbpctl enable --cores 1
as_before

# One that was killed undoes nothing, and nobody believes that it does.
expect 0 kbpctl enable --cores 2-3 --from eth1 --canary 1h
pid=$(waiting)
kill -9 "$pid"
until_true 10 'it is gone' test ! -d "/proc/$pid"
expect 0 kbpctl status
says "nothing will be undone: the process that waited (pid $pid) is gone"
expect 1 kbpctl confirm
says 'there is nobody to confirm it to' "the change of cores 2-3 stays"
expect 3 kbpctl confirm
served 2
expect 0 kbpctl disable --cores 2-3
expect 0 kbpctl irq restore
as_before

# Confirmed, it stays, and is saved then.
# shellcheck disable=SC2086 # words
expect 0 kbpctl $change --save --canary 1h
pid=$(waiting)
state >/tmp/changed
expect 0 kbpctl confirm
says 'cores 1-3: confirmed, and stays; saved'
until_true 10 'nobody waits' is_over
expect 3 kbpctl confirm
served 2
served 3
grep -q 'from = "eth1"' /etc/kbp/kbp.toml || fail "it is not saved: $(cat /etc/kbp/kbp.toml)"
[ ! -e $note ] || fail 'a note is left'
lossless pings 100 10.77.1.1
expect 0 kbpctl irq restore
unload

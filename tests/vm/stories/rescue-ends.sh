# SPDX-License-Identifier: GPL-2.0
# story: a rescued core is served again: at once, after a second, after two, or never, and status says when
# tool: chrt
# warning: has not run for

. words.sh

# keep_away HUNDREDTHS: a real-time task has core 1 for so long, by the guest's clock. The watch needs 50 to
# 75 ms.
keep_away() {
	# shellcheck disable=SC2016 # the task reads the clock
	taskset 2 chrt -f 50 sh -c 'now() { read -r up _ </proc/uptime; now=${up%.*}${up#*.}; }
		now; end=$((now + $0)); while [ "$now" -lt "$end" ]; do now; done' "$1"
}
retries() { counter 1 retries; }
retried() { [ "$(retries)" -gt "$1" ]; }
says_when() { case $(status_field cores.1.rescue.retry_in_ns) in [1-9]*) ;; *) false ;; esac; }
# How long after its rescue the poller took the core again, the last time, in ms.
apart() { dmesg | awk '/serves the core again/ { last = $0 } END { sub(/.*again, /, "", last); print last + 0 }'; }
# rescue_by HUNDREDTHS: a task that has the core for so long makes a rescue. Where the host takes the core from
# the guest just then, the watch sees less of it: once more.
rescue_by() {
	local rescues try
	rescues=$(counter 1 rescues)
	for try in 1 2 3 4 5 6; do
		keep_away "$1"
		[ "$(counter 1 rescues)" = "$rescues" ] || return 0
		note "try $try: no rescue"
	done
	fail "$try tasks that had the core for $1 hundredths of a second, and no rescue"
}
# taken_again LEAST: and not before so many ms are over.
taken_again() {
	until_true 20 'the poller takes the core again' retried "$before"
	served 1
	note "taken again $(apart) ms after the rescue"
	[ "$(apart)" -ge "$1" ] || fail "that is less than $1 ms"
}

testnic
load
expect 0 kbpctl enable --cores 1 --rescue 50
tn_start cpu=1 period_ns=1000000 burst=4 cost_ns=0 count=0
usleep 300000

# A host that takes the virtual CPU just then makes the task stay too long: once more, with a new thread.
for try in 1 2 3 4 5 6; do
	before=$(retries)
	rescue_by 10
	until_true 20 'the poller takes the core again' retried "$before"
	[ "$(apart)" -gt 100 ] || break
	note "try $try: the task stayed for too long"
	expect 0 kbpctl disable --cores 1
	expect 0 kbpctl enable --cores 1
done
taken_again 0
[ "$(apart)" -le 100 ] || fail 'that is not at once'

# Who does that again is believed, and each time for longer; after ten seconds it may be at once, once more.
for try in 1 2 3; do
	before=$(retries)
	rescue_by 10
	until_true 20 'the poller takes the core again' retried "$before"
	[ "$(apart)" -le 100 ] || break
	note "try $try: at once, after more than ten seconds"
done
taken_again 1000
before=$(retries)
rescue_by 30
taken_again 2000

# Status says when, and enable does not wait.
expect 0 kbpctl set --cores 1 --retry 60000
before=$(retries)
rescue_by 30
until_true 20 'status says when' says_when
yielded 1 rescue
expect 0 kbpctl enable --cores 1
served 1
same 'taken again' "$before" "$(retries)"

# Never is until the operator says otherwise.
expect 0 kbpctl set --cores 1 --retry never
before=$(retries)
rescue_by 30
usleep 5000000
yielded 1 rescue
expect 0 kbpctl status
says 'kbpctl enable --cores 1 serves it again'
same 'taken again' "$before" "$(retries)"
expect 0 kbpctl set --cores 1 --retry 100
taken_again 5000

tn_stop
kernel_has steady-softirqs && same 'packets the NIC delivered' "$(tn_stat generated)" "$(tn_stat delivered)"
echo 1 >$tn/reset
quiet 1 lossless tn_run cpu=1 period_ns=200000 burst=2 count=2000
unload

# SPDX-License-Identifier: GPL-2.0
# story: the tracepoints kbp:* fire, and what they say adds up to the counters

. words.sh

trace=/sys/kernel/tracing
testnic
steer eth0 1
load
has_events || { unload; the_end; }
same 'tracepoints' 'cycle mode rescue window yield' "$(cd $trace/events/kbp && echo */ | tr -d /)"
echo 16384 >$trace/buffer_size_kb
echo 1 >$trace/events/kbp/enable
expect 0 kbpctl enable --cores 1
quiet 1 polls_each 1 'eth0 ktn0' at_once 'guest_echo 300' 'tn_counted 1000 cpu=1 period_ns=1000000'
hog 1
quiet 1 guest_echo 300
expect 0 kbpctl set --cores 1 --irq masked --idle adaptive:100
quiet 1 guest_echo 300 200
hog_over
quiet 1 guest_echo 100 100
expect 0 kbpctl set --cores 1 --idle spin
# A poller that sleeps lets go of its NAPIs; one that spins holds them, so the next polls are held.
quiet 1 guest_echo 100
given_back 1
served 1
expect 0 kbpctl disable
expect 0 kbpctl enable --cores 1 --irq armed
quiet 1 guest_echo 100
expect 0 kbpctl disable
echo 0 >$trace/events/kbp/enable

# event NAME: its fields, one event a line.
event() { sed -n "s/^ *kbp\/1-[0-9]* .*\[001\].* $1: //p" $trace/trace; }
sum() { tr ' ' '\n' | sed -n "s/^$1=//p" | column 1; }
grep -q 'CPU:1 .*LOST' $trace/trace && fail 'the trace is not whole'
for event in cycle window mode yield; do event $event | head -n 3; done
same 'events not of the thread or the core' 0 "$(grep -v '^#' $trace/trace | grep -vcE 'kbp/1-[0-9]+ .*\[001\].*: core=1 ')"
same 'rounds traced' $(($(counter 1 cycles) - $(counter 1 empty_cycles))) "$(event cycle | wc -l)"
for field in packets busy_ns; do
	same "$field traced" "$(counter 1 $field)" "$(event cycle | sum $field)"
done
[ "$(event cycle | sum held_polls)" -gt 0 ] || fail 'no held poll was traced'
same 'windows traced' "$(counter 1 windows)" "$(event window | grep -c kind=window)"
same 'sleeps traced' "$(counter 1 sleeps)" "$(event window | grep -c kind=sleep)"
same 'wake-ups traced' "$(counter 1 window_wakeups)" "$(event window | grep -c 'kind=window ended_by=work')"
same 'window times traced' "$(counter 1 window_ns)" "$(event window | grep kind=window | sum away_ns)"
for count in windows sleeps window_wakeups yields_patch; do
	[ "$(counter 1 $count)" -gt 0 ] || fail "$count is 0"
done
same 'yields traced' "$(counter 1 yields_patch)" "$(event yield | grep -cx 'core=1 reason=patch')"
same 'modes' 'armed/spin/0 masked/adaptive/100000 masked/spin/0 armed/spin/0' \
	"$(event mode | sed 's/.*irq=\(.*\) idle=\(.*\) spin_ns=\(.*\)/\1\/\2\/\3/' | in_a_line)"
books_agree 1
unload

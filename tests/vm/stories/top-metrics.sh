# SPDX-License-Identifier: GPL-2.0
# story: top and metrics tell of traffic what status counts, and a terminal is left as it was
# kernel: bookworm trixie-backports
# tool: script

. words.sh

# printed NAME LABELS: the value of a metric.
printed() { kbpctl metrics | sed -n "s/^$1$2 //p"; }
# agree: metrics and status have the same, where nothing came between two looks at the status.
agree() {
	before=$(counter 1 packets)
	metric=$(printed kbp_core_packets_total '{cpu="1"}')
	[ "$before" = "$(counter 1 packets)" ] && [ "$before" = "$metric" ] && seen=$metric
}
# figures: of each document of top, the packets of its interval: rate times length.
figures() {
	awk '{
		match($0, /"interval_ns":[0-9]+/)
		ns = substr($0, RSTART + 14, RLENGTH - 14)
		match($0, /"packets_per_s":[0-9.]+/)
		sum += substr($0, RSTART + 16, RLENGTH - 16) * ns / 1e9
	} END { printf "%d\n", sum + 0.5 }' /tmp/top
}
documents() { seen=$(grep -c '^{"schema":"kbp.top/1"' /tmp/top); }
more_than() { documents && [ "$seen" -gt "$1" ]; }
# on_a_terminal AWAITED ACT COMMAND: what it writes to a terminal of 24 lines. When AWAITED is on the screen,
# ACT happens, and what it prints is typed.
on_a_terminal() {
	awaited=$1 act=$2
	shift 2
	: >/tmp/typescript
	{
		shows "$awaited"
		$act
		shows 'ended with [0-9]'
	} | TERM=${TERM_OF:-xterm} script -qefc "stty rows 24 cols 80; $*; echo ended with \$?; stty" /tmp/typescript >/dev/null
	said=$(cat /tmp/typescript)
	note "$* $(sed -n 's/.*\(ended with [0-9][0-9]*\).*/\1/p' /tmp/typescript)"
}
# shows TEXT: waits for it on the screen; who waits in vain finds that out from what is missing in the end.
shows() {
	left=1200
	until grep -q "$1" /tmp/typescript || [ $left = 0 ]; do
		usleep 50000
		left=$((left - 1))
	done
}

steer eth0 1
expect 3 kbpctl top --once
says 'KBP is not loaded' 'kbpctl load'
expect 0 kbpctl metrics
says 'kbp_loaded 0' '# EOF'
load
expect 0 kbpctl top --once --interval 100ms
says 'no core is enabled'
expect 0 kbpctl enable --cores 1

kbpctl top --json --interval 200ms --cores 1 >/tmp/top &
top=$!
until_true 20 'top has begun' more_than 0
counted=$(counter 1 packets) came=$(udp InDatagrams)
lossless guest_echo 1500
came=$(($(udp InDatagrams) - came))
documents
until_true 20 'top has seen all' more_than $((seen + 1))
kill $top
wait $top 2>/dev/null || true
counted=$(($(counter 1 packets) - counted))
seen=$(figures)
note "packets: $came answers, status $counted, top $seen"
[ "$came" -gt 0 ] || fail 'no answer came'
[ "$counted" -ge "$came" ] || fail "status counts $counted packets of $came"
# Others may have come before the first document, or after the last.
[ "$seen" -ge "$came" ] || fail "top saw $seen packets of $came"
[ "$seen" -le $((counted + 100)) ] || fail "top saw $seen packets, and there were $counted"
kbpctl top --json --interval 100ms | head -n 2 >/tmp/top
same 'documents until nobody reads' 2 "$(wc -l </tmp/top)"

until_true 20 'metrics agree with the status' agree
ok "metrics agree with the status: $metric packets"
printed kbp_core_state '{cpu="1",state="polling"}' | grep -q '[01]' || fail 'no state of core 1'
mkdir /tmp/collector
umask 077
expect 0 kbpctl metrics --textfile /tmp/collector/kbp.prom
umask 022
same 'mode' 644 "$(stat -c %a /tmp/collector/kbp.prom)"
same 'files' kbp.prom "$(ls /tmp/collector)"
grep -q '^# TYPE kbp_core_packets_total counter' /tmp/collector/kbp.prom || fail 'no form that node_exporter reads'
expect 1 kbpctl metrics --textfile /tmp/none/kbp.prom
says 'there is no folder /tmp/none'

mkdir -p /dev/pts
mount -t devpts devpts /dev/pts
[ -e /dev/ptmx ] || ln -s pts/ptmx /dev/ptmx
enter=$(printf '\033[?1049h') leave=$(printf '\033[?1049l')
on_a_terminal enabled, 'printf spq' kbpctl top --interval 200ms
# What stands on the screen already is not written again, blanks neither.
says 'ended with 0' "$enter" "$leave" 'enabled,' 'PAUSED'
on_a_terminal enabled, 'killall kbpctl' kbpctl top --interval 200ms
says 'ended with 0' "$leave"
# The terminal is its own again: lines, and echo.
case ${said##*ended} in *-echo* | *-icanon*) fail 'the terminal is not as it was' ;; esac
TERM_OF=dumb on_a_terminal 'ended with [0-9]' true kbpctl top
says 'ended with 4' 'TERM=dumb' 'kbpctl top --once'
case $said in *"$enter"*) fail 'a screen on a terminal of lines' ;; esac

# The terminal goes away.
is_gone() { [ -z "$(pidof kbpctl)" ]; }
: >/tmp/typescript
TERM=xterm script -qefc 'stty rows 24 cols 80; kbpctl top --interval 200ms' /tmp/typescript </dev/null >/dev/null &
terminal=$!
shows enabled,
is_gone && fail 'top did not begin'
kill -9 $terminal
wait $terminal 2>/dev/null || true
until_true 20 'top ends with its terminal' is_gone
ok 'top ends with its terminal'
unload

# SPDX-License-Identifier: GPL-2.0
# story: doctor --noise sees who takes a core, task or interrupt, and does not disturb one that KBP has
# kernel: bookworm trixie-backports
# smp: 4

. words.sh

# row CORE: its figures in the last report: gaps/s p50 p99 max lost tasks SMIs steal.
row() { printf '%s\n' "$said" | awk -v core="$1" '$1 == core && NF == 9 { print $2, $3, $4, $5, $6, $7, $8, $9 }'; }
# field NUMBER: of the row of core 2.
field() { row 2 | cut -d ' ' -f "$1"; }

load_plain
expect 0 kbpctl enable --cores 3
expect 1 kbpctl doctor --noise 1 --cores 2-3
says 'cannot look at core 3' '--force'

# Nobody but the tick, as far as the host lets it.
expect 0 kbpctl doctor --noise 2 --cores 2
says 'core 2, a thread on each for 2.0 s' 'timer'
note "alone: $(row 2)"
alone=$(field 6)

# A task that always wants the core takes it, for milliseconds.
hog 2
expect 0 kbpctl doctor --noise 2 --cores 2
hog_over
note "beside a hog: $(row 2)"
[ "$(field 6)" -gt "$alone" ] || fail 'no task took the core'
[ "$(field 4 | cut -d . -f 1)" -ge 1000 ] || fail "the longest gap is $(field 4) us"
ok 'the hog is seen'

# Interrupts that come are named, and counted.
steer eth0 2
ping -q -i 0.01 10.77.0.1 >/dev/null &
pinger=$!
expect 0 kbpctl doctor --noise 2 --cores 2
kill $pinger
came=$(printf '%s\n' "$said" | in_a_line | sed 's/.*came: //')
case $came in *' virtio'*'-input.0 (IRQ '*) ok "$came" ;; *) fail "eth0 is not named: $came" ;; esac

expect 0 kbpctl doctor --noise 1 --cores 3 --force
served 3
unload

# SPDX-License-Identifier: GPL-2.0
# The machine sleeps.

# serves_over_sleep OPTIONS COMMAND...: core 1, enabled with these options of kbpctl, receives before and
# after the sleep that COMMAND brings, and yields for it.
serves_over_sleep() {
	local slept receives=quiet options=$1
	shift
	case $options in *softirq*) receives=busy ;; esac
	# shellcheck disable=SC2086 # options
	expect 0 kbpctl enable --cores 1 $options
	$receives 1 lossless guest_echo 200
	slept=$(counter 1 yields_suspend)
	"$@"
	served 1
	same 'times yielded for it' yes "$([ "$(counter 1 yields_suspend)" -gt "$slept" ] && echo yes)"
	# The NIC was reset on the way.
	steer eth0 1
	$receives 1 lossless guest_echo 200
	expect 0 kbpctl disable
}

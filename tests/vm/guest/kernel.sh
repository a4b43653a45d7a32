# SPDX-License-Identifier: GPL-2.0
# What stories have to know of kernels: nowhere else is a kernel asked for its release.

# kernel_has WHAT:
#   module-events       makes trace events for a module with livepatch relocations
#   fair-server         leaves ordinary tasks their share without a throttle of real-time ones, which asks for
#                       it whether somebody waits or not
#   steady-softirqs     runs softirqs while ksoftirqd waits for the core
kernel_has() {
	case $1 in
	module-events | fair-server | steady-softirqs) case $(uname -r) in 6.1.*) return 1 ;; esac ;;
	*) fail "kernel_has does not know '$1': add it to kernel.sh" ;;
	esac
}

# No verdict knows the functions of a kernel that checks itself: they are full of calls of the sanitizers.
case $(uname -r) in
*-debug-amd64)
	kbpctl() {
		case ${1-} in
		load)
			shift
			set -- load --unverified "$@"
			;;
		esac
		command kbpctl "$@"
	}
	;;
esac

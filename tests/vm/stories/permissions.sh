# SPDX-License-Identifier: GPL-2.0
# story: neither an ordinary user nor root of a user namespace can ask KBP or change it
# tool: setpriv

. words.sh

load
echo 'op::1000:1000::/:/bin/sh' >>/etc/passwd
same 'mode of /dev/kbp' 600 "$(stat -c %a /dev/kbp)"
expect 1 su op -c 'cat /dev/kbp'
says 'Permission denied'
for command in 'enable --cores 1' disable load unload; do
	expect 7 su op -c "kbpctl $command"
	says CAP_ 'run it as root'
done
# What anybody may see is shown.
expect 7 su op -c 'kbpctl status'
says CAP_ 'run it as root' 'module     loaded' 'livepatch  enabled' 'not shown'
# Root of a user namespace has every capability there, and the device is root's own.
for command in status 'enable --cores 1 --force' 'set --cores 1 --irq masked' disable; do
	# shellcheck disable=SC2086 # words
	expect 7 unshare -U -r kbpctl $command
	says 'Operation not permitted' "the host's user namespace"
done
# Root without it, and with nothing but it: CAP_NET_ADMIN is all that KBP asks for.
expect 7 /bin/setpriv --bounding-set -net_admin --inh-caps -net_admin kbpctl status
says CAP_NET_ADMIN
expect 0 /bin/setpriv --bounding-set -sys_nice --inh-caps -sys_nice kbpctl enable --cores 1
served 1
expect 0 kbpctl disable
off 1
expect 3 kbpctl status
unload

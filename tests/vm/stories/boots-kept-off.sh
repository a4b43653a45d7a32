# SPDX-License-Identifier: GPL-2.0
# story: kbp.enable=0 on the kernel's command line keeps KBP off, until somebody starts it
# debian: yes
# limit: 450
# host: packaging/build-deb.sh --test "$tmp"
# copy: $tmp /root/deb
# copy: $modules/kbp.ko /lib/modules/$release/updates/dkms/kbp.ko
# copy: $modules/kbp_livepatch.ko /lib/modules/$release/updates/dkms/kbp_livepatch.ko
# before: boot/install.sh
# append: kbp.enable=0

. words.sh
. boot.sh

same 'kbp.service' inactive "$(systemctl is-active kbp.service || true)"
same 'its condition' no "$(property ConditionResult)"
same 'why it did not start' 'ConditionKernelCommandLine=!kbp.enable=0' "$(systemctl status kbp.service |
	sed -n 's/.*unmet.*\(Condition[^ ]*\).*/\1/p')"
well
for trace in /sys/module/kbp /sys/module/kbp_livepatch /dev/kbp /var/lib/kbp/boot; do
	[ ! -e $trace ] || fail "there is $trace"
done
same 'pollers' 0 "$(pollers)"
steer eth0 1
busy 1 lossless host_echo

expect 0 kbpctl reapply
served 1
quiet 1 lossless host_echo
expect 0 kbpctl disable
unload

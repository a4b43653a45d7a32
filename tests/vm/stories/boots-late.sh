# SPDX-License-Identifier: GPL-2.0
# story: an interface that comes late keeps no other set from being served, is waited for, and tried again
# debian: yes
# limit: 420
# nic: queues=1
# host: packaging/build-deb.sh --test "$tmp"
# copy: $tmp /root/deb
# copy: $modules/kbp.ko /lib/modules/$release/updates/dkms/kbp.ko
# copy: $modules/kbp_livepatch.ko /lib/modules/$release/updates/dkms/kbp_livepatch.ko
# before: boot/late.sh

. words.sh
. boot.sh

NOTE=/var/lib/kbp/boot
# by_core IRQ-MODE: how core 1 is served, by the last set that named it.
by_core() { [ "$(status_field cores.1.config.irq)" = "$1" ]; }
tried() { journalctl --no-pager --unit kbp.service | grep -q 'cannot use irq-of:late9'; }

# The set that names late9 is waited for, the other is served meanwhile.
served 1
until_true 90 'the first try has ended' tried
same 'its interrupts, by the set that needs no interface' armed "$(status_field cores.1.config.irq)"
expect 0 journalctl --no-pager --unit kbp.service
says 'cannot use irq-of:late9: there is no interface "late9" here' 'it stands in /etc/kbp/kbp.toml, line 2'

# Tried again when it is there: the unit's own retry finds it, or a try that waits for it.
for irq in /sys/class/net/eth1/device/../msi_irqs/*; do echo 1 >"/proc/irq/${irq##*/}/smp_affinity_list"; done
ip link set eth1 down
ip link set eth1 name late9
ip link set late9 up
until_true 120 'the set that names late9 is served' by_core masked
until_true 20 'kbp.service is active' systemctl --quiet is-active kbp.service
[ "$(property NRestarts)" -ge 1 ] || fail 'it was not tried again'
ok "tries after the first: $(property NRestarts)"

# An orderly end of a boot is no crash, whenever it comes; after it the unit that takes the note starts again.
same 'kbp-survived.service' active "$(systemctl is-active kbp-survived.service)"
same 'the note is of this boot' "$(cat /proc/sys/kernel/random/boot_id) $(uname -r)" "$(cat $NOTE)"
expect 0 systemctl stop kbp-survived.service
[ ! -e $NOTE ] || fail 'the note stayed'
expect 0 systemctl stop kbp.service
expect 0 kbpctl disable

# A wrong value is no matter of time: it is tried once.
printf '[[serve]]\ncores = "1"\nwindow = 5\n' >/etc/kbp/kbp.toml
expect 1 systemctl start kbp.service
same 'kbp.service' failed "$(systemctl is-active kbp.service || true)"

# The note of a boot that died stays until somebody removes it.
printf '[[serve]]\ncores = "1"\n' >/etc/kbp/kbp.toml
systemctl stop kbp-survived.service
echo '1-1 6.1.0-bad' >$NOTE
expect 1 systemctl start kbp.service
same 'kbp.service' failed "$(systemctl is-active kbp.service || true)"
same 'kbp-survived.service' inactive "$(systemctl is-active kbp-survived.service || true)"
same 'the note' '1-1 6.1.0-bad' "$(cat $NOTE)"
off 1
rm $NOTE
unload

# SPDX-License-Identifier: GPL-2.0
# story: what was saved is served after a boot, by the units of the package
# debian: yes
# limit: 450
# host: packaging/build-deb.sh "$tmp"
# copy: $tmp /root/deb
# copy: $modules/kbp.ko /lib/modules/$release/updates/dkms/kbp.ko
# copy: $modules/kbp_livepatch.ko /lib/modules/$release/updates/dkms/kbp_livepatch.ko
# before: boot/install.sh

. words.sh
. boot.sh

expect 0 systemctl status --no-pager kbp.service
same 'kbp.service' active "$(systemctl is-active kbp.service)"
well
expect 0 kbpctl status
served 1
same 'its interrupts' masked "$(status_field cores.1.config.irq)"
steer eth0 1
quiet 1 lossless host_echo

# The boot counts as survived some minutes later, or when it is shut down.
same 'kbp-survived.service' active "$(systemctl is-active kbp-survived.service)"
same 'the note of this boot' "$(cat /proc/sys/kernel/random/boot_id) $(uname -r)" "$(cat /var/lib/kbp/boot)"
expect 0 systemctl stop kbp-survived.service
[ ! -e /var/lib/kbp/boot ] || fail 'the note stayed'

# A stop is no reason to give the cores back.
expect 0 systemctl stop kbp.service
served 1
expect 0 kbpctl disable
unload
expect 0 systemctl start kbp.service
served 1
expect 0 kbpctl disable
unload

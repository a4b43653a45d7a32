# SPDX-License-Identifier: GPL-2.0
# story: what was saved is served after a boot, by the units of the package
# debian: yes
# limit: 450
# host: packaging/build-deb.sh --test "$tmp"
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

# Who asks for it has interrupts kept where they were brought, by a service that may do little else.
same 'kbp-watch.service' disabled "$(systemctl is-enabled kbp-watch.service || true)"
expect 0 systemctl start kbp-watch.service
expect 0 kbpctl irq pin eth0 --cores 1
for irq in /sys/class/net/eth0/device/../msi_irqs/*; do
	case $(cat "/sys/kernel/irq/${irq##*/}/actions") in *input.0) file=/proc/irq/${irq##*/}/smp_affinity_list ;; esac
done
echo 0 >"$file"
until_true 10 'it is brought back' grep -qx 1 "$file"
expect 0 journalctl --no-pager -o cat -u kbp-watch.service
says 'input.0): to core 1 again'
expect 0 kbpctl irq restore
expect 0 systemctl stop kbp-watch.service
same 'kbp-watch.service' success "$(systemctl show --property Result --value kbp-watch.service)"

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

# SPDX-License-Identifier: GPL-2.0
# In the image, before the boot: as install.sh, with a set whose interface is not there yet.

rm -rf /usr/lib/kbp /usr/bin/kbpctl
dpkg -i /root/deb/kbpctl_*.deb
mkdir /etc/kbp
printf '[[serve]]\ncores = "irq-of:late9"\nirq = "masked"\n\n[[serve]]\ncores = "1"\n' >/etc/kbp/kbp.toml
# The same unit, less patient.
mkdir -p /etc/systemd/system/kbp.service.d
printf '[Service]\nExecStart=\nExecStart=/usr/sbin/kbpctl reapply --boot --wait 10s\nRestartSec=5s\n' >/etc/systemd/system/kbp.service.d/soon.conf

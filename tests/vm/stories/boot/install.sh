# SPDX-License-Identifier: GPL-2.0
# In the image, before the boot. Only what the package installs may be found; the modules lie where DKMS puts
# what it has built.

rm -rf /usr/lib/kbp /usr/bin/kbpctl
dpkg -i /root/deb/kbpctl_*.deb
mkdir /etc/kbp
printf '[[serve]]\ncores = "1"\nirq = "masked"\n' >/etc/kbp/kbp.toml

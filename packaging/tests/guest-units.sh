#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# In a guest with a Debian that systemd has booted: what dpkg does to the units of kbpctl, of a former
# version and of now. Success says DONE.
set -eux

pid() { systemctl show --property MainPID --value kbp-watch.service; }
state() { systemctl is-active "$1" || true; }

dpkg -i /root/former.deb
[ "$(systemctl is-enabled kbp.service)" = enabled ]
[ "$(systemctl is-enabled kbp-watch.service || true)" = disabled ]
[ "$(systemctl is-enabled kbp-metrics.timer || true)" = disabled ]
systemctl start kbp-watch.service kbp-metrics.timer
before=$(pid)
[ "$before" -gt 0 ]

dpkg -i /root/now.deb
[ "$(state kbp-watch.service)" = active ]
[ "$(pid)" -ne "$before" ]
[ "$(state kbp.service)" = inactive ]

dpkg -r kbpctl
for unit in kbp-watch.service kbp-metrics.timer kbp.service; do
	[ "$(state "$unit")" = inactive ]
done
dpkg -P kbpctl
[ ! -e /etc/systemd/system/multi-user.target.wants/kbp.service ]
[ -z "$(systemctl list-unit-files --no-legend 'kbp-[mw]*' kbp.service)" ]
echo DONE

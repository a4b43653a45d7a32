#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# In a guest with a Debian and podman: kbpctl in a container, with what packaging/kubernetes/kbpctl.yaml
# gives it, sees the machine and changes nothing. Success says DONE.
set -eux

inside() {
	podman run --rm --privileged --network host --pid host --read-only \
		-v /dev:/dev -v /run:/run:ro -v /etc/kbp:/etc/kbp:ro -v /lib/modules:/lib/modules:ro kbpctl "$@"
}
# places: of the interrupts; how often they came does not count.
places() { grep -E '"(irq|cores|device|interface)"' "$1"; }

rm -rf /lib/kbp
mkdir -p /etc/kbp
podman build -t kbpctl -f /root/Containerfile /root/packaged
kbpctl load
kbpctl enable --cores 1 --from eth0
kbpctl --pretty irq show >/tmp/node

inside --version
inside --pretty irq show >/tmp/inside
places /tmp/node >/tmp/node.places
places /tmp/inside | diff /tmp/node.places -
inside status
inside top --once
inside metrics | grep '^kbp_loaded 1'
code=0
inside doctor >/tmp/said || code=$?
cat /tmp/said
[ "$code" -eq 0 ] || [ "$code" -eq 5 ]
grep -E 'ok: .*core-served' /tmp/said

code=0
inside disable || code=$?
[ "$code" -ne 0 ]
kbpctl status
kbpctl disable
kbpctl unload
echo DONE

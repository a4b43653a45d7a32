#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# In a guest with a Debian, Ansible and an ssh server: the role verifies, loads, enables on probation,
# looks over a new connection whether the host answers, and confirms. A second run changes nothing; a
# host that does not answer is put back. Success says DONE.
set -eux

cd /root/ansible
export LC_ALL=C.UTF-8
printf '[receivers]\n127.0.0.1 ansible_ssh_common_args="-o StrictHostKeyChecking=accept-new"\n' >inventory
# The network is there before any core is served.
ip link set lo up
systemctl is-active ssh.service || systemctl start ssh.service

# play CHANGED FAILED OPTION...: so many tasks change something, so many fail.
play() {
	want="changed=$1 +unreachable=0 +failed=$2"
	shift 2
	ansible-playbook -i inventory -e kbp_install=false -e kbp_cores=1 -e kbp_watch=true \
		-e '{"kbp_from": ["eth0"], "kbp_options": {"idle": "spin"}}' "$@" kbp.yml >/tmp/said 2>&1 || true
	cat /tmp/said
	grep -E "$want" /tmp/said
}
# state: what the role may change.
state() {
	cat /etc/kbp/kbp.toml 2>/dev/null || true
	kbpctl --pretty irq show | grep -E '"(irq|affinity|cores)"'
}
logins() { journalctl -u ssh.service | grep -c 'Accepted publickey'; }

# What it cannot look at yet is no failure, and nothing is changed.
play '[1-9][0-9]*' 0 --check
[ ! -e /sys/module/kbp ]

# A host that does not answer: the play fails, and it is as before.
kbpctl load
state >/tmp/was
play '[0-9]+' 1 -e '{"kbp_answers_at": [9]}' -e kbp_answers_within=2 -e kbp_canary=20s
while [ -e /run/kbp/canary.json ]; do sleep 1; done
state >/tmp/now
diff /tmp/was /tmp/now
code=0
kbpctl status || code=$?
[ "$code" -eq 3 ]
{ dmesg; journalctl -t kbpctl; } | grep 'the change of core 1: not confirmed within 20s: undone'
[ ! -e /etc/kbp/kbp.toml ]

# One that does.
play '[1-9][0-9]*' 0 --check
before=$(logins)
play '[1-9][0-9]*' 0 -e '{"kbp_answers_at": [22]}'
[ "$(logins)" -gt "$before" ]
grep 'Confirm it' /tmp/said
kbpctl status
[ ! -e /run/kbp/canary.json ]
grep -x 'from = "eth0"' /etc/kbp/kbp.toml
systemctl is-active kbp-watch.service
play 0 0
play 0 0 --check
echo DONE

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# In a guest with a Debian, and with Ansible beside it: the role verifies, loads, enables with a canary,
# looks whether the host answers, confirms; twice it changes nothing; a host that does not answer is put
# back. Success says DONE.
set -eux

ln -s /opt/ansible/python3.13 /usr/lib/python3.13
export LD_LIBRARY_PATH=/opt/ansible/lib PYTHONPATH=/opt/ansible/packages ANSIBLE_CONFIG=/opt/ansible/role/ansible.cfg LC_ALL=C.UTF-8
printf '[receivers]\nlocalhost\n' >/tmp/inventory

# play CHANGED FAILED OPTION...: so many tasks change something, so many fail.
play() {
	want="changed=$1 +unreachable=0 +failed=$2"
	shift 2
	python3.13 /opt/ansible/playbook -i /tmp/inventory -e ansible_connection=local -e ansible_become=false \
		-e ansible_python_interpreter=/usr/bin/python3.13 -e kbp_install=false -e kbp_cores=1 -e kbp_watch=true \
		-e '{"kbp_from": ["eth0"], "kbp_options": {"idle": "spin"}}' "$@" /opt/ansible/role/kbp.yml >/tmp/said 2>&1 || true
	cat /tmp/said
	grep -E "$want" /tmp/said
}
# state: what the role may change.
state() {
	cat /etc/kbp/kbp.toml 2>/dev/null
	kbpctl --pretty irq show | grep -E '"(irq|affinity|cores)"'
}

rm -rf /lib/kbp
# What it cannot look at yet is no failure, and nothing is changed.
play '[1-9][0-9]*' 0 --check
[ ! -e /sys/module/kbp ]

# A host that does not answer: the play fails, and it is as before.
kbpctl load
state >/tmp/was || true
play '[0-9]+' 1 -e '{"kbp_answers_at": [9]}' -e kbp_answers_within=2 -e kbp_canary=20s
while [ -e /run/kbp/canary.json ]; do sleep 1; done
state >/tmp/now || true
diff /tmp/was /tmp/now
# No core is served.
code=0
kbpctl status || code=$?
[ "$code" -eq 3 ]
{ dmesg; journalctl -t kbpctl; } | grep 'the change of core 1: not confirmed within 20s: undone'
[ ! -e /etc/kbp/kbp.toml ]

play '[1-9][0-9]*' 0 --check
play '[1-9][0-9]*' 0
kbpctl status
[ ! -e /run/kbp/canary.json ]
grep -x 'from = "eth0"' /etc/kbp/kbp.toml
systemctl is-active kbp-watch.service
play 0 0
play 0 0 --check
echo DONE

# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# The role for Ansible, in the clean root: it is read, checked, and installs the packages.
# shellcheck disable=SC2317,SC2153 # some are called through ok(); VERSION is set in deb-test.sh

# play OPTION...: the role on the clean root itself, as a host that is there already.
play() {
	in_clean ansible-playbook -i /tmp/ansible/inventory -e "ansible_connection=local" "$@" /tmp/ansible/kbp.yml
}

# changed COUNT OPTION...: so many tasks of a play change something, and none fails.
changed() {
	local count=$1 said
	shift
	said=$(play "$@") || {
		printf '%s\n' "$said"
		return 1
	}
	grep -E "ok=[0-9]+ +changed=$count +unreachable=0 +failed=0" <<<"$said" && return 0
	printf '%s\n' "$said"
	return 1
}

test_ansible() {
	local debs
	debs="{\"kbp_debs\": [\"/tmp/kbp-dkms_${VERSION}_amd64.deb\", \"/tmp/kbpctl_${VERSION}_amd64.deb\"], \"kbp_headers\": \"\"}"
	rm -rf "$CLEAN/tmp/ansible"
	cp -a "$KBP_REPO/packaging/ansible" "$CLEAN/tmp/ansible"
	printf '[receivers]\nlocalhost\n' >"$CLEAN/tmp/ansible/inventory"
	ok "Ansible installs" clean_install "deb-$SUITE-ansible" ansible-core ansible-lint python3-apt
	ok "the playbook can be read" play --syntax-check
	ok "ansible-lint has nothing against it" in_clean sh -c "cd /tmp/ansible && ansible-lint --offline --strict"
	ok "a fault is found" no in_clean sh -c "cd /tmp/ansible && cp -a . /tmp/spoiled && cd /tmp/spoiled &&
		sed -i 's/ansible.builtin.stat/shell/' roles/kbp/tasks/main.yml && ansible-lint --offline --strict"
	ok "what does not go together is refused" no play -e "$debs" -e "kbp_from=[eth0]"
	ok "a check changes nothing" changed '[1-9][0-9]*' --check -e "$debs"
	ok "so nothing is installed" no in_clean test -e /usr/sbin/kbpctl
	ok "the role installs the packages" changed '[1-9][0-9]*' -e "$debs"
	ok "DKMS has built the modules" status_has ", $RELEASE, x86_64: installed"
	ok "a second run changes nothing" changed 0 -e "$debs"
	ok "nor does a check" changed 0 --check -e "$debs"
	ok "the packages go" logged "deb-$SUITE-ansible-purge" in_clean apt-get -y purge kbpctl kbp-dkms
}

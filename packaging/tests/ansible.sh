# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# The role for Ansible, in the clean root: it is read, checked, and installs the packages. In a guest
# that has this root: it serves a core, over ssh.
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

# clean_image: the clean root as an image for guests, with an sshd that lets its own key in.
clean_image() {
	local image=$KBP_CACHE/clean/$SUITE.ext4
	# shellcheck disable=SC2016 # expanded in the root
	in_clean sh -ec '
		mkdir -p /root/.ssh
		cp -a /tmp/ansible /root/ansible
		ssh-keygen -q -t ed25519 -N "" -f /root/.ssh/id_ed25519
		cp /root/.ssh/id_ed25519.pub /root/.ssh/authorized_keys
		: >/etc/fstab
		ln -sf /usr/lib/systemd/system/multi-user.target /etc/systemd/system/default.target' || return 1
	rm -f "$image"
	mke2fs -q -t ext4 -F -E lazy_itable_init=1,root_owner=0:0 -d "$CLEAN" "$image" 4096M
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
	ok "what a host has for ssh installs" clean_install "deb-$SUITE-ssh" openssh-server openssh-client systemd-sysv udev iproute2
	ok "the root becomes an image for guests" clean_image
	ok "over ssh it enables, looks, confirms, and a host that does not answer is put back" guest "$RELEASE" guest-ansible.sh \
		--root "$KBP_CACHE/clean/$SUITE.ext4" --nic queues=1 --mem 2048 --timeout 1500
	rm -f "$KBP_CACHE/clean/$SUITE.ext4"
	ok "the packages go" logged "deb-$SUITE-ansible-purge" in_clean apt-get -y purge kbpctl kbp-dkms
}

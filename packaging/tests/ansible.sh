# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# The role for Ansible, in the clean root and in a guest: it is read, checked, and run.
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

# ansible_folder: what the Debian of guests lacks for Ansible, in the root's /tmp/opt.
ansible_folder() {
	local to=$CLEAN/tmp/opt name
	rm -rf "$to"
	mkdir -p "$to/packages" "$to/lib"
	for name in ansible jinja2 markupsafe yaml packaging resolvelib cryptography; do
		cp -a "$CLEAN/usr/lib/python3/dist-packages/$name" "$to/packages/" || return 1
	done
	cp -a "$CLEAN"/usr/lib/python3/dist-packages/{_cffi_backend*,_yaml,*.*-info} "$to/packages/"
	cp -L "$CLEAN/usr/bin/ansible-playbook" "$to/playbook"
	cp -a "$CLEAN/tmp/ansible" "$to/role"
	cp -a "$CLEAN/usr/lib/python3.13" "$to/python3.13"
	# Links to the settings of the root, which has none there.
	find "$to" -xtype l -delete
	# shellcheck disable=SC2016 # expanded in the root
	in_clean sh -c '
		find /usr/lib/python3.13/lib-dynload /tmp/opt/packages -name "*.so" -exec ldd /usr/bin/python3.13 {} + |
			sed -n "s/.*=> \(\/[^ ]*\) .*/\1/p" | sort -u | grep -v "/lib[cm]\.so\|/ld-linux" | xargs cp -Lt /tmp/opt/lib'
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
	ok "what a guest needs for it is there" ansible_folder
	ok "in a guest it enables, looks, confirms, and puts a host back that does not answer" guest "$RELEASE" guest-ansible.sh "${IN_DEBIAN[@]}" --timeout 1500 \
		--copy "$CLEAN/tmp/opt:/opt/ansible" --copy "$CLEAN/usr/bin/python3.13:/usr/bin/python3.13" \
		--copy "$CLEAN/usr/lib/systemd/system/kbp-watch.service:/etc/systemd/system/kbp-watch.service"
	ok "the packages go" logged "deb-$SUITE-ansible-purge" in_clean apt-get -y purge kbpctl kbp-dkms
}

# SPDX-License-Identifier: GPL-2.0
# story: what cannot be saved, locked or written changes nothing, and the line says what would help

. words.sh

# Every command that saves ends with code 1 and leaves the cores as they were.
keeps_all() {
	for command in 'enable --cores 1 --window 80' 'set --cores 1 --irq masked' disable; do
		# shellcheck disable=SC2086 # words
		expect 1 kbpctl $command --save $1
		says "$2" "$3"
		case $said in *dmesg*) fail 'the kernel log has nothing of it' ;; esac
		served 1
		same 'its configuration' "$before" "$(config)"
	done
}
config() { status_lines | sed -n 's/^cores\.1\.config\.//p' | grep -v ^current_ | in_a_line; }

load_plain
expect 0 kbpctl enable --cores 1
before=$(config)

# Something else is saved, so that each of them has something to write.
mkdir -p /etc/kbp /usr/lib/kbp
printf '[[serve]]\ncores = "0"\nforce = true\n' >/usr/lib/kbp/kbp.toml
mount -t tmpfs -o ro none /etc/kbp
keeps_all '' 'Read-only file system' 'mount it writable'
keeps_all --dry-run 'Read-only file system' 'mount it writable'
# What is saved already needs no writing.
printf '[[serve]]\ncores = "1"\n' >/usr/lib/kbp/kbp.toml
expect 0 kbpctl enable --cores 1 --save
says 'it is saved already'
printf '[[serve]]\ncores = "0"\nforce = true\n' >/usr/lib/kbp/kbp.toml
umount /etc/kbp

mount -t tmpfs -o size=64k none /etc/kbp
dd if=/dev/zero of=/etc/kbp/filler bs=64k count=2 2>/dev/null || true
keeps_all '' 'No space left on device' 'make room'
umount /etc/kbp

# Nobody can tell beforehand that a mount point takes no new file: the change is undone.
printf '[[serve]]\ncores = 0 # mine\n' >/etc/kbp/kbp.toml
mount --bind /etc/kbp/kbp.toml /etc/kbp/kbp.toml
keeps_all '' 'the change of the cores was undone' 'findmnt'
expect 0 kbpctl disable
expect 1 kbpctl enable --cores 1 --save
off 1
expect 0 kbpctl enable --cores 1
umount /etc/kbp/kbp.toml
same 'left over' kbp.toml "$(ls /etc/kbp)"
rm /etc/kbp/kbp.toml

# A link stays a link; what a hand wrote is kept.
echo '# mine' >/root/mine.toml
ln -s /root/mine.toml /etc/kbp/kbp.toml
expect 0 kbpctl enable --cores 1 --save
says 'the file before is /etc/kbp/kbp.toml.old'
same 'the link' /root/mine.toml "$(readlink /etc/kbp/kbp.toml)"
same 'what was there' '# mine' "$(cat /etc/kbp/kbp.toml.old)"
same 'what is saved' 'cores = "1"' "$(grep cores.= /root/mine.toml)"
# shellcheck disable=SC2012 # plain names
same 'left over' 'kbp.toml kbp.toml.old' "$(ls /etc/kbp | in_a_line)"

mkdir -p /run
mount -t tmpfs -o ro none /run
for command in load unload disable 'unload --dry-run' reapply; do
	# shellcheck disable=SC2086 # words
	expect 1 kbpctl $command
	says 'cannot lock /run/kbp.lock' 'nothing was changed' 'mount it writable'
done
umount /run

mount -o remount,ro /sys
expect 1 kbpctl unload --dry-run
says 'Read-only file system'
expect 1 kbpctl unload
says 'core 1 are enabled again'
mount -o remount,rw /sys
served 1
same 'its configuration' "$before" "$(config)"
unload

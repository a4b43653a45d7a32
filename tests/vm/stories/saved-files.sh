# SPDX-License-Identifier: GPL-2.0
# story: a wrong value in kbp.toml is named with its line; strays in kbp.d are passed over

. words.sh

# wrong LINE VALUE WORDS: nothing is done, and a save does not overwrite the file.
wrong() {
	printf '[[serve]]\ncores = "1"\n\n[[serve]]\n%s\ncores = "1"\n' "$2" >/etc/kbp/kbp.toml
	for command in reapply 'enable --cores 1 --save'; do
		# shellcheck disable=SC2086 # words
		expect 2 kbpctl $command
		says /etc/kbp/kbp.toml "line $1: $2" "$3"
		off 1
	done
	same 'the file' "$2" "$(sed -n "$1p" /etc/kbp/kbp.toml)"
}

load
mkdir -p /etc/kbp/kbp.d
wrong 5 'window = 5' 'outside 20 to 1000 us'
wrong 5 'irq = "mask"' 'neither armed nor masked'
wrong 5 'rescue = 500.0' 'neither a whole number nor a text'
wrong 5 'rescue = 99999999999999999999' 'outside 20 to 60000 ms'
printf '# sch\366n\n' >/etc/kbp/kbp.toml
expect 2 kbpctl reapply
says 'line 1: the byte 0xf6 is not UTF-8'
rm /etc/kbp/kbp.toml

cd /etc/kbp/kbp.d
printf '[[serve]]\ncores = "1"\n' >10-cores.toml
printf '\0\5\26\7 Mac OS X' >._10-cores.toml
cp 10-cores.toml 10-cores.toml~
mkdir 50.toml
expect 0 kbpctl reapply
says 'passed over in /etc/kbp/kbp.d: ._10-cores.toml, 10-cores.toml~, 50.toml'
served 1
expect 0 kbpctl disable --save
says 'but /etc/kbp/kbp.d/10-cores.toml changes it again'
ln -s nowhere 60.toml
expect 1 kbpctl reapply
says 'cannot read /etc/kbp/kbp.d/60.toml' 'a link that leads nowhere'
off 1
rm 60.toml
mkfifo 70.toml
expect 1 timeout 60 kbpctl reapply
says 'cannot read /etc/kbp/kbp.d/70.toml' 'not a regular file'
cd /
rm -r /etc/kbp/kbp.d
ln -s /data/kbp.d /etc/kbp/kbp.d
expect 1 kbpctl reapply
says 'cannot read /etc/kbp/kbp.d' 'a link that leads nowhere'
rm /etc/kbp/kbp.d
# Masked, as systemd's units are.
rm -f /etc/kbp/kbp.toml
ln -s /dev/null /etc/kbp/kbp.toml
expect 1 kbpctl enable --cores 1 --save
says 'not a regular file' 'nothing was changed'
off 1
[ -c /dev/null ] || fail '/dev/null is no device any more'
unload

# SPDX-License-Identifier: GPL-2.0
# story: report packs what is known of a machine with KBP and without, and config says what is wrong with the saved state, and where

. words.sh

expect 0 kbpctl report -o /tmp/before.tar.gz
says 'not in it: /sys/module/kbp: the module is not loaded' 'read it before you send it'

# What is saved: each fault with its line, and each value with whence it comes.
mkdir -p /etc/kbp
printf '[[serve]]\ncores = "1-9"\nirq = "maybe"\n\n[[serve]]\ncores = "1"\nwindow = 5\n' >/etc/kbp/kbp.toml
expect 5 kbpctl config check
says '/etc/kbp/kbp.toml:3: error: irq = "maybe"' '/etc/kbp/kbp.toml:7: error:' '2 errors'
printf '[[serve]]\ncores = "1"\nirq = "masked"\n' >/etc/kbp/kbp.toml
expect 0 kbpctl config check
expect 0 kbpctl config show --origin
says 'irq = "masked"             # /etc/kbp/kbp.toml:3' '# default'
expect 3 kbpctl status
says 'saved      cores 1; not served: 1; see kbpctl reapply'
expect 0 kbpctl reapply
expect 0 kbpctl status
says 'saved      cores 1, and so they are served' 'are of the last 0.2 s'

expect 0 kbpctl report -o /tmp/report.tar.gz
tar -xzf /tmp/report.tar.gz -C /tmp
cd /tmp/kbp-report || fail 'the archive has no folder kbp-report'
for part in MANIFEST machine.txt kernel-log.txt kbpctl/status.json kbpctl/top.txt files/etc/kbp/kbp.toml; do
	[ -s "$part" ] || fail "the report has no $part"
done
grep -q 'core 1: served by kbp/1' kernel-log.txt || fail 'the report lacks the kernel log'
! grep -r "$(cat /sys/class/net/eth0/address)" . || fail 'the report has the address of eth0'
unload

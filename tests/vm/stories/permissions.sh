# SPDX-License-Identifier: GPL-2.0
# story: an ordinary user can neither ask KBP nor change it

. words.sh

load
echo 'op::1000:1000::/:/bin/sh' >>/etc/passwd
same 'mode of /dev/kbp' 600 "$(stat -c %a /dev/kbp)"
expect 1 su op -c 'cat /dev/kbp'
says 'Permission denied'
for command in status 'enable --cores 1' disable load unload; do
	expect 7 su op -c "kbpctl $command"
	says CAP_ 'run it as root'
done
off 1
expect 3 kbpctl status
unload

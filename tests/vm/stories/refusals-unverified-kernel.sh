# SPDX-License-Identifier: GPL-2.0
# story: a kernel that nobody has verified gets no module, unless told to

. words.sh

mv /var/lib/kbp/verified /var/lib/kbp/forgotten
expect 4 kbpctl load
says 'is not verified; nothing was loaded' '/boot/vmlinuz-' 'add --unverified'
expect 4 kbpctl verify
says 'no image of kernel'
same modules '' "$(ls -d /sys/module/kbp* 2>/dev/null)"
expect 0 kbpctl load --unverified
# Nothing is put in, so nobody asks.
expect 0 kbpctl load
unload
mv /var/lib/kbp/forgotten /var/lib/kbp/verified
load
unload

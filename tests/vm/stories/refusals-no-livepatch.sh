# SPDX-License-Identifier: GPL-2.0
# story: without the livepatch nothing can be enabled

. words.sh

expect 3 kbpctl enable --cores 1
says 'KBP is not loaded' 'run kbpctl load'
expect 3 kbpctl status
expect 0 kbpctl disable
expect 0 kbpctl unload
insmod /lib/kbp/kbp.ko
expect 3 kbpctl enable --cores 1
says 'the livepatch is absent' 'run kbpctl load'
same pollers 0 "$(pollers)"
unload

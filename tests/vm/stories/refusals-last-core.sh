# SPDX-License-Identifier: GPL-2.0
# story: core 0 and the last core without KBP are kept, unless forced

. words.sh

load
expect 1 kbpctl enable --cores 0
says 'core 0' '--force'
expect 1 kbpctl enable --cores 0-1
says '--force'
off 0
off 1
expect 0 kbpctl enable --cores 0 --force
expect 1 kbpctl enable --cores 1
says 'no online core would be left without KBP' 'online are 0-1' '--force'
served 0
off 1
unload

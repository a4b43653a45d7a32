# SPDX-License-Identifier: GPL-2.0
# story: enables at once all succeed, and their union is served
# smp: 4

. words.sh

load
for round in 1 2; do
	together 'enable --cores 1' 'enable --cores 2' 'enable --cores 1-2' 'enable --cores 3' 'enable --cores 2-3'
	consistent
	served 1
	served 2
	served 3
	together 'disable --cores 1' 'disable --cores 1-2' 'enable --cores 3' status
	consistent
	off 1
	off 2
	served 3
	together 'enable --cores 1' 'disable --cores 1' 'enable --cores 2' 'disable --cores 2'
	consistent
	expect 0 kbpctl disable
	same pollers 0 "$(pollers)"
done
together load load unload
consistent
load
unload

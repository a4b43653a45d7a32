# SPDX-License-Identifier: GPL-2.0
# story: kill -9 of kbpctl leaves a state from which the next command goes on
# limit: 400

. words.sh

for ms in 0 20 40 70 110 170 300; do
	killed_after $ms kbpctl load
	load
	killed_after $ms kbpctl enable --cores 1
	expect 0 kbpctl enable --cores 1
	served 1
	killed_after $ms kbpctl disable
	expect 0 kbpctl disable
	off 1
	expect 0 kbpctl enable --cores 1
	killed_after $ms kbpctl unload
	unload
done
for ms in 600 1200; do
	killed_after $ms kbpctl load
	unload
done

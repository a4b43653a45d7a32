# SPDX-License-Identifier: GPL-2.0
# story: a foreign livepatch goes in and out under UDP traffic and a spinning task

. words.sh

# The longest a transition may take, in milliseconds: a promise of the product, not a measure of this
# machine.
limit=5000
steer eth0 1
load
expect 0 kbpctl enable --cores 1
hog 1
lossless_traffic 1
for round in 1 2 3 4 5; do
	foreign_in $limit
	foreign_out $limit
done
# And while softirq serves with the poller in reserve.
expect 0 kbpctl set --cores 1 --idle adaptive --away softirq
for round in 1 2; do
	foreign_in $limit
	foreign_out $limit
done
expect 0 kbpctl set --cores 1 --idle spin --away thread
lossless_traffic_over
served 1
quiet 1 lossless guest_echo 300
hog_over
unload

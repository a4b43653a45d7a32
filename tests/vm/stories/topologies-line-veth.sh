# SPDX-License-Identifier: GPL-2.0
# story: packets reach a receiver in line-veth:64, by softirq and by KBP, and no trace of it stays
# load: 300 50
# limit: 450

. words.sh
. place.sh

reached line-veth:64 900

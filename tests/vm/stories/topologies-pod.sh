# SPDX-License-Identifier: GPL-2.0
# story: packets reach a receiver in pod, by softirq and by KBP, and no trace of it stays
# limit: 450

. words.sh
. place.sh

reached pod 4500

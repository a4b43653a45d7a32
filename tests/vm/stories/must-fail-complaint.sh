# SPDX-License-Identifier: GPL-2.0
# story: a kernel that complains of a wrong key
# fails: the kernel complained: <3>

. words.sh

testnic
echo nonsense=1 >$tn/config || true

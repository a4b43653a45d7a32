# SPDX-License-Identifier: GPL-2.0
# story: modules packed by plain xz and gzip, which the kernel does not unpack, are loaded all the same
# host: mkdir $tmp/gz; for name in kbp kbp_livepatch; do xz -kc $modules/$name.ko >$tmp/$name.ko.xz; gzip -c $modules/$name.ko >$tmp/gz/$name.ko.gz; done
# copy: $tmp /root/packed

. words.sh

expect 0 kbpctl load --dir /root/packed
expect 0 kbpctl enable --cores 1
served 1
unload
expect 0 kbpctl load --dir /root/packed/gz
unload

# SPDX-License-Identifier: GPL-2.0
# story: isolated and nohz name the cores that the kernel keeps free, and KBP serves those
# kernel: bookworm trixie trixie-backports
# smp: 4
# append: isolcpus=2 nohz_full=1-2

. words.sh

cgroup=/sys/fs/cgroup
load
steer eth0 2
expect 0 kbpctl enable --cores isolated
says 'core 2: enabled'
quiet 2 lossless guest_echo 200
expect 0 kbpctl disable --cores isolated
off 2
expect 0 kbpctl enable --cores nohz
says 'cores 1-2: enabled'
expect 0 kbpctl disable

# Those of an isolated partition, too, where the kernel tells.
grep -q " $cgroup cgroup2 " /proc/mounts || mount -t cgroup2 cgroup2 $cgroup
if [ -e $cgroup/cpuset.cpus.isolated ]; then
	echo +cpuset >$cgroup/cgroup.subtree_control
	mkdir $cgroup/apart
	echo 3 >$cgroup/apart/cpuset.cpus
	echo isolated >$cgroup/apart/cpuset.cpus.partition
	same 'partition' isolated "$(cat $cgroup/apart/cpuset.cpus.partition)"
	expect 0 kbpctl enable --cores isolated
	says 'cores 2-3: enabled'
	expect 0 kbpctl disable
	rmdir $cgroup/apart
else
	note 'this kernel does not tell which cores a partition isolates'
fi
expect 0 kbpctl enable --cores isolated
says 'core 2: enabled'
unload

# SPDX-License-Identifier: GPL-2.0
# story: without ftrace no livepatch is loaded, and nobody waits for a transition that is not there
# kernel: bookworm trixie

. words.sh

ftrace=/proc/sys/kernel/ftrace_enabled
echo 0 >$ftrace
expect 4 kbpctl load
says 'kernel.ftrace_enabled is 0' 'run sysctl kernel.ftrace_enabled=1'
same modules '' "$(ls -d /sys/module/kbp* 2>/dev/null)"
echo 1 >$ftrace
load
unload

# SPDX-License-Identifier: GPL-2.0
# What every story begins with: the words that all stories may use. Those of few stories (boot.sh, place.sh,
# threaded.sh) are read by those that need them.

. lib.sh
. kernel.sh
. kbp.sh
. receive.sh
. traffic.sh
. disturb.sh
. testnic.sh
. veth.sh
. napi.sh

begin

# SPDX-License-Identifier: GPL-2.0
# Feature probes: probes/NAME.c either compiles against the target's headers, which defines
# KBP_HAVE_<NAME>, or does not.  Distributions backport, so version numbers are never asked.
# The including Kbuild sets kbp-probe-dir.
kbp-probe-names := bpf_net_ctx defer_nodes in_net_rx_action list_owner

kbp-probe = $(call try-run,\
	$(CC) $(filter-out -Werror=% -Wmissing-%,$(KBUILD_CPPFLAGS) $(LINUXINCLUDE) $(KBUILD_CFLAGS)) \
	$(KBUILD_CFLAGS_MODULE) -DKBUILD_MODNAME='"kbp"' -DKBUILD_BASENAME='"probe"' \
	-Werror=implicit-function-declaration \
	-c $(kbp-probe-dir)/$(1).c -o "$$TMP",-DKBP_HAVE_$(shell echo $(1) | tr a-z A-Z),)

kbp-probe-flags := $(foreach name,$(kbp-probe-names),$(call kbp-probe,$(name)))

# SPDX-License-Identifier: GPL-2.0
# Feature probes: probes/NAME.c either compiles against the target's headers, which defines
# KBP_HAVE_<NAME>, or does not.  Distributions backport, so version numbers are never asked.
# The including Kbuild sets kbp-probe-dir.
kbp-probe-names := bpf_net_ctx defer_nodes fair_server gro_node hotdata_budget hrtimer_setup \
	in_net_rx_action list_owner napi_irq

kbp-probe = $(call try-run,\
	$(CC) $(filter-out -Werror=% -Wmissing-%,$(KBUILD_CPPFLAGS) $(LINUXINCLUDE) $(KBUILD_CFLAGS)) \
	$(KBUILD_CFLAGS_MODULE) -DKBUILD_MODNAME='"kbp"' -DKBUILD_BASENAME='"probe"' \
	-Werror=implicit-function-declaration \
	-c $(kbp-probe-dir)/$(1).c -o "$$TMP",-DKBP_HAVE_$(shell echo $(1) | tr a-z A-Z),)

# A probe that fails for another reason than its feature would pass for a missing feature, and a
# missing bpf_net_ctx is a crash: one probe that must compile and one that must not guard the rest.
# (modpost reads the Kbuild file too, where try-run does not exist and nothing is compiled.)
ifeq ($(call try-run,true,yes),yes)
ifeq ($(call kbp-probe,must_compile),)
$(error KBP's feature probes do not compile at all against $(srctree): look at shim/compat/probes/must_compile.c)
endif
ifneq ($(call kbp-probe,must_not_compile),)
$(error KBP's feature probes always succeed: look at shim/compat/probes/must_not_compile.c)
endif
endif

kbp-probe-flags := $(foreach name,$(kbp-probe-names),$(call kbp-probe,$(name)))
ifeq ($(call try-run,true,yes),yes)
$(foreach name,$(kbp-probe-names),$(info $(space) PROBE   $(name): $(if $(filter -DKBP_HAVE_$(shell echo $(name) | tr a-z A-Z),$(kbp-probe-flags)),yes,no; probes/$(name).c does not compile)))
endif

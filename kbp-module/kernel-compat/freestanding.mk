# SPDX-License-Identifier: GPL-2.0
# kbp_rust.o for a kernel without Rust, with the mitigations that its configuration asks of every
# function. The including Kbuild sets kbp-compat-dir.

kbp-rust-features := $(if $(CONFIG_MITIGATION_RETPOLINE)$(CONFIG_RETPOLINE), \
	+retpoline-external-thunk +retpoline-indirect-branches +retpoline-indirect-calls)
kbp-rust-features += $(if $(CONFIG_MITIGATION_SLS)$(CONFIG_SLS),+harden-sls-ijmp +harden-sls-ret)

kbp-rust-flags := $(if $(CONFIG_MITIGATION_RETHUNK)$(CONFIG_RETHUNK),-Zfunction-return=thunk-extern)
kbp-rust-flags += $(if $(CONFIG_X86_KERNEL_IBT),-Zcf-protection=branch)
kbp-rust-flags += $(if $(CONFIG_CALL_PADDING), \
	-Zpatchable-function-entry=$(CONFIG_FUNCTION_PADDING_BYTES)$(comma)$(CONFIG_FUNCTION_PADDING_BYTES))

kbp-rust-sources := $(shell find $(kbp-compat-dir) $(kbp-compat-dir)/../src $(kbp-compat-dir)/../engine/src \
	$(kbp-compat-dir)/../uapi/src -name '*.rs' -o -name '*.sh')

quiet_cmd_kbp_rust = RUST    $@
      cmd_kbp_rust = LD="$(LD)" NM="$(NM)" OBJDUMP="$(OBJDUMP)" $(if $(KBP_RUSTC),RUSTC="$(KBP_RUSTC)") \
	sh $(kbp-compat-dir)/build.sh $(kbp-compat-dir)/.. $@ \
	"$(subst $(space),$(comma),$(strip $(kbp-rust-features)))" $(kbp-rust-flags) $(cmd_objtool)

$(obj)/kernel-compat/kbp_rust.o: $(kbp-rust-sources) FORCE
	$(call if_changed,kbp_rust)
targets += kernel-compat/kbp_rust.o

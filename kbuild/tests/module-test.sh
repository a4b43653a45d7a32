#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tests of what runs on a machine that has only kernel headers: the check of the Rust object and
# which kernels are refused. Needs gcc; ends with "N passed, N failed".
set -uo pipefail

REPO=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
TMP=$(mktemp -d) || exit 1
trap 'rm -rf "$TMP"' EXIT
# shellcheck source=kbuild/tests/is.sh
. "$REPO/kbuild/tests/is.sh"

# object FLAGS SOURCE: what check.sh says to it, without the part that a compiler chooses.
object() {
	# shellcheck disable=SC2086 # a list of flags
	echo "$2" | gcc -xc -O2 -c -fcf-protection=none $1 -o "$TMP/kbp_rust.o" - || echo "does not compile"
	sh "$REPO/kbp-module/kernel-compat/check.sh" "$TMP/kbp_rust.o" 2>&1 && echo "fits"
}

short() { sed -E 's/.*kbp_rust\.o ([^(:]*[^(: ]).*/\1/'; }

# --- the Rust object -------------------------------------------------------------
SOFT='-mgeneral-regs-only -fno-pic'
is "an object that fits" fits "$(object "$SOFT" 'int kbp_shim(void *); void *memcpy(void *, const void *, unsigned long); int f(char *p) { memcpy(p, p + 9, 99); return kbp_shim(p) + 1; }')"
is "a symbol of nobody" "needs printf" "$(object "$SOFT" 'int printf(const char *, ...); int f(char *p) { return printf(p) + 1; }' | short)"
is "a name that only begins like a thunk" "needs __x86_indirect_thunk_rax.hack" "$(object "$SOFT" 'int g(void) __asm__("__x86_indirect_thunk_rax.hack"); int f(void) { return g() + 1; }' | short)"
is "SSE" "uses the FPU" "$(object -fno-pic 'double f(double a) { return a * 3; }' | short)"
is "x87 without a register's name" "uses the FPU" "$(object -fno-pic 'void f(long double *a, double *b) { __asm__ volatile("fldl (%rdi)\n\tfstpt (%rsi)"); }' | short)"
is "a table of offsets" "has a GOT relocation" "$(object "-fPIC -mgeneral-regs-only" 'extern int kbp_x; int f(void) { return kbp_x; }' | short)"

# --- which kernels suit -----------------------------------------------------------
GOOD='CONFIG_X86_64=y CONFIG_SMP=y CONFIG_NET=y CONFIG_LIVEPATCH=y'

# kdir NAME RELEASE OPTION...: the build folder of a kernel
kdir() {
	local dir=$TMP/$1
	mkdir -p "$dir/include/config" "$dir/include/generated"
	echo "#define UTS_RELEASE \"$2\"" >"$dir/include/generated/utsrelease.h"
	printf '%s\n' "${@:3}" >"$dir/include/config/auto.conf"
	touch "$dir/Module.symvers"
}
suits() { sh "$REPO/kbuild/module/suits.sh" "$TMP/$1" 2>&1 && echo suits; }
# shellcheck disable=SC2086 # lists of options
{
	kdir stock 6.1.0-56-cloud-amd64 $GOOD
	kdir old 5.10.0-1-amd64 $GOOD
	kdir younger 6.10.3-amd64 $GOOD
	kdir seven 7.0-rc1 $GOOD
	kdir rt 6.12.1-rt-amd64 $GOOD CONFIG_PREEMPT_RT=y
	kdir bare 6.12.1-amd64 CONFIG_X86_64=y CONFIG_SMP=y CONFIG_LIVEPATCH_X=y
}
is "a stock kernel" suits "$(suits stock)"
is "6.10 is not older than 6.9" suits "$(suits younger)"
is "a release without a patch level" suits "$(suits seven)"
is "too old" "KBP does not suit kernel 5.10.0-1-amd64: it is older than 6.1, the first whose receive path KBP knows; take a newer kernel" "$(suits old)"
is "real time" "KBP does not suit kernel 6.12.1-rt-amd64: it has CONFIG_PREEMPT_RT, and there, bottom halves off do not keep other softirqs out of a poll; take a kernel without it" "$(suits rt)"
is "every reason is named" 2 "$(suits bare | grep -cE 'it lacks CONFIG_(NET|LIVEPATCH), and')"
is "no headers" "no prepared kernel build folder at $TMP/none: install the headers of that kernel (Debian: linux-headers-RELEASE), or name their folder with KDIR=" "$(suits none)"
rm "$TMP/stock/Module.symvers"
is "headers without symbol versions" 1 "$(suits stock | grep -c 'is not prepared for modules')"

# --- what DKMS is told -------------------------------------------------------------
EXCLUSIVE=$(sed -n 's/^BUILD_EXCLUSIVE_KERNEL="\(.*\)"/\1/p' "$REPO/packaging/kbp-dkms/dkms.conf.in")
for release in 6.1.0-56-amd64:yes 6.12.117+deb13-amd64:yes 7.3.4:yes 10.0.1:yes 5.10.0-1-amd64:no 5.6.1:no 6.0.3:no 4.19.0:no; do
	[[ ${release%:*} =~ $EXCLUSIVE ]] && got=yes || got=no
	is "DKMS takes ${release%:*}" "${release#*:}" "$got"
done

# --- plain install and uninstall ---------------------------------------------------
I=$REPO/kbuild/module/install.sh
sh "$I" 2>/dev/null
is "install without a verb" 2 $?
sh "$I" install "$TMP/none" x 2>/dev/null
is "install without headers" 1 $?
# What is built, and for which kernel, stands for itself here; all else is the real thing.
mkdir -p "$TMP/tree/kbuild" "$TMP/tree/packaging" "$TMP/dest/lib/modules/6.1.0-2-amd64/updates/dkms"
cp -r "$REPO/kbuild/module" "$TMP/tree/kbuild/"
cp -r "$REPO"/packaging/* "$TMP/tree/packaging/"
echo 'echo 6.1.0-1-amd64' >"$TMP/tree/kbuild/module/release.sh"
# shellcheck disable=SC2016 # for the script, not for this one
echo 'touch "$2/kbp.ko" "$2/kbp_livepatch.ko"' >"$TMP/tree/kbuild/module/build.sh"
printf '#!/bin/sh\ncase "$*" in "manual --list") echo kbpctl; echo kbpctl-irq-pin ;; *) echo "words: $*" ;; esac\n' >"$TMP/program"
chmod +x "$TMP/program"
touch "$TMP/dest/lib/modules/6.1.0-2-amd64/updates/dkms/other.ko"
DESTDIR=$TMP/dest sh "$TMP/tree/kbuild/module/install.sh" install "$TMP" "$TMP/program" >/dev/null
for file in bash:bash-completion/completions/kbpctl zsh:zsh/site-functions/_kbpctl fish:fish/vendor_completions.d/kbpctl.fish; do
	is "install makes the completion of ${file%%:*} by the program" "words: completion ${file%%:*}" "$(cat "$TMP/dest/usr/local/share/${file#*:}")"
done
is "install makes the manual by the program" "words: manual irq pin" "$(cat "$TMP/dest/usr/local/share/man/man8/kbpctl-irq-pin.8")"
is "install puts modules, program, completions, manual, units, policy, dashboard and alerts" 19 "$(find "$TMP/dest" -type f | wc -l)"
DESTDIR=$TMP/dest sh "$I" uninstall >/dev/null
is "uninstall leaves what is not KBP's" "$TMP/dest/lib/modules/6.1.0-2-amd64/updates/dkms/other.ko" "$(find "$TMP/dest" -type f)"
is "uninstall leaves no folder of KBP's" "" "$(find "$TMP/dest" -name kbp)"

# --- what irqbalance is told --------------------------------------------------------
mkdir -p "$TMP/root/run/kbp" "$TMP/root/etc/kbp/kbp.d" "$TMP/pci/0000:00:03.0/virtio1/net/eth1/upper_bond0"
policy() { KBP_ROOT=$TMP/root sh "$REPO/packaging/irqbalance/policy.sh" "$TMP/pci/$1" 25; }
is "irqbalance keeps what nobody named" "" "$(policy 0000:00:03.0)"
printf '{\n  "interrupts": [\n    {\n      "device": "0000:00:03.0"\n    }\n  ]\n}\n' >"$TMP/root/run/kbp/irq.json"
is "irqbalance leaves what is pinned" ban=true "$(policy 0000:00:03.0)"
is "irqbalance keeps another device" "" "$(policy 0000:00:03.1)"
rm "$TMP/root/run/kbp/irq.json"
printf '[[serve]]\ncores = "2"\nfrom = "eth7, eth1"  # fast\n' >"$TMP/root/etc/kbp/kbp.toml"
is "irqbalance leaves what is saved" ban=true "$(policy 0000:00:03.0)"
printf '[[serve]]\ncores = "2"\nfrom = "eth10"\n' >"$TMP/root/etc/kbp/kbp.toml"
is "irqbalance keeps what is saved of others" "" "$(policy 0000:00:03.0)"
printf '[[serve]]\ncores = "2"\nfrom = "bond0"\n' >"$TMP/root/etc/kbp/kbp.d/10.toml"
is "irqbalance leaves what stands below a saved bond" ban=true "$(policy 0000:00:03.0)"

# --- what is said of a new kernel ----------------------------------------------------
# The verdicts stand for themselves here; packaging/tests/deb-test.sh asks the real program.
mkdir -p "$TMP/kernel"
touch "$TMP/kernel/vmlinuz" "$TMP/kernel/config"
new_kernel() {
	printf '#!/bin/sh\necho "$@" >"%s"\nprintf "%s"\nexit %s\n' "$TMP/kernel/asked" "$2" "$1" >"$TMP/kernel/kbpctl"
	chmod +x "$TMP/kernel/kbpctl"
	KBPCTL=$TMP/kernel/kbpctl sh "$REPO/packaging/kernel/postinst.sh" 6.1.0-9 "$TMP/kernel/vmlinuz" || echo "code $?"
}
is "a new kernel that is fit" "kbp: KBP can be used on kernel 6.1.0-9" "$(new_kernel 0 "ok")"
is "is verified by its image, and remembered" "verify --image $TMP/kernel/vmlinuz --config $TMP/kernel/config --record" "$(cat "$TMP/kernel/asked")"
is "one that is not, with the first reason" "kbp: KBP cannot be used on kernel 6.1.0-9: PREEMPT_RT" \
	"$(new_kernel 5 "unsafe\n  unsafe  config\n          PREEMPT_RT\n          other\n")"
is "one that nobody can tell" "kbp: it is not known whether KBP can be used on kernel 6.1.0-9: kbpctl: cannot read it" \
	"$(new_kernel 4 "kbpctl: cannot read it")"
is "a program that dies says nothing, and fails nothing" "kbp: it is not known whether KBP can be used on kernel 6.1.0-9: no answer" "$(new_kernel 139 "")"
is "without the program nothing is said" "" "$(KBPCTL=$TMP/none sh "$REPO/packaging/kernel/postinst.sh" 6.1.0-9 "$TMP/kernel/vmlinuz" || echo failed)"
is "nor without an image" "" "$(KBPCTL=$TMP/kernel/kbpctl sh "$REPO/packaging/kernel/postinst.sh" 6.1.0-9 "$TMP/none" || echo failed)"
is "nor without a release" "" "$(KBPCTL=$TMP/kernel/kbpctl sh "$REPO/packaging/kernel/postinst.sh" || echo failed)"

echo "$PASSED passed, $FAILED failed"
[ "$FAILED" -eq 0 ]

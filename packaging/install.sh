#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# kbpctl and all that goes with it, for the package and for 'make install': completions, manual, units,
# the policy for irqbalance, dashboard and alerts.
#
#   install.sh install KBPCTL
#   install.sh uninstall
#
# DESTDIR is put before every path, PREFIX (default /usr/local) is where things go; with PACK=1 the
# manual is packed.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
prefix=${PREFIX:-/usr/local}
to=${DESTDIR-}$prefix
program=$to/sbin/kbpctl
bash=$to/share/bash-completion/completions/kbpctl
# What a distribution brings has a folder of its own.
[ "$prefix" = /usr ] && zsh=vendor-completions || zsh=site-functions
zsh=$to/share/zsh/$zsh/_kbpctl
fish=$to/share/fish/vendor_completions.d/kbpctl.fish
manual=$to/share/man
units=$to/lib/systemd/system
policy=$to/lib/kbp/irqbalance-policy
monitoring=$to/share/kbp/monitoring

say() { echo "install: $*"; }

# completion_of SHELL FILE
completion_of() {
	mkdir -p "${2%/*}"
	"$kbpctl" completion "$1" >"$2"
	chmod 644 "$2"
	say "$2"
}

case ${1-}/$# in
install/2)
	kbpctl=$2
	install -D -m 755 "$kbpctl" "$program"
	say "$program"
	completion_of bash "$bash"
	completion_of zsh "$zsh"
	completion_of fish "$fish"
	sh "$here/man/install.sh" "$kbpctl" "$manual"
	say "$manual/man8/kbpctl.8 and others: 'man kbpctl'"
	sh "$here/systemd/install.sh" "$prefix/sbin/kbpctl" "$units"
	say "$units/kbp.service: 'systemctl enable kbp' serves at boot what 'kbpctl enable --save' saved"
	say "$units/kbp-watch.service: 'systemctl enable kbp-watch' keeps interrupts where kbpctl brought them"
	say "$units/kbp-metrics.timer: 'systemctl enable --now kbp-metrics.timer' writes metrics for node_exporter"
	install -D -m 755 "$here/irqbalance/policy.sh" "$policy"
	say "$policy"
	install -d -m 755 "$monitoring"
	install -m 644 "$here/monitoring/dashboard.json" "$here/monitoring/alerts.yml" "$monitoring"
	say "$monitoring: a dashboard for Grafana, alerts for Prometheus"
	;;
uninstall/1)
	rm -f "$program" "$bash" "$zsh" "$fish" "$policy"
	rm -f "$manual"/man8/kbpctl.8 "$manual"/man8/kbpctl-*.8 "$manual"/man5/kbp.toml.5 "$manual"/man7/kbp.7
	for unit in "$here"/systemd/kbp*.service "$here"/systemd/kbp*.timer; do
		rm -f "$units/${unit##*/}"
	done
	rm -rf "$monitoring"
	for folder in "$to/lib/kbp" "$to/share/kbp"; do
		[ ! -d "$folder" ] || rmdir --ignore-fail-on-non-empty "$folder"
	done
	say "removed $program, its completions, its manual, its units, its policy for irqbalance, its dashboard and alerts"
	;;
*)
	echo "usage: install.sh install KBPCTL | uninstall" >&2
	exit 2
	;;
esac

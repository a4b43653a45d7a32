#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Whether a module's appended signature is of this certificate and of these contents.
#
#   signature.sh MODULE CERTIFICATE   (not compressed; DER)
#
# contents | CMS signature | struct module_signature (12 bytes, ends with its length) | magic (28 bytes)
set -eu

module=$1 certificate=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail() {
	echo "${module##*/}: $*" >&2
	exit 1
}

[ "$(tail -c 28 "$module" | tr -d '\n\0')" = "~Module signature appended~" ] || fail "is not signed"
length=$(tail -c 32 "$module" | head -c 4 | od -An -tu1 | awk '{ print (($1 * 256 + $2) * 256 + $3) * 256 + $4 }')
whole=$(wc -c <"$module")
tail -c $((length + 40)) "$module" | head -c "$length" >"$dir/signature"
head -c $((whole - length - 40)) "$module" >"$dir/contents"
openssl x509 -inform DER -in "$certificate" -out "$dir/certificate"
openssl cms -verify -binary -inform DER -in "$dir/signature" -content "$dir/contents" \
	-certfile "$dir/certificate" -nointern -noverify -out /dev/null 2>"$dir/log" ||
	fail "its signature does not fit its contents and the key: $(tail -n1 "$dir/log")"

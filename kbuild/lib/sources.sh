# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Which Debian mirror this machine uses, read from its own apt sources.

KBP_KEYRING=${KBP_KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}

# sources_list FOLDER: every enabled binary source of an /etc/apt-like folder as
# "URI SUITE COMPONENTS|SIGNED-BY", from one-line .list and deb822 .sources files.
sources_list() {
	local dir=$1 f
	for f in "$dir"/sources.list "$dir"/sources.list.d/*.list; do
		[ -f "$f" ] && awk '
			$1 == "deb" {
				sub(/#.*/, ""); key = ""; i = 2
				if ($2 ~ /^\[/) {
					for (; i <= NF; i++) {
						o = $i; gsub(/[][]/, "", o)
						if (o ~ /^signed-by=/) key = substr(o, 11)
						if ($i ~ /\]$/) { i++; break }
					}
				}
				line = $i " " $(i + 1)
				for (j = i + 2; j <= NF; j++) line = line " " $j
				print line "|" key
			}' "$f"
	done
	for f in "$dir"/sources.list.d/*.sources; do
		[ -f "$f" ] && sources_deb822 "$f"
	done
	return 0
}

sources_deb822() {
	awk '
		function flush(   u, s, i, j, n, m) {
			if (v["types"] ~ /(^| )deb( |$)/ && tolower(v["enabled"]) !~ /^ *(no|false|0)/) {
				n = split(v["uris"], u, " "); m = split(v["suites"], s, " ")
				gsub(/^ +| +$/, "", v["components"]); gsub(/^ +| +$/, "", v["signed-by"])
				for (i = 1; i <= n; i++) for (j = 1; j <= m; j++)
					print u[i] " " s[j] " " v["components"] "|" v["signed-by"]
			}
			split("", v)
		}
		/^#/ { next }
		/^[ \t]*\r?$/ { flush(); next }
		/^[ \t]/ { v[field] = v[field] " " $0; next }
		{ p = index($0, ":"); field = tolower(substr($0, 1, p - 1)); v[field] = substr($0, p + 1) }
		END { flush() }' "$1"
}

# sources_mirror FOLDER PATTERN: the first source that is Debian's own: a plain suite
# name that matches PATTERN, component main, and not signed by somebody else's key.
sources_mirror() {
	local dir=$1 pattern=$2 rest key uri suite components
	while IFS='|' read -r rest key; do
		read -r uri suite components <<<"$rest"
		[[ $suite =~ ^($pattern)$ && " $components " == *" main "* ]] || continue
		[[ -z $key || $key == *debian-archive* ]] || continue
		[[ $uri =~ ^(https?|file):/ ]] || continue
		# Other archives use Debian's suite names too; only Debian's is called that.
		[[ ${uri%/} =~ /debian(-security)?$ || $key == *debian-archive* ]] || continue
		echo "${uri%/}"
		return 0
	done < <(sources_list "$dir")
	return 1
}

readonly KBP_PLAIN='bookworm|trixie|forky|sid|stable|testing|unstable|oldstable'

# shellcheck disable=SC2034 # used by suite.sh
# mirror_find: sets MIRROR and MIRROR_SECURITY.
mirror_find() {
	local apt=${KBP_APT_DIR:-/etc/apt}
	[ -z "${MIRROR-}" ] || return 0
	if [ -n "${KBP_MIRROR-}" ]; then
		[[ $KBP_MIRROR =~ ^(https?|file):/ ]] ||
			die "KBP_MIRROR='$KBP_MIRROR' is no http://, https:// or file:/ address of a Debian archive"
		MIRROR=${KBP_MIRROR%/}
		MIRROR_SECURITY=${KBP_MIRROR_SECURITY:-$MIRROR-security}
		return 0
	fi
	MIRROR=$(sources_mirror "$apt" "$KBP_PLAIN") ||
		die "no Debian mirror in $apt/sources.list and sources.list.d: add one for component main or set KBP_MIRROR=http://HOST/debian"
	MIRROR_SECURITY=${KBP_MIRROR_SECURITY:-$(sources_mirror "$apt" "($KBP_PLAIN)-security" || echo "$MIRROR-security")}
}

# mirror_check SUITE: says that the mirror cannot be reached before a tool does so in
# its own words. apt-helper goes the way of apt: same proxy, same credentials.
mirror_check() {
	local suite=$1 to=$KBP_CACHE/log/mirror-check.$$ url=$MIRROR/dists/$1/InRelease
	mkdir -p "${to%/*}"
	if ! /usr/lib/apt/apt-helper -o Acquire::Retries=1 -o Acquire::http::Timeout=15 \
		-o Acquire::https::Timeout=15 download-file "$url" "$to" >"$to.log" 2>&1; then
		local why
		why=$(grep -m1 -oE '(Could not|Temporary failure|Unable|Connection|404|403|50[0-9]).*' "$to.log" || echo "no answer")
		rm -f "$to" "$to.log"
		die "cannot read $url ($why): the Debian mirror must be reachable; check the network or set KBP_MIRROR"
	fi
	rm -f "$to" "$to.log"
}

# proxy_export: debootstrap and the root do not read the machine's apt proxy setting.
proxy_export() {
	local http https
	http=$(apt-config dump --format '%v' Acquire::http::Proxy 2>/dev/null) || http=
	https=$(apt-config dump --format '%v' Acquire::https::Proxy 2>/dev/null) || https=
	[ -z "$http" ] || [ -n "${http_proxy-}" ] || export http_proxy=$http
	[ -z "$https" ] || [ -n "${https_proxy-}" ] || export https_proxy=$https
}

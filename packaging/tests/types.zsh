#!/usr/bin/env zsh
# SPDX-License-Identifier: GPL-2.0
# types.zsh LINE WANT: in a live zsh, somebody types LINE and the tab key. Success when the line is WANT
# then.

zmodload zsh/zpty
zpty live zsh -fi
# until TEXT: reads what it says.
until_it_says() {
	local said part
	repeat 200; do
		zpty -rt live part && said+=$part
		[[ "$said" == *"$1"* ]] && return 0
		sleep 0.1
	done
	print -r -- "$said"
	return 1
}
# What is typed is echoed, so the words of an answer never stand in a question.
zpty -w live 'autoload -U compinit && compinit -uD && print $((6 * 7)) ready'
until_it_says '42 ready' || exit 1
zpty -w live 'line() { print -r -- "<${(U)BUFFER}>" }; zle -N line; bindkey "^X" line; print $((6 * 7)) bound'
until_it_says '42 bound' || exit 1
zpty -w -n live "$1"$'\t\x18'
until_it_says "<${(U)2}>"

// SPDX-License-Identifier: GPL-2.0
//! The shells: what each has to be told once, and the question that it then asks with each key.
//!
//! The question is kbpctl itself, with [`VARIABLE`] in its environment. What is told to a shell may
//! change with a release, so packages install it beside the program.

use std::ffi::OsString;
use std::io;
use std::path::Path;

use clap::{Command, CommandFactory};
use clap_complete::env::{self, CompleteEnv, EnvCompleter, Shells};
use clap_complete::Shell;

/// Names the shell that asks.
const VARIABLE: &str = "KBPCTL_COMPLETE";
const NAME: &str = "kbpctl";

const SHELLS: Shells<'static> = Shells(&[
    &Told {
        shell: &env::Bash,
        tell: bash,
    },
    &env::Elvish,
    &env::Fish,
    &env::Powershell,
    &Told {
        shell: &env::Zsh,
        tell: zsh,
    },
]);

/// Answers and ends the program, if it is a shell that asks.
pub(crate) fn answer<C: CommandFactory>() {
    CompleteEnv::with_factory(C::command)
        .var(VARIABLE)
        .shells(SHELLS)
        .complete();
}

/// What `shell` has to be told.
pub(crate) fn script(shell: Shell) -> io::Result<String> {
    let mut script = Vec::new();
    let known = SHELLS.completer(&shell.to_string());
    let known = known.ok_or(io::ErrorKind::Unsupported)?;
    known.write_registration(VARIABLE, NAME, NAME, NAME, &mut script)?;
    Ok(String::from_utf8_lossy(&script).trim().to_owned())
}

/// A shell that is told something else than its completer would.
struct Told {
    shell: &'static dyn EnvCompleter,
    /// Writes it, for this variable, name, program and completer.
    tell: fn([&str; 4], &mut dyn io::Write) -> io::Result<()>,
}

impl EnvCompleter for Told {
    fn name(&self) -> &'static str {
        self.shell.name()
    }

    fn is(&self, name: &str) -> bool {
        self.shell.is(name)
    }

    fn write_registration(
        &self,
        var: &str,
        name: &str,
        bin: &str,
        completer: &str,
        buf: &mut dyn io::Write,
    ) -> io::Result<()> {
        (self.tell)([var, name, bin, completer], buf)
    }

    fn write_complete(
        &self,
        cmd: &mut Command,
        args: Vec<OsString>,
        current_dir: Option<&Path>,
        buf: &mut dyn io::Write,
    ) -> io::Result<()> {
        self.shell.write_complete(cmd, args, current_dir, buf)
    }
}

/// Bash divides words at ":" and "=", where kbpctl does not: `irq-of:eth0` is one word.
const BASH: &str = r#"_kbpctl() {
    local line=${COMP_LINE:0:COMP_POINT} words last cut= breaks=${COMP_WORDBREAKS//[^:=]/}
    read -ra words <<<"$line"
    [[ $line != *[[:space:]] ]] || words+=("")
    last=${words[-1]}
    # Of the last word, bash replaces what comes after the last division.
    [[ -z $breaks ]] || cut=${last%"${last##*[$breaks]}"}
    local IFS=$'\n'
    COMPREPLY=($(
        VARIABLE=bash _CLAP_IFS=$IFS _CLAP_COMPLETE_INDEX=$((${#words[@]} - 1)) \
            "NAME" -- "${words[@]}" 2>/dev/null
    ))
    COMPREPLY=("${COMPREPLY[@]#"$cut"}")
    [[ ${COMPREPLY-} != *[=/:] ]] || compopt -o nospace
}
complete -o bashdefault -o nosort -F _kbpctl NAME"#;

fn bash([var, _, bin, _]: [&str; 4], buf: &mut dyn io::Write) -> io::Result<()> {
    let script = BASH.replace("VARIABLE", var).replace("NAME", bin);
    buf.write_all(script.as_bytes())
}

/// Zsh reads a file of its functions when it needs the function, so the first key would only define it.
const AT_ONCE: &str = r#"
if [ "$funcstack[1]" = "_kbpctl" ]; then
    _clap_dynamic_completer_kbpctl "$@"
fi"#;

fn zsh([var, name, bin, completer]: [&str; 4], buf: &mut dyn io::Write) -> io::Result<()> {
    env::Zsh.write_registration(var, name, bin, completer, buf)?;
    buf.write_all(AT_ONCE.as_bytes())
}

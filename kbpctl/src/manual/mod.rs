// SPDX-License-Identifier: GPL-2.0
//! The manual: a page for kbpctl and for each of its verbs, in section 8. What the command line knows of
//! itself is taken from there; [`examples`] and [`exits`] are what it does not know.

mod examples;
mod exits;

use std::io;

use clap::{Command, CommandFactory};
use clap_mangen::Man;
use roff::{bold, roman, Inline, Roff};

use crate::cli::Cli;
#[cfg(test)]
pub(crate) use examples::EXAMPLES;
#[cfg(test)]
pub(crate) use exits::EXITS;

const SECTION: &str = "8";

/// One page.
pub(crate) struct Page {
    /// `kbpctl-irq-pin`.
    pub(crate) name: String,
    command: Command,
}

/// All pages, that of kbpctl itself first.
pub(crate) fn pages() -> Vec<Page> {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    let mut pages = Vec::new();
    add(&mut pages, &command);
    pages
}

/// A command's page, and those of its verbs.
fn add(pages: &mut Vec<Page>, command: &Command) {
    let name = command.get_display_name().unwrap_or(command.get_name());
    pages.push(Page {
        name: name.to_owned(),
        command: command.clone(),
    });
    for verb in command.get_subcommands() {
        add(pages, verb);
    }
}

impl Page {
    /// The page as man(1) reads it.
    pub(crate) fn text(&self) -> io::Result<String> {
        let version = env!("CARGO_PKG_VERSION");
        let man = Man::new(self.command.clone())
            .title(self.name.to_uppercase())
            .section(SECTION)
            .source(format!("KBP {version}"))
            .manual("System administration");
        let mut page = Vec::new();
        man.render_title(&mut page)?;
        man.render_name_section(&mut page)?;
        man.render_synopsis_section(&mut page)?;
        man.render_description_section(&mut page)?;
        man.render_options_section(&mut page)?;
        if self.command.has_subcommands() {
            man.render_subcommands_section(&mut page)?;
        }
        self.rest().to_writer(&mut page)?;
        Ok(String::from_utf8_lossy(&page).into_owned())
    }

    fn rest(&self) -> Roff {
        let mut roff = Roff::new();
        roff.control("SH", ["EXAMPLES"]);
        for (what, line) in examples::of(&self.name) {
            entry(
                &mut roff,
                vec![roman(*what)],
                vec![bold(format!("kbpctl {line}"))],
            );
        }
        roff.control("SH", ["EXIT STATUS"]);
        for (code, when) in exits::EXITS {
            entry(&mut roff, vec![bold(code.to_string())], vec![roman(*when)]);
        }
        roff.control("SH", ["SEE ALSO"]);
        let (parent, _) = self.name.rsplit_once('-').unwrap_or_default();
        let above = match parent {
            "" => Vec::new(),
            parent => vec![bold(parent), roman(format!("({SECTION}), "))],
        };
        let others = [bold("kbp.toml"), roman("(5), "), bold("kbp"), roman("(7)")];
        roff.text(above.into_iter().chain(others).collect::<Vec<Inline>>());
        roff
    }
}

fn entry(roff: &mut Roff, head: Vec<Inline>, body: Vec<Inline>) {
    roff.control("TP", []);
    roff.text(head);
    roff.text(body);
}

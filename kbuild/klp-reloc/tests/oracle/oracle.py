#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A second opinion on what a rewritten module must contain.

    oracle.py FOLDER

For each NAME.list, NAME.in and NAME.out in FOLDER it writes NAME.expected, what rewriting NAME.in
with NAME.list must give, and NAME.got, what NAME.out is. Both are in one text form: a line a
section, a symbol and a relocation, with names in place of string offsets and without file offsets.
The oracle never writes an ELF file: it reads one into records, changes the records as the livepatch
ABI asks, and prints them.
"""
import hashlib
import pathlib
import struct
import sys
from collections import namedtuple

Section = namedtuple("Section", "name type flags address size link info align entry body")
Symbol = namedtuple("Symbol", "name info other index value size")
Entry = namedtuple("Entry", "offset kind symbol addend")

SYMTAB, STRTAB, RELA, NOBITS = 2, 3, 4, 8
ALLOC, INFO_LINK, LIVEPATCH_FLAG, LIVEPATCH_INDEX = 1 << 1, 1 << 6, 1 << 20, 0xFF20


def text_at(table, offset):
    return table[offset : table.find(b"\0", offset)].decode()


def records(body, layout):
    return list(struct.iter_unpack(layout, body))


def load(path):
    with open(path, "rb") as file:
        image = file.read()
    place = struct.unpack_from("<Q", image, 0x28)[0]
    count, names = struct.unpack_from("<HH", image, 0x3C)
    headers = records(image[place : place + 64 * count], "<IIQQQQIIQQ")
    bodies = [b"" if h[1] in (0, NOBITS) else image[h[4] : h[4] + h[5]] for h in headers]
    sections = []
    for head, body in zip(headers, bodies):
        name, kind, flags, address, _, size, link, info, align, entry = head
        name = text_at(bodies[names], name)
        sections.append(Section(name, kind, flags, address, size, link, info, align, entry, body))
    table = next(section for section in sections if section.type == SYMTAB)
    strings = bodies[table.link]
    symbols = [Symbol(text_at(strings, s[0]), *s[1:]) for s in records(table.body, "<IBBHQQ")]
    entries = {}
    for index, section in enumerate(sections):
        if section.type == RELA:
            entries[index] = [
                Entry(off, info & 0xFFFFFFFF, info >> 32, add)
                for off, info, add in records(section.body, "<QQq")
            ]
    return sections, symbols, entries


def listed(path):
    positions = {}
    with open(path) as file:
        for line in file:
            words = [word for word in line.partition("#")[0].split() if word != "data"]
            if words:
                positions[words[0]] = words[1] if len(words) > 1 else "0"
    return positions


def rewritten(module, positions):
    sections, symbols, entries = module
    chosen = {i for i, s in enumerate(symbols) if s.index == 0 and s.name in positions}
    renamed = [
        s._replace(
            name=f".klp.sym.vmlinux.{s.name},{positions[s.name]}",
            index=LIVEPATCH_INDEX,
            value=0,
            size=0,
        )
        if i in chosen
        else s
        for i, s in enumerate(symbols)
    ]
    symtab = next(i for i, section in enumerate(sections) if section.type == SYMTAB)
    grown, split = list(sections), {}
    for index, listing in entries.items():
        target = sections[index].info
        loaded = sections[target].flags & ALLOC
        away = [entry for entry in listing if loaded and entry.symbol in chosen]
        split[index] = [entry for entry in listing if entry not in away]
        if away:
            split[len(grown)] = away
            name = ".klp.rela.vmlinux." + sections[target].name
            flags = ALLOC | INFO_LINK | LIVEPATCH_FLAG
            grown.append(Section(name, RELA, flags, 0, 0, symtab, target, 8, 24, b""))
    return grown, renamed, split


def show(module):
    sections, symbols, entries = module
    for index, s in enumerate(sections):
        # Tables are shown by what they hold: their bytes differ with the order of the strings.
        table = s.type in (SYMTAB, STRTAB, RELA)
        size = s.size if s.type == NOBITS else len(s.body)
        body = ("table",) if table else (size, hashlib.sha256(s.body).hexdigest())
        yield ("section", index, s.name, s.type, hex(s.flags), s.address, s.link, s.info, s.align, s.entry, *body)
    for index, s in enumerate(symbols):
        yield ("symbol", index, *s)
    for index in sorted(entries):
        for e in entries[index]:
            yield ("relocation", sections[index].name, e.offset, e.kind, symbols[e.symbol].name, e.addend)


def write(path, module):
    path.write_text("".join(" ".join(map(str, line)) + "\n" for line in show(module)))


for listing in pathlib.Path(sys.argv[1]).glob("*.list"):
    given = load(listing.with_suffix(".in"))
    write(listing.with_suffix(".expected"), rewritten(given, listed(listing)))
    write(listing.with_suffix(".got"), load(listing.with_suffix(".out")))

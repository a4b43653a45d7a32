#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""manifest.py SCHEMA MANIFEST: does a YAML file say what a JSON schema permits? A line for each fault."""

import json
import sys

import jsonschema
import yaml


def main():
    schema_file, manifest_file = sys.argv[1:]
    with open(schema_file, encoding="utf-8") as file:
        schema = json.load(file)
    with open(manifest_file, encoding="utf-8") as file:
        manifest = yaml.safe_load(file)
    faults = list(jsonschema.Draft202012Validator(schema).iter_errors(manifest))
    for fault in faults:
        place = "/".join(str(part) for part in fault.absolute_path) or "the whole"
        print(f"{manifest_file}: {place}: {fault.message}")
    return 1 if faults else 0


sys.exit(main())

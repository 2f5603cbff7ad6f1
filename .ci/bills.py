"""Holds bills of materials against the schemas of their formats: BILLS.cdx.json BILLS.spdx.json."""

import sys

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

cyclonedx, spdx = sys.argv[1:]
with open(cyclonedx, encoding="utf-8") as file:
    problem = JsonStrictValidator(SchemaVersion.V1_6).validate_str(file.read())
problems = [str(problem)] if problem else []
problems += [m.validation_message for m in validate_full_spdx_document(parse_file(spdx))]
for problem in problems:
    print(problem)
sys.exit(bool(problems))

"""What `docs/scores.md` says is so."""

import json
import re
from pathlib import Path

from scores.checks.references import Known
from scores.validation import check_document, parse_document

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "scores.md").read_text()
CODE = re.compile(r'(?:error|warning|Issue)\(\s*(?:"(?:error|warning)", )?"(\w+)"')


def test_the_document_shown_is_one() -> None:
    shown = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)[0]

    assert check_document(parse_document(json.loads(shown)), Known({})) == []


def test_every_code_of_a_check_is_explained_and_no_other() -> None:
    sources = [*(ROOT / "scores" / "checks").glob("*.py"), ROOT / "scores" / "validation.py"]
    codes = {code for source in sources for code in CODE.findall(source.read_text())}
    tables = PAGE.split("## What a save refuses")[1].split("## Versions")[0]
    cells = re.findall(r"^\| (`.*?) \|", tables, re.MULTILINE)

    assert {name for cell in cells for name in re.findall(r"`(\w+)`", cell)} == codes

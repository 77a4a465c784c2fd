"""Docs are tested: what can be built from the code is built from it, and what has to be named is named."""

import os
import re
from pathlib import Path

from graphql import build_schema, parse, validate

from hub import errors
from hub.domain import question
from hub.schema.server import print_sdl
from hub.sync.ledger import messages

ROOT = Path(__file__).parents[2]
REFUSALS = ROOT / "docs" / "errors.md"
LEDGERS = ROOT / "docs" / "ledgers.md"
INTRODUCTION = """# Refusals

A refusal is data: `code`, `message`, and where it helps `field`, `currentVersion`, `currentState`. Nothing happened. Partners
switch on `code`, which never changes; `message` is for people. This page is built from `hub/errors.py`
(`HUB_TEST_GOLDEN=write make test ARGS="-k test_docs"`).

| code | what it means, and what to do |
|---|---|
"""


def refusals() -> str:
    found = {
        kind.code: " ".join((kind.__doc__ or "").split())
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.Refused) and kind is not errors.Refused
    }
    return INTRODUCTION + "".join(f"| `{code}` | {text} |\n" for code, text in sorted(found.items()))


def test_every_refusal_is_explained() -> None:
    if os.environ.get("HUB_TEST_GOLDEN") == "write":
        REFUSALS.write_text(refusals(), encoding="utf-8")
    assert REFUSALS.read_text(encoding="utf-8") == refusals()


def test_every_refusal_of_the_contract_exists_and_no_other() -> None:
    contract = (ROOT / "tests" / "contract" / "contract.graphql").read_text(encoding="utf-8")
    listed = re.search(r"enum RefusalCode \{([^}]*)\}", contract)
    assert listed is not None
    assert set(re.findall(r"`([A-Z_]+)`", refusals())) == set(listed[1].split())


def test_every_code_of_a_ledger_is_explained() -> None:
    text = LEDGERS.read_text(encoding="utf-8")
    assert [code for code in messages._MESSAGES if f"`{code}`" not in text] == []


def test_every_answer_to_a_question_is_explained() -> None:
    text = LEDGERS.read_text(encoding="utf-8")
    answers = {(answer, words) for permitted in question.ANSWERS.values() for answer, words in permitted.items()}
    assert [answer for answer, words in answers if f"`{answer}` {words}" not in text] == []


def test_what_the_readme_points_to_exists() -> None:
    for name in ("README.md", "README.zh-CN.md"):
        linked = re.findall(r"\]\(([^)#]+)\)", (ROOT / name).read_text(encoding="utf-8"))
        assert [path for path in linked if not (ROOT / path).exists()] == []


def test_what_readers_paste_is_valid() -> None:
    """Every operation of a page, and that of the example of a subscriber."""
    schema = build_schema(print_sdl())
    pages = [(ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md")]
    pages += [page.read_text(encoding="utf-8") for page in (ROOT / "docs").rglob("*.md")]
    operations = [found for page in pages for found in re.findall(r"```graphql\n(.*?)```", page, re.DOTALL)]
    subscriber = (ROOT / "examples" / "subscriber.py").read_text(encoding="utf-8")
    operations += re.findall(r'"""(subscription.*?)"""', subscriber, re.DOTALL)
    assert len(operations) >= 7
    for operation in operations:
        assert validate(schema, parse(operation)) == [], operation


def test_every_decision_has_its_number_and_a_title() -> None:
    for path in (ROOT / "docs" / "decisions").glob("*.md"):
        number = path.name[:4]
        assert re.match(rf"# {number}\.? \S", path.read_text(encoding="utf-8")), path.name

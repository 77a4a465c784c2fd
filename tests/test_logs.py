"""Logs: readable lines, and no value that somebody typed."""

import json
import subprocess
import sys
from typing import Any

from hub import logs

CANARY = "33018319900307871X"


def failure() -> Exception:
    try:
        try:
            int(CANARY)
        except ValueError as error:
            raise LookupError(CANARY) from error
    except LookupError as error:
        return error


def test_an_error_is_described_by_types_and_places_alone() -> None:
    described = logs.describe(failure())

    assert described["types"] == ["builtins.LookupError", "builtins.ValueError"]
    assert described["at"][-1].startswith(__file__)
    assert described["at"][-1].endswith(" failure")
    assert CANARY not in json.dumps(described)


def test_a_circle_of_causes_comes_to_an_end() -> None:
    error = ValueError()
    error.__context__ = LookupError()
    error.__context__.__context__ = error

    assert len(logs.describe(error)["types"]) == 8


def lines_of(program: str) -> list[dict[str, Any]]:
    """What a process of its own writes to stderr."""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert ended.stdout == b""
    return [json.loads(line) for line in ended.stderr.decode().splitlines()]


def test_chinese_is_readable_and_each_line_is_an_object() -> None:
    program = "from hub import logs; import structlog; logs.configure('INFO');"
    program += "structlog.get_logger().info('imported', organization='滨江区委'); structlog.get_logger().debug('no')"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert "滨江区委" in ended.stderr.decode()
    (line,) = lines_of(program)
    assert {name: line[name] for name in ("event", "level", "organization")} == {
        "event": "imported",
        "level": "info",
        "organization": "滨江区委",
    }
    assert line["timestamp"].endswith("Z")


def test_an_unexpected_error_gets_an_id_in_the_place_of_its_message() -> None:
    (line,) = lines_of(f"""
from hub import logs; import structlog; logs.configure('INFO')
try: int('{CANARY}')
except ValueError: structlog.get_logger().exception('unexpected')
""")
    assert (line["event"], line["error"]["types"], len(line["error_id"])) == ("unexpected", ["builtins.ValueError"], 32)
    assert CANARY not in json.dumps(line)


def test_lines_of_libraries_lose_their_values_and_the_talkative_are_silent() -> None:
    written = lines_of(f"""
import logging; from hub import logs; logs.configure('INFO')
logging.getLogger('some.library').warning('could not read %s', '{CANARY}')
try: int('{CANARY}')
except ValueError: logging.getLogger('uvicorn.error').exception('Exception in application')
logging.getLogger('sqlalchemy.pool').error('{CANARY}')
logging.getLogger('strawberry.execution').error('{CANARY}', exc_info=True)
""")
    assert [(line["logger"], line["event"]) for line in written] == [
        ("some.library", "could not read %s"),
        ("uvicorn.error", "Exception in application"),
    ]
    assert written[1]["error"]["types"] == ["builtins.ValueError"]
    assert CANARY not in json.dumps(written)

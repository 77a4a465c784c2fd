"""Log lines: one JSON object each, Chinese readable, on stderr, without personal data.

Never logged: parameters of statements and operations, documents, and the message of an unexpected error, since all of
them may hold what somebody typed about a person. An error is known by its id, its type and the places it came through.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any
from uuid import uuid4

import structlog

# Libraries whose own lines would repeat statements, parameters or addresses.
_QUIET = ("asyncio", "sqlalchemy", "strawberry", "graphql", "uvicorn.access", "httpx2", "websockets")


def configure(level: str) -> None:
    """Let structlog and the libraries' loggers write the same lines; to be called once, by what starts a process."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        replace_exception,
    ]
    render = structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[*shared, render],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[hide_arguments, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def error_id() -> str:
    """A new name for one unexpected error: what the caller is shown, and what the log line carries."""
    return uuid4().hex


def describe(error: BaseException) -> dict[str, Any]:
    """What may be logged of an error: its type and those of its causes, and where it passed; never its message."""
    chain: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(chain) < 8:
        chain.append(f"{type(cause).__module__}.{type(cause).__qualname__}")
        cause = cause.__cause__ or cause.__context__
    frames = traceback.extract_tb(error.__traceback__)
    return {"types": chain, "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]}


def replace_exception(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Processor: put `describe` of the error in the place of its message and traceback."""
    given = line.pop("exc_info", None)
    error = given[1] if isinstance(given, tuple) else given
    if error is True:
        error = sys.exception()
    if isinstance(error, BaseException):
        line["error"] = describe(error)
        line.setdefault("error_id", error_id())
    line.pop("stack_info", None)
    return line


def hide_arguments(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Processor: of a library's line keep the fixed text, not the values that were to be put into it."""
    record = line.get("_record")
    if isinstance(record, logging.LogRecord):
        line["event"] = str(record.msg) if isinstance(record.msg, str) else type(record.msg).__name__
        line["logger"] = record.name
        line["exc_info"] = record.exc_info
        # The formatter would otherwise append the traceback, message included.
        record.exc_info = record.exc_text = None
    return line

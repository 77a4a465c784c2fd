"""File locks that the kernel frees when their holder ends, however it ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hub.operating import OperatorError


class LockOutOfReach(OperatorError):
    """A lock file belongs to somebody else and cannot be opened."""


def open_lock(path: Path) -> int:
    """A descriptor for `fcntl.flock`, closed on exec, so that no child keeps a lock alive."""
    try:
        # Reading suffices to lock, so that root and the owner of a HUB_HOME can share it.
        return os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except PermissionError as error:
        raise LockOutOfReach(f"{path} 不可访问：它属于另一个用户 / {path} belongs to another user") from error


@contextmanager
def locked(path: Path, kind: int) -> Iterator[None]:
    """Hold a lock, waiting for it; `kind` is `fcntl.LOCK_SH` or `fcntl.LOCK_EX`."""
    descriptor = open_lock(path)
    try:
        fcntl.flock(descriptor, kind)
        yield
    finally:
        os.close(descriptor)


def is_held(path: Path) -> bool:
    """Whether somebody holds the lock exclusively right now."""
    descriptor = open_lock(path)
    try:
        return not try_lock(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


def try_lock(descriptor: int, kind: int) -> bool:
    """Take a lock if that is possible without waiting."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

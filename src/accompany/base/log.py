"""
What may be logged?

Codes and counts, never words from a record: a log is copied, shipped and kept by people who may not
see persons. `event` takes a fixed message and values that cannot hold a name.
"""

import logging  # noqa: TID251 - this is the one place

_log = logging.getLogger("accompany")


def event(message: str, **facts: int | float | bool | None) -> None:
    """Log a constant message with counts. Words about a record have no way in."""
    _log.info("%s %s", message, " ".join(f"{name}={value}" for name, value in facts.items()))


def fault(message: str, error: BaseException) -> None:
    """Log that something broke: the kind of error only, since its message may quote a record."""
    _log.error("%s: %s", message, type(error).__name__)


class WithoutTraceback(logging.Filter):
    """Lets a record through without its traceback, whose last line may quote a value."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info:
            kind = record.exc_info[0]
            record.msg = f"{record.msg} ({kind.__name__ if kind else 'error'})"
            record.exc_info, record.exc_text = None, None
        return True

"""The log: one line of JSON an event, whatever users typed.

It knows how a record becomes a line; it must not know what is logged. Secrets and tokens are never given to it.
"""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime

FIELDS = ("connection", "address", "who", "room", "reason", "why", "data", "plugin", "stack")
"""What a record may say besides its text: `connection` is a number, in the order they came; `data` an event's."""


class JsonLines(logging.Formatter):
    """A record as one JSON object: time (UTC), level, text, and what it says besides."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "text": record.getMessage(),
        }
        line |= {field: getattr(record, field) for field in FIELDS if getattr(record, field, None) is not None}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        from json import dumps  # most servers have nothing to say here

        return dumps(line, ensure_ascii=True)


def set_up(path: str | None, *, quiet: bool) -> None:
    """Logs into a file (`-`: standard error), or without one warnings to standard error; `quiet`: then nowhere.

    Raises `OSError` where the file cannot be written.
    """
    log = logging.getLogger("hangman_net")
    handler: logging.Handler
    if path is not None and path != "-":
        from logging.handlers import WatchedFileHandler  # follows a file that is moved away, as logrotate does

        handler = WatchedFileHandler(path, encoding="utf-8")
    elif path is None and quiet:
        handler = logging.NullHandler()
    else:
        handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    for old in log.handlers[:]:
        log.removeHandler(old)
    log.addHandler(handler)
    logging.raiseExceptions = False  # a full disk costs lines of the log, not a trace on standard error for each
    log.propagate = False
    log.setLevel(logging.INFO if path is not None else logging.WARNING)

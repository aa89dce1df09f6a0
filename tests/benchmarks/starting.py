"""How long a web process takes to start, and that it starts without the printing press."""

from collections.abc import Iterator

from tests.benchmarks.measuring import Line, against, in_turns

_FLASK = "import time, flask; print(time.process_time())"
_PORTAL = """
import sys, tempfile, time
from pathlib import Path
from portal.app import create_app
from portal.config import Settings
with tempfile.TemporaryDirectory() as folder:
    create_app(Settings.of_folder(Path(folder)))
    assert "weasyprint" not in sys.modules
    print(time.process_time())
"""


def lines() -> Iterator[Line]:
    """The start's part of the table."""
    portal, flask = in_turns(_PORTAL, _FLASK, rounds=5)
    yield against("web process, import and create_app ÷ import flask", portal, flask, 2.5)

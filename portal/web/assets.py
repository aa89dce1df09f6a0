"""Style sheets and scripts: read and compressed once, served under an address that changes with their content."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import flask_bootstrap
from flask import Flask, Response, abort, request

from portal.web.access import PUBLIC

_OWN = Path(__file__).parent / "static"
# Bootstrap's files come with Bootstrap-Flask; of its 25 MB these are served.
_BOOTSTRAP = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5"
_FROM_BOOTSTRAP = {"bootstrap.css": _BOOTSTRAP / "css" / "bootstrap.min.css"}
_A_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent."""

    plain: bytes
    packed: bytes
    kind: str


def install(app: Flask) -> None:
    """Serve the files and give templates `asset('theme.css')`."""
    files = {path.name: path for path in sorted(_OWN.iterdir()) if path.is_file()} | _FROM_BOOTSTRAP
    assets = {name: _read(path) for name, path in files.items()}
    # One mark for all: scripts import each other by relative names, so a changed one must change its neighbours'.
    mark = hashlib.sha256(b"".join(asset.plain for _, asset in sorted(assets.items()))).hexdigest()[:12]

    def send(version: str, name: str) -> Response:
        asset = assets.get(name)
        if asset is None:
            abort(404)
        packs = "gzip" in request.headers.get("Accept-Encoding", "") and len(asset.packed) < len(asset.plain)
        response = Response(asset.packed if packs else asset.plain, content_type=asset.kind)
        if packs:
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = _A_YEAR if version == mark else "no-cache"
        return response

    def asset(name: str) -> str:
        if name not in assets:
            raise KeyError(name)
        return f"/assets/{mark}/{name}"

    send.access = (PUBLIC, "static")  # type: ignore[attr-defined]
    view: Any = send
    app.add_url_rule("/assets/<version>/<name>", "asset", view)
    app.jinja_env.globals["asset"] = asset


def _read(path: Path) -> Asset:
    plain = path.read_bytes()
    if path.name == "bootstrap.min.css":
        # Its source map is not served.
        plain = plain.partition(b"/*# sourceMappingURL")[0]
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if kind.startswith("text/") or kind == "application/javascript":
        kind += "; charset=utf-8"
    return Asset(plain=plain, packed=gzip.compress(plain, 6, mtime=0), kind=kind)

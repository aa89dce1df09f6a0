"""A bucket on this machine: the few S3 calls that the portal makes, signatures checked, faults on demand."""

import hashlib
import hmac
import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

NAME, REGION, KEY, SECRET = "example", "cn-example-1", "EXAMPLEKEY", "example-secret"
PAGE = 3  # keys in one answer to a listing: more than that takes a second call
_SPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


@dataclass
class Bucket:
    """What lies in it, what was asked of it, and which of the next requests go wrong, in their order.

    A fault is a status that is answered without doing anything, "cut" (the line breaks before anything is done), "lost"
    (it is done, and the line breaks before the answer) or "short" (the line breaks in the middle of the content); None goes well.
    """

    address: str
    files: dict[str, tuple[bytes, datetime]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    faults: list[int | str | None] = field(default_factory=list)
    secret: str = SECRET

    @property
    def settings(self) -> dict[str, str]:
        """How a portal finds it."""
        return {
            "evidence_store": f"s3://{NAME}/portal",
            "s3_endpoint": self.address,
            "s3_region": REGION,
            "s3_key": KEY,
            "s3_secret": SECRET,
        }


@contextmanager
def open_bucket() -> Iterator[Bucket]:
    """A bucket that is there as long as the block lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.bucket = Bucket(f"http://127.0.0.1:{server.server_port}")  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server.bucket  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 5  # seconds: the client keeps its lines open

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    @property
    def bucket(self) -> Bucket:
        found: Bucket = self.server.bucket  # type: ignore[attr-defined]
        return found

    def _do(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = urlsplit(self.path)
        self.bucket.asked.append(f"{self.command} {unquote(url.path)}")
        fault = self.bucket.faults.pop(0) if self.bucket.faults else None
        if fault == "cut":
            self.close_connection = True
            return
        if isinstance(fault, int):
            self._answer(fault, _error("InternalError" if fault >= 500 else "AccessDenied"))
            return
        if not self._is_signed(body):
            self._answer(403, _error("SignatureDoesNotMatch"))
            return
        name, _, key = unquote(url.path).removeprefix("/").partition("/")
        assert name == NAME, self.path
        status, content, headers = self._done(key, dict(parse_qsl(url.query, keep_blank_values=True)), body)
        if fault == "lost":
            self.close_connection = True
            return
        self._answer(status, content, headers, is_short=fault == "short")

    do_GET = do_PUT = do_DELETE = do_HEAD = do_POST = _do

    def _done(self, key: str, asked: dict[str, str], body: bytes) -> tuple[int, bytes, dict[str, str]]:
        files = self.bucket.files
        match self.command:
            case "PUT":
                if self.headers.get("If-None-Match") == "*" and key in files:
                    return 412, _error("PreconditionFailed"), {}
                files[key] = (body, datetime.now(UTC).replace(microsecond=0))
                return 200, b"", {"ETag": _tag(body)}
            case "DELETE":
                files.pop(key, None)
                return 204, b"", {}
            case "POST" if "delete" in asked:
                gone = [one.text or "" for one in ET.fromstring(body).iter() if one.tag.endswith("Key")]
                root = ET.Element("DeleteResult", xmlns=_SPACE)
                for each in gone:  # one that is not there counts as deleted
                    files.pop(each, None)
                    ET.SubElement(ET.SubElement(root, "Deleted"), "Key").text = each
                return 200, ET.tostring(root), {}
            case "GET" if asked.get("list-type") == "2":
                return 200, self._listed(asked), {}
        if key not in files:
            return 404, _error("NoSuchKey"), {}
        content, changed = files[key]
        headers = {"ETag": _tag(content), "Last-Modified": format_datetime(changed, usegmt=True)}
        wanted = self.headers.get("Range", "").removeprefix("bytes=")
        if not wanted:
            return 200, content, headers
        first, _, last = wanted.partition("-")
        end = min(int(last) if last else len(content) - 1, len(content) - 1)
        headers["Content-Range"] = f"bytes {first}-{end}/{len(content)}"
        return 206, content[int(first) : end + 1], headers

    def _listed(self, asked: dict[str, str]) -> bytes:
        prefix, after = asked.get("prefix", ""), asked.get("continuation-token", "")
        keys = [key for key in sorted(self.bucket.files) if key.startswith(prefix) and key > after]
        root = ET.Element("ListBucketResult", xmlns=_SPACE)
        for key in keys[:PAGE]:
            content, changed = self.bucket.files[key]
            one = ET.SubElement(root, "Contents")
            for tag, text in (
                ("Key", key),
                ("LastModified", changed.strftime("%Y-%m-%dT%H:%M:%S.000Z")),
                ("ETag", _tag(content)),
                ("Size", str(len(content))),
            ):
                ET.SubElement(one, tag).text = text
        is_more = len(keys) > PAGE
        ET.SubElement(root, "IsTruncated").text = str(is_more).lower()
        if is_more:
            ET.SubElement(root, "NextContinuationToken").text = keys[PAGE - 1]
        return ET.tostring(root)

    def _answer(
        self, status: int, content: bytes, headers: dict[str, str] | None = None, *, is_short: bool = False
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content[: len(content) // 2] if is_short else content)
        self.close_connection = is_short

    def _is_signed(self, body: bytes) -> bool:
        """Whether the signature (AWS Signature Version 4) is that of this very request."""
        scheme, _, rest = self.headers.get("Authorization", "").partition(" ")
        told = dict(part.strip().partition("=")[::2] for part in rest.split(","))
        key, _, scope = told.get("Credential", "").partition("/")
        day, stamp, digest = (
            scope[:8],
            self.headers.get("x-amz-date", ""),
            self.headers["x-amz-content-sha256"],
        )
        if scheme != "AWS4-HMAC-SHA256" or key != KEY or scope != f"{day}/{REGION}/s3/aws4_request":
            return False
        if digest != hashlib.sha256(body).hexdigest():
            return False
        url = urlsplit(self.path)
        names = told["SignedHeaders"].split(";")
        query = sorted(parse_qsl(url.query, keep_blank_values=True))
        request = [
            self.command,
            quote(unquote(url.path), safe="/-_.~"),
            "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in query),
            *(f"{name}:{' '.join((self.headers.get(name) or '').split())}" for name in names),
            "",
            ";".join(names),
            digest,
        ]
        hashed = hashlib.sha256("\n".join(request).encode()).hexdigest()
        sealed: Any = f"AWS4{self.bucket.secret}".encode()
        for part in (day, REGION, "s3", "aws4_request", f"{scheme}\n{stamp}\n{scope}\n{hashed}"):
            sealed = hmac.new(sealed, part.encode(), hashlib.sha256).digest()
        return hmac.compare_digest(sealed.hex(), told.get("Signature", ""))


def _tag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def _error(code: str) -> bytes:
    return f"<Error><Code>{code}</Code><Message>example</Message></Error>".encode()

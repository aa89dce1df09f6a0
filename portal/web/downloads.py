"""Files for saving: Chinese names that every browser understands, and nothing shown inline."""

import re
from urllib.parse import quote

from flask import Response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def attachment(response: Response, name: str, plain: str) -> Response:
    """Offer the response as a file called `name`; old programs that read only ASCII see `plain`."""
    kept = re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|]+', "_", name).strip(". ")
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(kept)}"
    )
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response

"""How often one address may try: signing in, registering, asking for a new password, guessing report numbers."""

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from portal.web.access import SIGN_IN_COOKIE

# Counted per process, in memory. A company's people often share one address, so these are generous; guessing at
# one account is stopped by its own lock (actions.account).
SIGNING_IN = "30 per minute; 300 per hour"
REGISTERING = "20 per minute; 100 per hour"
ASKING_RESET = "10 per minute; 40 per hour"
CHECKING = "60 per minute"
LOOKING = "20 per minute; 200 per hour"

_POSTS = {
    "account.sign_in": SIGNING_IN,
    "account.register": REGISTERING,
    "account.forgot_password": ASKING_RESET,
    "account.reset_password": ASKING_RESET,
    "account.join": SIGNING_IN,
    "verify.look": LOOKING,
}
_GETS = {"home.check": CHECKING, "home.check_number": CHECKING}


# Several files at once by a plain form; with scripts every file is a request of its own.
LARGEST_UPLOAD = 105 * 1024 * 1024
LARGEST_REPORT = 20 * 1024 * 1024  # a report that anybody drops to be verified
_UPLOADS = {"evidence.upload", "evidence.put", "measure.prove"}


def widen(app: Flask) -> None:
    """Let uploads be larger than forms, for those who have signed in; must stand before whatever reads the body."""

    @app.before_request
    def allow() -> None:
        if request.endpoint in _UPLOADS and request.method == "POST" and SIGN_IN_COOKIE in request.cookies:
            request.max_content_length = LARGEST_UPLOAD
        if request.endpoint == "verify.look" and request.method == "POST":
            request.max_content_length = LARGEST_REPORT + 64 * 1024  # the form around the file


def install(app: Flask) -> None:
    """Count the requests above before they are answered; too many are answered 429."""
    limiter = Limiter(get_remote_address, storage_uri="memory://")
    limiter.init_app(app)
    posts = {endpoint: limiter.limit(rate, scope=endpoint) for endpoint, rate in _POSTS.items()}
    gets = {endpoint: limiter.limit(rate, scope="check") for endpoint, rate in _GETS.items()}

    @app.before_request
    def count() -> None:
        limit = (posts if request.method == "POST" else gets).get(request.endpoint or "")
        if limit is not None:
            with limit:
                pass

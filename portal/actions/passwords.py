"""Passwords (argon2id) and the random tokens of cookies and mailed links."""

import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portal.core.errors import Problem

LEAST = 10
MOST = 200
HASHER = PasswordHasher()


def check_password(password: str, place: str, names: tuple[str, ...] = ()) -> tuple[Problem, ...]:
    """What stands against a new password; `names` are what it must not be: mail, mobile number, name."""
    problems = []
    if len(password) < LEAST:
        problems.append(Problem(place=place, code="password_short", details=(str(LEAST),)))
    if len(password) > MOST:
        problems.append(Problem(place=place, code="password_long", details=(str(MOST),)))
    forbidden = {name.casefold() for name in names if name} | {
        name.partition("@")[0].casefold() for name in names if "@" in name
    }
    if password.casefold() in forbidden:
        problems.append(Problem(place=place, code="password_is_login"))
    elif len(set(password)) < 4:
        problems.append(Problem(place=place, code="password_common"))
    return tuple(problems)


def hash_of(password: str) -> str:
    """What is kept instead of the password."""
    return HASHER.hash(password.encode("utf-8", "surrogatepass"))


def fits(password_hash: str, password: str) -> bool:
    """Whether it is the password of that hash."""
    if len(password) > MOST:
        return False
    try:
        return HASHER.verify(password_hash, password.encode("utf-8", "surrogatepass"))
    except (VerificationError, InvalidHashError):
        return False


def is_dated(password_hash: str) -> bool:
    """Whether it was made with weaker settings than today's."""
    return HASHER.check_needs_rehash(password_hash)


def new_token() -> str:
    """A token nobody guesses: 256 bits."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is kept of a token. It is random enough for a fast hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()

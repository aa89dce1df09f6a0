"""Settings: frozen, read once from the environment (PORTAL_…), everything that is wrong listed at once."""

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
PREFIX = "PORTAL_"


class SettingsError(Exception):
    """The environment cannot be used; every fault is one line."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where things are and how the portal answers; the defaults suit one machine and an embedded database."""

    data_folder: Path
    database_url: str
    host: str = "127.0.0.1"
    port: int = 8080
    base_url: str = ""  # what links in mails and on reports begin with
    content_folder: Path = HOME / "questionnaires"
    template_folder: Path = HOME / "templates"
    demo_folder: Path = HOME / "demo"
    migration_folder: Path = HOME / "migrations"
    secret: str = ""  # instead of the file in the data folder
    proxies: int = 0  # how many reverse proxies stand in front, whose X-Forwarded-… headers are believed
    report_seconds: int = 120  # after this a report that is still printing is given up
    report_mebibytes: int = 3072  # address space of the child that prints
    signing_certificate: Path | None = None  # PKCS#12 with the operator's key; none: reports are not signed
    signing_password_file: Path | None = None  # its password, in a file of its own
    evidence_store: str = ""  # s3://bucket/prefix instead of the folder below
    evidence_mebibytes: int = 2048  # what one enterprise's library may hold
    s3_endpoint: str = ""  # empty: Amazon's own
    s3_region: str = ""
    s3_key: str = ""
    s3_secret: str = ""
    smtp_host: str = ""  # empty: mails stay files in the folder below
    smtp_port: int = 465
    smtp_security: str = "tls"  # tls from the first byte, starttls, or none inside one's own network
    smtp_user: str = ""
    smtp_password: str = ""
    mail_sender: str = ""  # the address that mails come from

    @property
    def mail_folder(self) -> Path:
        """Mails are written here, one .eml file each."""
        return self.data_folder / "mail"

    @property
    def report_folder(self) -> Path:
        """Printed reports."""
        return self.data_folder / "reports"

    @property
    def evidence_folder(self) -> Path:
        """Evidence, unless a bucket is named."""
        return self.data_folder / "evidence"

    @property
    def audit_file(self) -> Path:
        """The ends that the audit trail had, one line each: what was cut off it shows here."""
        return self.data_folder / "audit" / "anchors.txt"

    @property
    def address(self) -> str:
        """What every absolute link begins with, without a slash at the end."""
        return self.base_url or f"http://{self.host}:{self.port}"

    @property
    def is_https(self) -> bool:
        """Whether cookies may only travel encrypted."""
        return self.address.startswith("https://")

    @property
    def secret_key(self) -> str:
        """The key that signs forms; made at first use and kept in the data folder, readable by the owner only."""
        return self.secret or _kept_secret(self.data_folder / "secret_key")

    @classmethod
    def of_folder(cls, data_folder: Path, **changes: object) -> "Settings":
        """Settings for one data folder with the embedded database in it."""
        folder = data_folder.resolve()
        given: dict[str, object] = {
            "data_folder": folder,
            "database_url": f"sqlite:///{folder / 'portal.sqlite'}",
            **changes,
        }
        return cls(**given)  # type: ignore[arg-type]

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read PORTAL_… names; raises SettingsError with every fault. Creates nothing."""
        given = {
            name.removeprefix(PREFIX).lower(): value.strip()
            for name, value in (os.environ if environment is None else environment).items()
            if name.startswith(PREFIX) and value.strip()
        }
        faults: list[str] = []
        changes: dict[str, object] = {}
        for name, value in given.items():
            reader = _READERS.get(name)
            if reader is None:
                faults.append(f"{PREFIX}{name.upper()}: unknown; known: {', '.join(sorted(_READERS))}")
                continue
            try:
                changes[name] = reader(value)
            except ValueError as error:
                faults.append(f"{PREFIX}{name.upper()}={value}: {error}")
        if faults:
            raise SettingsError(tuple(faults))
        folder = changes.pop("data_folder", Path("data"))
        assert isinstance(folder, Path)
        return cls.of_folder(folder, **changes)


def _kept_secret(file: Path) -> str:
    file.parent.mkdir(parents=True, exist_ok=True)
    # Written beside and linked into place: two processes that start together agree on one key, and neither
    # reads a half-written one.
    if not file.exists():
        draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(secrets.token_hex(32))
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_text().strip()


def _number(low: int, high: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        number = int(value)
        if not low <= number <= high:
            raise ValueError(f"must lie between {low} and {high}")
        return number

    return read


def _folder(value: str) -> Path:
    return Path(value).expanduser()


def _database(value: str) -> str:
    scheme = value.partition("://")[0].partition("+")[0]
    if scheme not in {"sqlite", "postgresql", "postgres"}:
        raise ValueError("must begin with sqlite:/// or postgresql://")
    return value


def _address(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise ValueError("must begin with http:// or https://")
    return value.rstrip("/")


def _bucket(value: str) -> str:
    scheme, _, rest = value.partition("://")
    if scheme != "s3" or not rest.partition("/")[0]:
        raise ValueError("must be s3://bucket or s3://bucket/prefix")
    return value.rstrip("/")


def _security(value: str) -> str:
    if value not in {"tls", "starttls", "none"}:
        raise ValueError("must be tls, starttls or none")
    return value


def _mail(value: str) -> str:
    if value.count("@") != 1 or " " in value:
        raise ValueError("must be a mail address")
    return value


def _secret(value: str) -> str:
    if len(value) < 32:
        raise ValueError("must have at least 32 characters")
    return value


_READERS: dict[str, Callable[[str], object]] = {
    "data_folder": _folder,
    "database_url": _database,
    "host": str,
    "port": _number(1, 65535),
    "base_url": _address,
    "content_folder": _folder,
    "template_folder": _folder,
    "demo_folder": _folder,
    "secret": _secret,
    "proxies": _number(0, 5),
    "report_seconds": _number(5, 3600),
    "report_mebibytes": _number(256, 65536),
    "signing_certificate": _folder,
    "signing_password_file": _folder,
    "evidence_store": _bucket,
    "evidence_mebibytes": _number(20, 1048576),
    "s3_endpoint": _address,
    "s3_region": str,
    "s3_key": str,
    "s3_secret": str,
    "smtp_host": str,
    "smtp_port": _number(1, 65535),
    "smtp_security": _security,
    "smtp_user": str,
    "smtp_password": str,
    "mail_sender": _mail,
}

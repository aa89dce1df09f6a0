"""The operator's signature on what is printed (PAdES B-B), and looking at the signature of a file that comes back.

A file that comes back is never taken apart as a PDF: what the signature covers is read off the bytes, so that a
prepared file cannot make the portal unpack anything. pyHanko is loaded when it is needed, not by every process.
"""

import hashlib
import os
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID

from portal.core.errors import PortalError
from portal.core.verification import Signature, SignatureState

DEMO = "演示证书"
_FIELD = "OperatorSignature"
_ARCHIVE = b"PK\x03\x04"
_RANGE = re.compile(rb"/ByteRange\s{0,4}\[\s{0,4}(\d{1,12})\s(\d{1,12})\s(\d{1,12})\s(\d{1,12})\s{0,64}\]")
_RESERVED = 16384  # bytes for the signature: fixed, so that it is made once


class SigningFault(PortalError):
    """The operator's certificate cannot be used; the message says why, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """The operator's certificate with its key, as it lies in a PKCS#12 file."""

    name: str
    is_demo: bool
    not_after: datetime
    certificate: bytes  # DER
    chain: frozenset[bytes] = frozenset()  # the others that travel with it
    content: bytes = field(repr=False)
    password: bytes = field(repr=False)

    def sign(self, content: bytes) -> bytes:
        """The PDF with an invisible signature over all of it, in the name of the operator; raises SigningFault."""
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
        from pyhanko.sign import fields, signers

        if datetime.now(UTC) > self.not_after:
            raise SigningFault(f"签名证书“{self.name}”已于 {self.not_after:%Y-%m-%d} 到期，请更换证书")
        signer = signers.SimpleSigner.load_pkcs12_data(self.content, other_certs=[], passphrase=self.password)
        # Outside the page: PDF/UA asks a widget within it for a tag, and there is nothing to read.
        invisible = fields.InvisSigSettings(set_print_flag=True, box_out_of_bounds=True)
        spec = fields.SigFieldSpec(_FIELD, invis_sig_settings=invisible, empty_field_appearance=True)
        metadata = signers.PdfSignatureMetadata(
            field_name=_FIELD,
            md_algorithm="sha256",
            name=self.name,
            reason="本门户出具",
            subfilter=fields.SigSeedSubFilter.PADES,
        )
        tool = signers.PdfSigner(metadata, signer, new_field_spec=spec)
        # pyHanko runs an event loop of its own, which a thread that has one already refuses.
        with ThreadPoolExecutor(max_workers=1) as apart:
            signed = apart.submit(
                tool.sign_pdf, IncrementalPdfFileWriter(BytesIO(content)), bytes_reserved=_RESERVED
            ).result()
        assert isinstance(signed, BytesIO)
        return signed.getvalue()


def warm_up() -> None:
    """Load what signing needs, so that every child of the worker has it already."""
    import pyhanko.sign.signers  # noqa: F401 - for its being loaded


def load_seal(file: Path, password_file: Path | None) -> Seal:
    """Read the PKCS#12 file; raises SigningFault. Read again only when it was exchanged."""
    try:
        changed = file.stat().st_mtime_ns
        return _load(file, password_file, changed)
    except OSError as error:
        raise SigningFault(f"读不到签名证书或其密码文件：{error}") from error


@lru_cache(maxsize=4)
def _load(file: Path, password_file: Path | None, _changed: int) -> Seal:
    content = file.read_bytes()
    password = password_file.read_bytes().strip() if password_file is not None else b""
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(content, password or None)
    except ValueError as error:
        raise SigningFault(f"签名证书 {file.name} 打不开：密码不对，或不是 PKCS#12 文件") from error
    if key is None or certificate is None:
        raise SigningFault(f"签名证书 {file.name} 中没有私钥或没有证书")
    return Seal(
        name=_name(certificate),
        is_demo=any(part.value == DEMO for part in certificate.subject),
        not_after=certificate.not_valid_after_utc,
        certificate=certificate.public_bytes(Encoding.DER),
        chain=frozenset(one.public_bytes(Encoding.DER) for one in others),
        content=content,
        password=password,
    )


def _name(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def make_demo(folder: Path, now: datetime) -> tuple[Path, Path]:
    """A self-made certificate that says it is for demonstration, and the file of its password; kept while it is there."""
    file, password_file = folder / "demo.p12", folder / "demo.password"
    if file.is_file() and password_file.is_file():
        return file, password_file
    folder.mkdir(parents=True, exist_ok=True)
    password = os.urandom(24).hex().encode()
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, f"企业绿色工厂自评价门户（{DEMO}）"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, DEMO),
        ]
    )
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    sealed = pkcs12.serialize_key_and_certificates(
        b"demo", key, certificate, None, BestAvailableEncryption(password)
    )
    for path, content in ((password_file, password), (file, sealed)):
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
    return file, password_file


# ── A file that comes back ───────────────────────────────────────────────────


def examine(content: bytes, seal: Seal | None) -> Signature:
    """What the last signature in a file is worth; `seal` is the operator's own, if there is one."""
    # A signature belongs to a PDF; the signed report inside an archive is about itself.
    ranges = list(_RANGE.finditer(content)) if not content.startswith(_ARCHIVE) else []
    if not ranges:
        return Signature(state=SignatureState.NONE)
    start, end, after, rest = (int(part) for part in ranges[-1].groups())
    covers_all = start == 0 and end < after and after + rest == len(content)
    if not covers_all or content[end : end + 1] != b"<" or content[after - 1 : after] != b">":
        return Signature(state=SignatureState.BROKEN)
    digest = hashlib.sha256(content[:end])
    digest.update(content[after:])
    return _weigh(content[end + 1 : after - 1], digest.digest(), seal)


def _weigh(written: bytes, digest: bytes, seal: Seal | None) -> Signature:
    """Whether the signature, as it is written, fits the digest, and whose it is."""
    from asn1crypto import cms
    from pyhanko.sign.validation.generic_cms import validate_sig_integrity

    broken = Signature(state=SignatureState.BROKEN)
    try:
        padded = bytes.fromhex(written.decode("ascii"))
        info = cms.ContentInfo.load(padded)
        der = info.dump()
        # The gap is not covered by the signature: it must hold the signature and nothing else.
        if written != (der + bytes(len(padded) - len(der))).hex().upper().encode("ascii"):
            return broken
        signed = info["content"]
        signer_info, certificates = signed["signer_infos"][0], signed["certificates"]
        certificate = _signer(certificates, signer_info["sid"].chosen["serial_number"].native)
        fits, is_genuine = validate_sig_integrity(signer_info, certificate, "data", digest)
        der_certificate = certificate.dump()
        name = _name(x509.load_der_x509_certificate(der_certificate))
    except Exception:  # noqa: BLE001 - a file from anywhere: whatever cannot be read is not a signature of ours
        return broken
    if not (fits and is_genuine):
        return broken
    if seal is None or der_certificate != seal.certificate:
        return Signature(state=SignatureState.FOREIGN, signer=name)
    if not _is_as_made(info, certificate, seal):
        return broken
    return Signature(state=SignatureState.OURS, signer=name, is_demo=seal.is_demo)


def _is_as_made(info: Any, certificate: Any, seal: Seal) -> bool:
    """Whether the parts of a signature that it does not protect itself are as we make them, to the last byte."""
    from asn1crypto import cms

    signed = info["content"]
    signer_info = signed["signer_infos"][0]
    digest = {"algorithm": "sha256"}
    made = cms.ContentInfo(
        {
            "content_type": "signed_data",
            "content": cms.SignedData(
                {
                    "version": "v1",
                    "digest_algorithms": [cms.DigestAlgorithm(digest)],
                    "encap_content_info": {"content_type": "data"},
                    "certificates": list(signed["certificates"]),
                    "signer_infos": [
                        cms.SignerInfo(
                            {
                                "version": "v1",
                                "sid": cms.SignerIdentifier(
                                    name="issuer_and_serial_number",
                                    value={
                                        "issuer": certificate.issuer,
                                        "serial_number": certificate.serial_number,
                                    },
                                ),
                                "digest_algorithm": cms.DigestAlgorithm(digest),
                                "signed_attrs": signer_info["signed_attrs"],
                                "signature_algorithm": signer_info["signature_algorithm"],
                                "signature": signer_info["signature"].native,
                            }
                        )
                    ],
                }
            ),
        }
    )
    known = seal.chain | {seal.certificate}
    is_known = all(one.chosen.dump() in known for one in signed["certificates"])
    return bool(is_known and made.dump() == info.dump())


def _signer(certificates: Any, serial: int) -> Any:
    """The certificate that the signature names."""
    return next(one.chosen for one in certificates if one.chosen.serial_number == serial)

"""The operator's signature: over the whole file, and broken by every change."""

import io
import random
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest

from portal.core.verification import SignatureState
from portal.report import signing
from portal.report.press import print_report
from portal.report.signing import Seal, SigningFault, examine, load_seal, make_demo
from tests.report.conftest import Printed

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")


@pytest.fixture(scope="module")
def seal(tmp_path_factory: pytest.TempPathFactory) -> Seal:
    return load_seal(*make_demo(tmp_path_factory.mktemp("seal"), datetime.now(UTC)))


@pytest.fixture(scope="module")
def signed(seal: Seal, printed: Printed) -> bytes:
    return seal.sign(printed.path.read_bytes())


def test_a_signed_report_is_the_printed_one_with_a_signature(
    signed: bytes, seal: Seal, printed: Printed
) -> None:
    assert signed.startswith(printed.path.read_bytes())
    found = examine(signed, seal)
    assert (found.state, found.signer, found.is_demo) == (SignatureState.OURS, seal.name, True)
    assert "演示证书" in seal.name


def test_a_signed_report_keeps_its_pages_and_its_claims(
    signed: bytes, printed: Printed, tmp_path: Path
) -> None:
    (tmp_path / "signed.pdf").write_bytes(signed)
    with pikepdf.open(tmp_path / "signed.pdf") as pdf, pikepdf.open(printed.path) as before:
        assert len(pdf.pages) == len(before.pages)
        [field] = pdf.Root.AcroForm.Fields
        assert field.V.SubFilter == "/ETSI.CAdES.detached"
        metadata = pdf.Root.Metadata.read_bytes()
        assert b"pdfaid" in metadata and b"pdfuaid" in metadata


def test_every_flipped_byte_is_seen(signed: bytes, seal: Seal) -> None:
    die = random.Random(4)
    gap = signed.rindex(b"/Contents <")
    places = {0, 7, len(signed) - 1, gap + 11, gap + 12, gap + 9000}
    # What the signature does not protect itself: version, names and numbers at its beginning and end.
    places |= set(range(gap + 11, gap + 130, 3))
    places |= {die.randrange(len(signed)) for _ in range(60)}
    places |= {gap + die.randrange(16500) for _ in range(120)}
    for place in sorted(places):
        for bit in (1, 32):
            changed = bytearray(signed)
            changed[place] ^= bit
            assert examine(bytes(changed), seal).state is not SignatureState.OURS, (place, bit)


def test_what_was_added_behind_or_cut_off_is_seen(signed: bytes, seal: Seal) -> None:
    for changed in (signed + b"\n", signed + b"%%EOF\n", signed[:-1], b"\n" + signed, signed + signed):
        assert examine(changed, seal).state is SignatureState.BROKEN


def test_an_archive_bears_no_signature_of_its_own_though_a_signed_report_lies_in_it(
    signed: bytes, seal: Seal
) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("report.pdf", signed)
    assert signed in stream.getvalue()
    assert examine(stream.getvalue(), seal).state is SignatureState.NONE


def test_another_certificate_is_not_ours(signed: bytes, seal: Seal, tmp_path: Path, printed: Printed) -> None:
    other = load_seal(*make_demo(tmp_path / "other", datetime.now(UTC)))
    assert examine(signed, other).state is SignatureState.FOREIGN
    assert examine(signed, None).state is SignatureState.FOREIGN
    assert examine(printed.path.read_bytes(), seal).state is SignatureState.NONE


@pytest.mark.parametrize(
    "content",
    [
        b"/ByteRange [0 1 2 3]",
        b"/ByteRange [0 11 11 9]",
        b"%PDF /ByteRange [0 40 46 12] /Contents   <30FF> some text here",
        b"/ByteRange [999999999999 1 1 1]" * 3000,
    ],
)
def test_a_prepared_file_is_never_more_than_broken(content: bytes, seal: Seal) -> None:
    assert examine(content, seal).state is SignatureState.BROKEN


def test_a_demo_certificate_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    file, password_file = make_demo(tmp_path / "signing", datetime.now(UTC))
    content = file.read_bytes()
    assert make_demo(tmp_path / "signing", datetime.now(UTC)) == (file, password_file)
    assert file.read_bytes() == content
    assert {path.stat().st_mode & 0o777 for path in (file, password_file)} == {0o600}


def test_a_certificate_that_cannot_be_used_says_why(seal: Seal, printed: Printed, tmp_path: Path) -> None:
    file, password_file = make_demo(tmp_path, datetime.now(UTC))
    with pytest.raises(SigningFault, match="读不到"):
        load_seal(tmp_path / "missing.p12", password_file)
    (tmp_path / "wrong").write_text("wrong")
    with pytest.raises(SigningFault, match="密码不对"):
        load_seal(file, tmp_path / "wrong")
    late = replace(seal, not_after=datetime.now(UTC) - timedelta(days=1))
    with pytest.raises(SigningFault, match="到期"):
        late.sign(printed.path.read_bytes())


def test_the_child_signs_what_it_printed(
    seal: Seal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, printed: Printed
) -> None:
    text = "<!DOCTYPE html><html lang=zh-CN><title>t</title><p>一"
    monkeypatch.setattr("portal.report.press.html.render", lambda document: text)
    signing.warm_up()
    path = tmp_path / "report.pdf"
    told: list[str] = []
    print_report(printed.document, path, lambda percent, step: told.append(step), sign=seal.sign)
    assert examine(path.read_bytes(), seal).state is SignatureState.OURS
    assert "签名" in told

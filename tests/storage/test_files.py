"""The store of files: a folder and a bucket behave alike, nothing is overwritten."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import obstore
import pytest
from obstore.exceptions import GenericError

from portal.storage.files import FileGone, FileStore, StoreUnreachable, open_store
from portal.storage.session import StorageFull
from tests.bucket import PAGE, Bucket, open_bucket
from tests.make import make_settings


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    """A bucket on this machine."""
    with open_bucket() as found:
        yield found


@pytest.fixture(params=["folder", "memory", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> FileStore:
    """A folder on the disk, a store that knows no folders, and a bucket."""
    if request.param == "bucket":
        found: Bucket = request.getfixturevalue("bucket")
        return open_store(make_settings(tmp_path / "data", **found.settings))
    place = "" if request.param == "folder" else f"memory://{tmp_path}"
    return open_store(make_settings(tmp_path / "data", evidence_store=place))


@pytest.fixture
def in_bucket(bucket: Bucket, tmp_path: Path) -> FileStore:
    """The store in that bucket."""
    return open_store(make_settings(tmp_path / "data", **bucket.settings))


def test_what_was_put_is_got(store: FileStore) -> None:
    assert store.put("key/content", b"example")
    assert store.get("key/content") == b"example"


def test_nothing_is_ever_overwritten(store: FileStore) -> None:
    store.put("key/content", b"first")
    assert not store.put("key/content", b"second")
    assert store.get("key/content") == b"first"


def test_a_large_file_is_put_whole_and_not_over_another(store: FileStore) -> None:
    content = bytes(range(256)) * 2**16  # larger than the parts in which a bucket may be given a file
    assert store.put("key/content", content)
    assert not store.put("key/content", content[:-1])
    assert store.get("key/content") == content


def test_a_file_that_is_not_there_is_said_to_be_gone(store: FileStore) -> None:
    with pytest.raises(FileGone):
        store.get("key/content")


def test_files_are_listed_and_removed_twice_without_harm(store: FileStore) -> None:
    store.put("one/content", b"12345")
    store.put("two/content", b"1")
    found = {one.path: one for one in store.everything()}
    assert {path: one.size for path, one in found.items()} == {"one/content": 5, "two/content": 1}
    assert datetime.now(UTC) - found["one/content"].changed_at < timedelta(minutes=1)
    store.remove(["one/content"])
    store.remove(["one/content"])
    assert [one.path for one in store.everything()] == ["two/content"]


def test_a_folder_whose_place_is_taken_is_unreachable_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "evidence").write_text("a file where the folder should be")
    with pytest.raises(StoreUnreachable):
        open_store(make_settings(tmp_path / "data"))


def test_a_folder_that_goes_away_is_unreachable(tmp_path: Path) -> None:
    store = open_store(make_settings(tmp_path / "data"))
    (tmp_path / "data" / "evidence").rmdir()
    (tmp_path / "data" / "evidence").write_text("")
    with pytest.raises(StoreUnreachable):
        store.put("key/content", b"example")


def test_a_full_disk_is_told_from_an_absent_one(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise GenericError("Unable to write: No space left on device (os error 28)")

    monkeypatch.setattr(obstore, "put", refuse)
    with pytest.raises(StorageFull):
        store.put("key/content", b"example")


# ── A bucket's own ways to fail ──────────────────────────────────────────────


def test_many_files_are_listed_page_by_page(bucket: Bucket, in_bucket: FileStore) -> None:
    names = {f"{number}/content" for number in range(2 * PAGE + 1)}
    for name in names:
        in_bucket.put(name, b"1")
    bucket.asked.clear()
    assert {one.path for one in in_bucket.everything()} == names
    assert bucket.asked == ["GET /example"] * 3


@pytest.mark.parametrize("fault", [500, 503, "cut"])
def test_what_goes_wrong_once_is_done_again(bucket: Bucket, in_bucket: FileStore, fault: int | str) -> None:
    bucket.faults[:] = [fault]
    assert in_bucket.put("key/content", b"example")
    bucket.faults[:] = [fault, fault]
    assert in_bucket.get("key/content") == b"example"


@pytest.mark.parametrize("fault", [500, "cut", 403])
def test_what_goes_wrong_each_time_is_unreachable_and_nothing_is_there(
    bucket: Bucket, in_bucket: FileStore, fault: int | str
) -> None:
    bucket.faults[:] = [fault] * 9
    with pytest.raises(StoreUnreachable):
        in_bucket.put("key/content", b"example")
    with pytest.raises(StoreUnreachable):
        in_bucket.get("key/content")
    bucket.faults.clear()
    with pytest.raises(FileGone):
        in_bucket.get("key/content")


def test_an_answer_that_gets_lost_loses_no_file(bucket: Bucket, in_bucket: FileStore) -> None:
    bucket.faults[:] = ["lost"]
    in_bucket.put("key/content", b"example")
    assert in_bucket.get("key/content") == b"example"


def test_half_a_file_is_never_taken_for_the_whole(bucket: Bucket, in_bucket: FileStore) -> None:
    in_bucket.put("key/content", b"example")
    bucket.faults[:] = ["short"]
    assert in_bucket.get("key/content") == b"example"
    bucket.faults[:] = ["short"] * 9
    with pytest.raises(StoreUnreachable):
        in_bucket.get("key/content")


def test_a_wrong_secret_opens_nothing(bucket: Bucket, in_bucket: FileStore) -> None:
    in_bucket.put("key/content", b"example")
    bucket.secret = "another"
    for attempt in (lambda: in_bucket.get("key/content"), lambda: in_bucket.put("other/content", b"1")):
        with pytest.raises(StoreUnreachable):
            attempt()
    assert list(bucket.files) == ["portal/key/content"]


def test_a_bucket_that_does_not_answer_is_given_up_soon(tmp_path: Path) -> None:
    settings = make_settings(
        tmp_path / "data",
        evidence_store="s3://example/portal",
        s3_endpoint="http://127.0.0.1:9",
        s3_region="example",
        s3_key="example",
        s3_secret="example",
    )
    begun = datetime.now(UTC)
    with pytest.raises(StoreUnreachable):
        open_store(settings).put("key/content", b"example")
    assert datetime.now(UTC) - begun < timedelta(seconds=25)

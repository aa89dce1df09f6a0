"""What is printed, and how its file is called."""

from portal.core.printing import JobKind


def test_only_an_application_package_is_an_archive() -> None:
    suffixes = {kind: kind.suffix for kind in JobKind}
    assert suffixes.pop(JobKind.PACKAGE) == ".zip"
    assert set(suffixes.values()) == {".pdf"}

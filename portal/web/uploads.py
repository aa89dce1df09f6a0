"""Files that a browser sent."""

from flask import request

from portal.actions.evidence import LARGEST_FILE, Upload


def uploads() -> list[Upload]:
    """The files of the request, each read only as far as it may be long."""
    return [
        Upload(name=one.filename, content=one.stream.read(LARGEST_FILE + 1))
        for one in request.files.getlist("files")
        if one.filename
    ]

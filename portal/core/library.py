"""Everything published, as the actions and the report see it: questionnaires, technologies, sources, carriers."""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.core.errors import PortalError
from portal.core.goals import Goal
from portal.core.package import Frame, UnknownFrame
from portal.core.questionnaire import Factor, Questionnaire, Source, SourceId
from portal.core.technology import Carriers, Technologies


class UnknownQuestionnaire(PortalError):
    """No questionnaire with that id and version is published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """All content by id and version; immutable, loaded once per process."""

    questionnaires: Mapping[tuple[str, str], Questionnaire]
    technologies: Technologies
    sources: Mapping[SourceId, Source]
    factors: Mapping[str, Factor]
    carriers: Carriers
    checksum: str
    goals: tuple[Goal, ...] = ()
    frames: tuple[Frame, ...] = ()

    def questionnaire(self, id: str, version: str | None = None) -> Questionnaire:
        """One questionnaire, the newest version unless one is named; raises UnknownQuestionnaire."""
        versions = sorted(v for i, v in self.questionnaires if i == id)
        if version is None and versions:
            version = versions[-1]
        try:
            return self.questionnaires[id, version or ""]
        except KeyError:
            raise UnknownQuestionnaire(id, version) from None

    def frame(self, id: str) -> Frame:
        """One frame of an application; raises UnknownFrame."""
        for one in self.frames:
            if one.id == id:
                return one
        raise UnknownFrame(id)

    def newest(self) -> tuple[Questionnaire, ...]:
        """The newest version of every questionnaire, by id."""
        return tuple(self.questionnaire(id) for id in sorted({id for id, _ in self.questionnaires}))

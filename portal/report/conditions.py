"""For which plants something is asked, in words: told from the traits that decide it."""

from collections.abc import Iterable

from portal.core.questionnaire import Condition, Questionnaire, Trait


def condition(questionnaire: Questionnaire, when: Condition) -> str:
    """For which plants something is asked: 生产类型为“熟料、水泥一体”或“只生产熟料”，且…; nothing when for all."""
    said = []
    for name, options in when.any_of.items():
        trait = questionnaire.items[name]
        assert isinstance(trait, Trait)  # the catalog admits nothing else into a condition
        chosen, others = titles(trait, options)
        # Of many options only one can be chosen: then it is shorter to say which of them are meant not to be.
        if not trait.is_many and 0 < len(others) * 4 <= len(chosen):
            said.append(f"{trait.title}不是“{'”或“'.join(others)}”")
        else:
            said.append(f"{trait.title}为“{'”或“'.join(chosen)}”")
    return "，且".join(said)


def titles(trait: Trait, options: Iterable[str]) -> tuple[list[str], list[str]]:
    """The titles of these options, and those of the others."""
    named = set(options)
    return (
        [one.title for one in trait.options if one.id in named],
        [one.title for one in trait.options if one.id not in named],
    )

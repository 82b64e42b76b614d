"""What a campaign file says in the languages of the shop: in blocks by language, or plainly where there is one language."""

from __future__ import annotations

import re

from bot.core.campaigns.file import CampaignFile, Path
from bot.core.languages import PLURAL_FORMS, parse_tag

UNIT_LIMIT = 16
FILLABLE = ("inviter_points", "invitee_points")
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")

_LANGUAGES, _BRAND = ("languages",), ("brand",)
_NO_LANGUAGE = "this is no language. Write its code of two or three letters, like en or id."


def take_languages(file: CampaignFile) -> tuple[str, ...]:
    """The languages of the shop: those it lists; where it lists none, those in which it says its name.

    Raises:
        CampaignMistake: there is none, or one is no language.
    """
    if file.holds(_LANGUAGES):
        return _take_listed(file)
    value = file.take(_BRAND, "a block that begins with [brand]")
    if isinstance(value, str):
        raise file.mistake(_BRAND, 'in which language is this? Write it above, like languages = ["en"]')
    if not isinstance(value, dict) or not value:
        raise file.mistake(_BRAND, 'this must be a block with the shop\'s name in each of its languages, like en = "…"')
    for name in value:
        if name != parse_tag(name):
            raise file.mistake((*_BRAND, name), _NO_LANGUAGE)
    return tuple(value)


def take_channel_language(file: CampaignFile, languages: tuple[str, ...]) -> str:
    """The shop's first one where the file does not say."""
    path = ("channel_language",)
    return file.take_choice(path, languages) if file.holds(path) else languages[0]


def take_words(file: CampaignFile, path: Path, limit: int, languages: tuple[str, ...]) -> dict[str, str]:
    """One text for each language; none where nobody knows in which."""
    if not languages:
        return {}
    if _is_plain(file, path, languages):
        return {languages[0]: file.take_text(path, limit)}
    file.take_table(path, languages)
    return {language: file.attempt("", file.take_text, (*path, language), limit) for language in languages}


def take_phrases(file: CampaignFile, path: Path, limit: int, languages: tuple[str, ...]) -> dict[str, str]:
    """Texts in which placeholders may stand for the points."""
    phrases = take_words(file, path, limit, languages)
    for language, phrase in phrases.items():
        for name in PLACEHOLDER.findall(phrase):
            if name not in FILLABLE:
                known = " and ".join(f"{{{fillable}}}" for fillable in FILLABLE)
                file.note(place_text(file, path, language), f"{{{name}}} stands for nothing. There are {known}.")
    return phrases


def take_unit(file: CampaignFile, path: Path, languages: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """What points are called: by language, then by plural form; nothing where nobody knows the languages."""
    if not languages:
        return {}
    if _is_plain(file, path, languages):
        return {languages[0]: _take_forms(file, path)}
    file.take_table(path, languages)
    return {language: file.attempt({}, _take_forms, file, (*path, language)) for language in languages}


def place_text(file: CampaignFile, path: Path, language: str) -> Path:
    """Where the text of a language stands."""
    spoken = (*path, language)
    return spoken if file.holds(spoken) else path


def _take_listed(file: CampaignFile) -> tuple[str, ...]:
    value = file.take(_LANGUAGES, 'languages = ["en"]')
    if not isinstance(value, list) or not value:
        raise file.mistake(_LANGUAGES, 'this must be a list of languages, like ["en"] or ["en", "id"]')
    for place, name in enumerate(value):
        if not isinstance(name, str) or name != parse_tag(name):
            raise file.mistake((*_LANGUAGES, place), _NO_LANGUAGE)
        if name in value[:place]:
            raise file.mistake((*_LANGUAGES, place), f'"{name}" stands here twice. Keep one of them.')
    return tuple(value)


def _is_plain(file: CampaignFile, path: Path, languages: tuple[str, ...]) -> bool:
    """Whether what stands at `path` is said without naming the language, as a shop of one language may."""
    if len(languages) == 1:
        value = file.find(path)
        return not isinstance(value, dict) or (set(value) <= set(PLURAL_FORMS) - {languages[0]} and bool(value))
    if isinstance(file.find(path), str):
        example = ", ".join(f'{language} = "…"' for language in languages)
        raise file.mistake(path, f"the shop speaks several languages. Write a block with this in each: {example}.")
    return False


def _take_forms(file: CampaignFile, path: Path) -> dict[str, str]:
    """A word for points; or two, for one and for many; or a block with one for each plural form of the language."""
    example = '"points", or for one and many ["point", "points"]'
    value = file.take(path, f"{path[-1]} = {example}")
    if isinstance(value, dict) and value:
        file.take_table(path, PLURAL_FORMS)
        return {form: file.take_text((*path, form), UNIT_LIMIT) for form in PLURAL_FORMS if form in value}
    if not isinstance(value, list):
        return {"other": file.take_text(path, UNIT_LIMIT, example)}
    if len(value) != len(("one", "many")):
        raise file.mistake(path, f"this must be one word, or two in a list, like {example}")
    return {"one": file.take_text((*path, 0), UNIT_LIMIT), "other": file.take_text((*path, 1), UNIT_LIMIT)}

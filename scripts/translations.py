"""Compile the catalogues, or check that they are complete and compiled."""

import sys
from pathlib import Path

import polib

LOCALE = Path("src/civicloop/locale")
LANGUAGES = ("zh_Hans", "en")
MUST_BE_COMPLETE = ("zh_Hans",)  # English is the language of the strings themselves


def catalogue(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def compile_all() -> int:
    for language in LANGUAGES:
        po = polib.pofile(str(catalogue(language)))
        po.save_as_mofile(str(catalogue(language).with_suffix(".mo")))
    return 0


def check_all() -> int:
    wrong = []
    for language in LANGUAGES:
        po = polib.pofile(str(catalogue(language)))
        if language in MUST_BE_COMPLETE:
            open_entries = po.untranslated_entries() + po.fuzzy_entries()
            wrong += [f"{language}: not translated: {entry.msgid}" for entry in open_entries]
        compiled = polib.mofile(str(catalogue(language).with_suffix(".mo")))
        if {e.msgid: (e.msgstr, e.msgstr_plural) for e in compiled} != {
            e.msgid: (e.msgstr, e.msgstr_plural) for e in po.translated_entries()
        }:
            wrong.append(f"{language}: .mo is older than .po: make translations")
    print("\n".join(wrong), end="\n" if wrong else "")
    return bool(wrong)


if __name__ == "__main__":
    raise SystemExit({"compile": compile_all, "check": check_all}[sys.argv[1]]())

"""What the documentation says of the code, held against the code."""

import re
from pathlib import Path

import pytest
from django.apps import apps

from civicloop.apps.dispatch.figures import FIGURES
from civicloop.config.cli import COMMANDS

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
NOT_A_WORD = {"ClassDecision", "SearchMark", "IndexMark", "KindModelVersion"}  # nobody sees them


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))

    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]

    assert not missing


def test_the_index_names_every_page():
    index = _text("docs/README.md")

    pages = list((ROOT / "docs").glob("*/*.md"))

    assert not [str(page) for page in pages if f"{page.parent.name}/{page.name}" not in index]


def test_the_numbers_of_the_decisions_have_no_gap():
    numbers = [int(page.name[:4]) for page in sorted((ROOT / "docs" / "adr").glob("*.md"))]

    assert numbers == list(range(1, len(numbers) + 1))


def test_the_page_of_figures_names_each():
    page = _text("docs/methods/figures.md")

    assert set(re.findall(r"^\| [^|]+ \| `(\w+)` \|", page, re.M)) == set(FIGURES)


def test_the_table_of_settings_is_complete():
    config = ROOT / "src" / "civicloop" / "config"
    read = {
        name
        for file in ("environment.py", "gateways.py")
        for name in re.findall(r'"(CIVICLOOP_\w+|DATABASE_URL)"', (config / file).read_text())
    }

    named = set(re.findall(r"`(CIVICLOOP_\w+|DATABASE_URL)`", _text("DEVELOPERS.md")))

    assert named == read


@pytest.mark.parametrize(
    "page", ["README.md", "README.zh-CN.md", "docs/tutorials/a-day-at-the-hotline.md"]
)
def test_the_commands_of_a_page_exist(page):
    named = re.findall(r"(?:^|&& |`|； *|then: )civicloop ([a-z-]+)", _text(page), re.M)

    assert named
    assert set(named) <= set(COMMANDS)


def test_every_model_has_its_word_in_the_glossary():
    glossary = _text("GLOSSARY.md")
    models = {
        model.__name__
        for config in apps.get_app_configs()
        if config.name.startswith("civicloop.apps.")
        for model in config.get_models()
    }

    assert not {name for name in models - NOT_A_WORD if f"`{name}`" not in glossary}


def test_the_glossary_decides_each_word_once():
    chinese = re.findall(r"^\| ([^|]+) \|", _text("GLOSSARY.md"), re.M)
    words = [word for word in chinese if word not in {"中文"}]

    assert len(words) == len(set(words))


def test_the_readme_is_short():
    assert len(_text("README.md").splitlines()) <= 60

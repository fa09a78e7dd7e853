"""The generated pages of docs/reference."""

import pytest
from scripts.reference_pages import pages

PAGES = pages()


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_a_reference_page_says_what_the_code_says(file):
    kept = file.read_text(encoding="utf-8")

    assert kept == PAGES[file], "run: make reference"

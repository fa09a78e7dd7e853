from collections import Counter
from importlib import import_module
from pkgutil import iter_modules

from civicloop.web import templatetags


def test_no_two_libraries_have_a_filter_or_tag_of_one_name():
    """Where a page loads both, the later one would win, in silence."""
    modules = [import_module(f"{templatetags.__name__}.{each.name}") for each in iter_modules(templatetags.__path__)]  # fmt: skip
    libraries = [each.register for each in modules if hasattr(each, "register")]

    names = Counter(name for each in libraries for name in (*each.filters, *each.tags))

    assert len(libraries) > 1
    assert [name for name, count in names.items() if count > 1] == []

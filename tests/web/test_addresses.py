import pytest
from django.urls import reverse

from civicloop.web.addresses import addresses_of


@pytest.mark.parametrize(
    ("name", "further"),
    [("board:preview", ()), ("dispatch:order", ()), ("dispatch:step", ("sign",))],
)
@pytest.mark.parametrize("number", [1, 10, 1_000_205])
def test_the_address_is_that_of_the_page(name, further, number):
    assert addresses_of(name, *further)(number) == reverse(name, args=[number, *further])

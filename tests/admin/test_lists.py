"""A list is a way to its rows."""

import re

from tests.admin.conftest import SignIn, World
from tests.admin.pages import list_page


def test_the_first_link_of_each_list_opens_its_row(world: World, sign_in: SignIn) -> None:
    client = sign_in("")
    for row in world.rows:
        shown = client.get(list_page(row)).content.decode()
        links = re.findall(rf'href="({list_page(row)}[^"/?]+/change/)[^"]*"', shown)
        assert links, row
        assert client.get(links[0]).status_code == 200, links[0]

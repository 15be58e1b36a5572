"""An address, as it will be sent."""

import httpx2 as httpx

from maestro.errors import EgressRefused, InvalidNodeInput

MAX_URL = 8 * 1024
MAX_PORT = 65_535


def checked(url: str | httpx.URL) -> httpx.URL:
    """The URL as it will be sent, or a refusal of one that could be read in two ways."""
    if isinstance(url, str) and ("\\" in url or not url.isprintable() or " " in url):
        raise InvalidNodeInput("The URL holds a character that must be escaped")
    url = httpx.URL(url)
    if url.scheme not in ("http", "https") or not url.host:
        raise EgressRefused("Skills reach only http:// and https:// addresses")
    if (url.port or 0) > MAX_PORT:
        raise InvalidNodeInput(f"A port is at most {MAX_PORT:,}")
    if url.userinfo:
        raise EgressRefused("A name or password in a URL is refused", host=url.host)
    if len(str(url)) > MAX_URL:
        raise InvalidNodeInput(f"A URL has at most {MAX_URL:,} characters")
    return url


def origin_of(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port

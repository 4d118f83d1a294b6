"""The path to which a browser returns after it has signed in: one of Kith, whatever a link says."""

from __future__ import annotations

import re
from urllib.parse import unquote

_LONGEST = 4_096
# A path, a query and a fragment of visible ASCII characters, without the backslash that browsers read as a slash.
_LOCAL = re.compile(r"/(?![/\\])[!-\[\]-~]*")
_ROUNDS = 3


def local_path(text: str) -> str:
    r"""Returns a path of Kith with its query; `/` for everything else, such as the address of another host.

    >>> local_path("/account/1?as=x"), local_path("https://evil.example"), local_path("//evil.example")
    ('/account/1?as=x', '/', '/')
    >>> local_path("/\\evil.example"), local_path("/%2f%2fevil.example"), local_path("/%5cevil.example")
    ('/', '/', '/')
    """
    if len(text) > _LONGEST or not _LOCAL.fullmatch(text):
        return "/"
    path = text.partition("?")[0].partition("#")[0]
    for _ in range(_ROUNDS):
        if "//" in path or "\\" in path or not path.isprintable() or path.startswith("/sign-"):
            return "/"
        path = unquote(path)
    return text


def relative(path: str, depth: int) -> str:
    """Returns a reference to a path of Kith that also holds below the path of a reverse proxy.

    `depth` is the number of folders of the page that has the reference.

    >>> relative("/account/1", 0), relative("/account/1", 1), relative("/", 0)
    ('./account/1', '../account/1', './')
    """
    return ("../" * depth or "./") + path.removeprefix("/")

"""
Elements of HTML, SVG and MathML, as text in which nothing that is not markup can become it.

All text that is not :class:`Markup` is escaped, and Markup is made by :func:`element` alone: so
no name of a model, of a parameter or of a file can be read as a tag.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from html import escape
from typing import Any


class Markup(str):
    """Text that is HTML already."""


Content = Any  # Markup, text, a number, None for nothing, or several of these

VOID = frozenset({"meta", "img", "br", "hr", "link"})
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def text(value: Any) -> Markup:
    """
    A value as text of a page.

    EXAMPLES::

        >>> text("a < b & c")
        'a &lt; b &amp; c'
    """
    return Markup(escape(_CONTROL.sub("\ufffd", str(value)), quote=True))


def join(*content: Content) -> Markup:
    """
    Contents one after the other; what is not markup is escaped.

    EXAMPLES::

        >>> join("1 < ", element("b", 2), None, ["; ", 3])
        '1 &lt; <b>2</b>; 3'
    """
    parts: list[str] = []
    for item in content:
        if item is None:
            continue
        if isinstance(item, str):
            parts.append(item if isinstance(item, Markup) else text(item))
        elif isinstance(item, Iterable):
            parts.append(join(*item))
        else:
            parts.append(text(item))
    return Markup("".join(parts))


def element(name: str, *content: Content, **attributes: Any) -> Markup:
    """
    An element.

    INPUT:

    - ``name`` -- of the tag
    - ``content`` -- what is in it
    - ``attributes`` -- in Python's spelling: ``class_`` for class, ``aria_label`` for aria-label;
      None and False leave one out, True gives it no value

    EXAMPLES::

        >>> element("p", "x<y", class_="note", title='"', hidden=True, id=None)
        '<p class="note" title="&quot;" hidden>x&lt;y</p>'
        >>> element("br")
        '<br>'
    """
    written = "".join(
        f" {key.removesuffix('_').replace('_', '-')}" + ("" if value is True else
                                                         f'="{text(value)}"')
        for key, value in attributes.items() if value is not None and value is not False)
    if name in VOID and not content:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{join(*content)}</{name}>")


def trusted(markup: str) -> Markup:
    """The project's own style sheet or script, which is no element's text to be escaped."""
    return Markup(markup)


def data_url(content: bytes, kind: str) -> str:
    """
    The address that is its own content.

    EXAMPLES::

        >>> data_url(b"{}", "application/json")
        'data:application/json;base64,e30='
    """
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def as_file(content: Any) -> bytes:
    """What a file holds: text, or data as JSON."""
    written = content if isinstance(content, str) else json.dumps(content, separators=(",", ":"))
    return (written.rstrip("\n") + "\n").encode()


def download(name: str, content: Any, label: Content = None) -> Markup:
    """A link that saves text, or data as JSON, under a file's name."""
    raw = as_file(content)
    kind = "application/json" if name.endswith(".json") else "text/plain"
    return element("a", name if label is None else label, href=data_url(raw, kind), download=name,
                   aria_label=f"Download {name}", title=f"{name}, {size_in_words(len(raw))}")


def size_in_words(count: int) -> str:
    """
    A number of bytes.

    EXAMPLES::

        >>> size_in_words(800), size_in_words(20_480), size_in_words(3_400_000)
        ('800 bytes', '20 kB', '3.4 MB')
    """
    return (f"{count} bytes" if count < 1000 else f"{count / 1000:.0f} kB" if count < 10**6
            else f"{count / 10**6:.1f} MB")


def folded(summary: Content, *content: Content, is_open: bool = False) -> Markup:
    """Content that is shown when asked for, and on paper."""
    return element("details", element("summary", summary), *content, open=is_open)


def file_name(words: str) -> str:
    """
    A name that all file systems take.

    EXAMPLES::

        >>> file_name("mlp:2,2,3:x^2"), file_name("<script>/..")
        ('mlp-2-2-3-x-2', 'script')
    """
    return re.sub(r"[^A-Za-z0-9]+", "-", words).strip("-").lower()[:60] or "model"


def number_words(count: int, noun: str) -> str:
    """
    How many of something.

    EXAMPLES::

        >>> number_words(1, "input"), number_words(3, "input")
        ('1 input', '3 inputs')
    """
    return f"{count:,} {noun}{'s' * (count != 1)}"

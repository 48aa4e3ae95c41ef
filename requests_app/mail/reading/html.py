"""Markup to text: links are written out, nothing is fetched, run or shown as what it is not."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from requests_app.mail.reading import limits

# Each of these ends where it ends or with the text, so that each character is passed once.
COMMENTS = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
DECLARATIONS = re.compile(r"<[!?][^>]*(?:>|\Z)")
UNSEEN = re.compile(
    r"<(script|style|head|title|template|svg)\b[^>]*>.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE
)
BLOCKS = frozenset({
    "address", "article", "blockquote", "center", "div", "dl", "dt", "dd", "fieldset", "footer",
    "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "li", "main", "nav", "ol", "p", "pre",
    "section", "table", "tr", "ul",
})  # fmt: skip
SHOWN_LINKS = ("http://", "https://", "mailto:")


def to_text(markup: str) -> str:
    """The text of a page. What is left out for its length is said by the caller."""
    for pattern in (COMMENTS, DECLARATIONS, UNSEEN):
        markup = pattern.sub(" ", markup)
    reader = TextReader()
    reader.feed(whole_tags(markup[: limits.HTML]))
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.pieces).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def whole_tags(markup: str) -> str:
    """After the last ">" no tag can end: a "<" there is one of the text. The parser would look
    for the end of each of them."""
    end = markup.rfind(">") + 1
    return markup[:end] + markup[end:].replace("<", "&lt;")


class TextReader(HTMLParser):
    """Gathers text; blocks stand on lines of their own, links are followed by their address."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.link = ""
        self.link_text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br" or tag in BLOCKS:
            self.pieces.append("\n")
        elif tag in ("td", "th"):
            self.pieces.append("  ")
        elif tag == "a":
            self.end_link()
            self.link = (dict(attrs).get("href") or "").strip()
        elif tag == "img":
            words = " ".join((dict(attrs).get("alt") or "").split())
            self.pieces.append(f"[picture: {words}]" if words else "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self.end_link()
        elif tag in BLOCKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        self.pieces.append(" ".join(data.split("\n")))
        if self.link:
            self.link_text += data

    def end_link(self) -> None:
        """Where a link leads is always told: its text may say otherwise."""
        shown = " ".join(self.link_text.split())
        if self.link.lower().startswith(SHOWN_LINKS) and self.link not in (
            shown,
            f"mailto:{shown}",
        ):
            self.pieces.append(f" ({self.link})")
        self.link = self.link_text = ""

    def close(self) -> None:
        super().close()
        self.end_link()

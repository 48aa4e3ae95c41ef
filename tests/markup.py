"""A page as a tree, as far as tests ask for it: what stands in what, and where a click leads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "wbr", "use", "progress"}


@dataclass(eq=False)
class Element:
    tag: str
    attributes: dict[str, str]
    parent: Element | None = None
    children: list[Element | str] = field(default_factory=list)

    @property
    def classes(self) -> set[str]:
        return set(self.attributes.get("class", "").split())

    @property
    def text(self) -> str:
        """All of it, with single spaces."""
        parts = (each if isinstance(each, str) else f" {each.text} " for each in self.children)
        return " ".join("".join(parts).split())

    def around(self) -> Iterator[Element]:
        """Itself, and then each in which it stands."""
        at: Element | None = self
        while at is not None:
            yield at
            at = at.parent

    def inside(self) -> Iterator[Element]:
        for each in self.children:
            if isinstance(each, Element):
                yield each
                yield from each.inside()

    def link(self) -> str | None:
        """Where a click on it leads."""
        links = (at.attributes.get("href") for at in self.around())
        return next((link for link in links if link is not None), None)

    def __repr__(self) -> str:
        shown = " ".join(f'{name}="{value}"' for name, value in self.attributes.items())
        return f"<{self.tag} {shown}>{self.text[:60]}"


class Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self.at = Element("", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs}, self.at)
        self.at.children.append(made)
        if tag not in VOID:
            self.at = made

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.at.children.append(Element(tag, {name: value or "" for name, value in attrs}, self.at))

    def handle_endtag(self, tag: str) -> None:
        for each in self.at.around():
            if each.tag == tag and each.parent is not None:
                self.at = each.parent
                return

    def handle_data(self, data: str) -> None:
        self.at.children.append(data)


def main_of(html: str) -> Element:
    """The main part of a page."""
    builder = Builder()
    builder.feed(html)
    builder.close()
    return next(each for each in builder.root.inside() if each.tag == "main")

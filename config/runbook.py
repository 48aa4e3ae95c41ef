"""docs/operating.md as a page: what helps is read where the trouble is shown."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from config import local

TICKED = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\([^)]+\)")


@dataclass
class Block:
    """``kind`` is h1, h2, h3, p, li (with its number, if any), code or row; ``parts`` are pieces of
    text, each with whether it is code."""

    kind: str
    parts: list[tuple[str, bool]] = field(default_factory=list)
    cells: list[list[tuple[str, bool]]] = field(default_factory=list)
    anchor: str = ""

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.parts)


def anchor_of(heading: str) -> str:
    """As GitHub makes them."""
    return re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-")


def pieces(text: str) -> list[tuple[str, bool]]:
    found: list[tuple[str, bool]] = []
    end = 0
    for match in TICKED.finditer(text):
        found.append((text[end : match.start()], False))
        found.append((match[1] or match[2] or match[3], bool(match[1])))
        end = match.end()
    found.append((text[end:], False))
    return [piece for piece in found if piece[0]]


@cache
def blocks() -> list[Block]:
    return parsed((local.PROJECT / "docs/operating.md").read_text())


def parsed(text: str) -> list[Block]:
    """Headings, paragraphs, lists, tables and code; what the document uses, no more."""
    found: list[Block] = []
    for at, chunk in enumerate(text.split("```")):
        if at % 2:
            found.append(Block("code", [(chunk.partition("\n")[2].rstrip(), True)]))
            continue
        for paragraph in re.split(r"\n\s*\n", chunk.strip("\n")):
            found += block_of(paragraph)
    return found


def block_of(paragraph: str) -> list[Block]:
    lines = paragraph.strip().splitlines()
    if not lines:
        return []
    heading = re.fullmatch(r"(#{1,3}) (.+)", lines[0])
    if heading:
        made = Block(f"h{len(heading[1])}", pieces(heading[2]), anchor=anchor_of(heading[2]))
        return [made, *block_of("\n".join(lines[1:]))]
    if lines[0].startswith("|"):
        rows = [line.strip("| ").split(" | ") for line in lines if not line.startswith("|--")]
        return [Block("row", cells=[pieces(cell) for cell in row]) for row in rows]
    if re.match(r"(-|\d+\.) ", lines[0]):
        items = re.split(r"\n(?=(?:-|\d+\.) )", "\n".join(lines))
        texts = [" ".join(item.split()).removeprefix("- ") for item in items]
        return [Block("li", pieces(text)) for text in texts]
    return [Block("p", pieces(" ".join(" ".join(lines).split())))]

"""Rows of figures, and the table they are printed as."""

from dataclasses import asdict, dataclass


@dataclass
class Row:
    what: str
    ours: str = ""
    peer: str = ""
    ratio: float | None = None
    #: The number to reach, as people read it; empty when the row only informs.
    target: str = ""
    met: bool | None = None
    section: str = ""

    def plain(self):
        return asdict(self)

    @property
    def is_hollow(self):
        """Nothing was measured."""
        return not self.ours


def at_most(limit, value):
    return {"target": f"≤ {limit:g}", "met": value <= limit}


def at_least(limit, value):
    return {"target": f"≥ {limit:g}", "met": value >= limit}


HEAD = ("", "what", "Plenary", "peer", "ratio", "target", "")


def text(rows, description):
    lines = [HEAD]
    section = None
    for row in rows:
        mark = "" if row.met is None else ("reached" if row.met else "SHORT")
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        lines.append((row.section if row.section != section else "", row.what, row.ours, row.peer, ratio, row.target, mark))
        section = row.section
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]

    def layout(line):
        cells = [f"{cell:>{width}}" if column == 4 else f"{cell:<{width}}" for column, (cell, width) in enumerate(zip(line, widths))]
        return "  ".join(cells).rstrip()

    rule = "  ".join("─" * width for width in widths)
    return "\n".join([description, "", layout(lines[0]), rule, *map(layout, lines[1:])])

"""Figures of the product on labelled clips, beside peers on the same clips in the same run."""

from __future__ import annotations

import html
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from ..classifier import HTML
from ..engine import Cleaner
from ..errors import CleanerError
from .data import Row
from .measures import Tally

System = Callable[[Row], str]
OURS, IDENTITY = "cleaner", "as it came"
# Dumps that an extractor has cleaned already.
EXTRACTED = ("readability", "trafilatura", "newspaper")
_MEASURES = ("word F1", "paragraphs", "in-article noise gone", "body kept", "short body kept")
_PEERS = "cleaner evaluate --peers needs trafilatura, resiliparse and jusText: install the extra 'web-clip-cleaner[bench]'"  # noqa: E501  # one line for the user


class Report:
    """Tallies by group of clips and by system, and CPU seconds by kind of clip and system."""

    def __init__(self) -> None:
        self.tallies: dict[tuple[str, str], Tally] = defaultdict(Tally)
        self.seconds: dict[tuple[str, str], float] = defaultdict(float)
        self.clips: dict[str, int] = defaultdict(int)

    def add(self, row: Row, systems: dict[str, System]) -> None:
        """Runs the systems on a row, in turn, and counts what each makes of it."""
        kind = _kind(row)
        if not self.clips[kind]:
            for system in systems.values():
                system(row)  # what is loaded once is no part of a clip's cost
        self.clips[kind] += 1
        for name, system in systems.items():
            start = time.process_time()
            text = system(row)
            self.seconds[kind, name] += time.process_time() - start
            for group in groups(row):
                tally = self.tallies[group, name]
                if row.labels:
                    tally.add_lines(row, text)
                else:
                    tally.add_page(row, text)

    def figures(self, group: str, system: str = OURS) -> dict[str, float | None]:
        """The measures of a group of clips by name."""
        return self.tallies[group, system].figures

    def table(self, prefix: str) -> Iterator[str]:
        """A markdown table of the groups whose name begins so, a row each, a system each."""
        names = sorted({group for group, _ in self.tallies if group.startswith(prefix)})
        if not names:
            return
        systems = list(dict.fromkeys(system for _, system in self.tallies))
        used = [m for m in _MEASURES if any(self.figures(g)[m] is not None for g in names)]
        yield "| clips | n | system | " + " | ".join(used) + " |"
        yield "|---|---|---|" + "---|" * len(used)
        for group in names:
            for system in systems:
                if (group, system) in self.tallies:
                    figures = self.figures(group, system)
                    cells = " | ".join(_cell(figures[measure]) for measure in used)
                    count = len(self.tallies[group, system].scores)
                    yield f"| {group} | {count} | {system} | {cells} |"

    def speed(self) -> Iterator[str]:
        """CPU milliseconds a clip, and ours as a share of each peer's."""
        for kind, count in sorted(self.clips.items()):
            ours = self.seconds[kind, OURS]
            for (of, system), spent in self.seconds.items():
                if of == kind and spent > 0 and system != IDENTITY:
                    ratio = "" if system == OURS else f"; cleaner takes {ours / spent:.2f} of it"
                    yield f"{kind}: {system} {1000 * spent / count:.2f} ms a clip{ratio}"

    def lines(self) -> Iterator[str]:
        """The whole report as markdown."""
        for title, prefix in (
            ("Pages", "pages"),
            ("Text dumps", "dumps"),
            ("Text dumps by style", "style"),
            ("By language", "language"),
        ):
            table = list(self.table(prefix))
            if table:
                yield from ("", f"### {title}", "", *table)


def groups(row: Row) -> list[str]:
    """The groups that a row is counted in."""
    if row.kind == HTML:
        name = f"pages {row.set}".strip()
        return [name, f"{name}, {row.type}", f"language {row.language}, pages"]
    how = "extracted" if row.style in EXTRACTED else "full page"
    what = "articles" if row.type == "article" else "other pages"
    return [f"dumps {what}, {how}", f"style {row.style}", f"language {row.language}, dumps"]


def _kind(row: Row) -> str:
    return "pages" if row.kind == HTML else "dumps"


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def ours(judge: Callable[[Row], Cleaner]) -> System:
    """The product as a system: `judge` gives the cleaner for a row."""
    return lambda row: judge(row).clean(row.source, row.kind, row.url).text


def identity(row: Row) -> str:
    """A clip as it came."""
    return row.source


def peers() -> tuple[dict[str, System], dict[str, System]]:
    """The peers for pages and for dumps. Raises `CleanerError` where one is not installed."""
    try:
        import justext
        import trafilatura
        from resiliparse.extract.html2text import extract_plain_text
    except ImportError as error:
        raise CleanerError(_PEERS) from error
    stoplist = justext.get_stoplist("English")

    def wrapped(row: Row) -> str:
        lines = "".join(f"<p>{html.escape(line)}</p>" for line in row.source.splitlines())
        paragraphs = justext.justext(f"<html><body>{lines}</body></html>", stoplist)
        return "\n".join(p.text for p in paragraphs if not p.is_boilerplate)

    pages: dict[str, System] = {
        "trafilatura": lambda r: trafilatura.extract(r.source, include_comments=False) or "",
        "trafilatura fast": lambda r: (
            trafilatura.extract(r.source, include_comments=False, fast=True) or ""
        ),
        "resiliparse": lambda r: extract_plain_text(r.source, main_content=True, alt_texts=False),
    }
    return pages, {"jusText": wrapped}


def report(rows: Iterable[Row], judge: Callable[[Row], Cleaner], with_peers: bool) -> Report:
    """The figures of the product on these rows."""
    found = Report()
    pages: dict[str, System] = {OURS: ours(judge)}
    dumps: dict[str, System] = {OURS: ours(judge), IDENTITY: identity}
    if with_peers:
        more_pages, more_dumps = peers()
        pages |= more_pages
        dumps |= more_dumps
    for row in rows:
        # A dump without a line holds nothing that could be kept or lost.
        if row.source.strip():
            found.add(row, pages if row.kind == HTML else dumps)
    return found


def summary(found: Report) -> Iterator[str]:
    """A line a group: what a terminal shows first."""
    for group, system in found.tallies:
        if system == OURS and group.startswith(("pages", "dumps")):
            figures = found.figures(group)
            shown = ", ".join(f"{k} {v:.4f}" for k, v in figures.items() if v is not None)
            yield f"{group} ({len(found.tallies[group, system].scores)}): {shown}"

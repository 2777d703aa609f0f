"""The report: one HTML page that needs neither network nor script. All that came from clips is
escaped, and what would turn or hide text is shown as what it is."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence

from ..explain.safe import printable
from .tally import Example, Tally

_ROWS = 25
_BAR, _ROW_HEIGHT = 360, 22
_PLOT_HEIGHT, _STEP = 160, 44
_STYLE = """
:root { color-scheme: light dark; --a: #3b6ea8; --b: #c7702d; --line: #8886; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; color: #777; }
th, td { text-align: left; padding: .2rem .6rem .2rem 0; vertical-align: top;
  border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
td.n, th.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
details { margin: .4rem 0; } summary { cursor: pointer; overflow-wrap: anywhere; }
tr.gone td { opacity: .75; } tr.gone td:nth-child(3) { text-decoration: line-through; }
svg text { font: 12px system-ui, sans-serif; fill: currentColor; }
.a { fill: var(--a); } .b { fill: var(--b); } svg { max-width: 100%; height: auto; }
"""


def page(tally: Tally, title: str, seconds: float) -> str:
    """The report on a batch, `seconds` long, as HTML."""
    return "".join(
        [
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">',
            # Even if something slipped through, a browser would load and run nothing.
            '<meta http-equiv="Content-Security-Policy"'
            " content=\"default-src 'none'; style-src 'unsafe-inline'\">",
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>cleaner: {escape(title)}</title><style>{_STYLE}</style></head><body>",
            f"<h1>cleaner batch: {escape(title)}</h1>",
            *_summary(tally, seconds),
            *_lengths(tally),
            *_labels(tally),
            *_rules(tally),
            *_sites(tally),
            *_examples(tally),
            "</body></html>\n",
        ]
    )


def escape(text: str) -> str:
    """Text as HTML shows it; control characters and bidi controls as escapes."""
    return html.escape(printable(text))


def _summary(tally: Tally, seconds: float) -> Iterator[str]:
    cleaned = tally.documents - tally.failed
    share = 1 - tally.after / tally.before if tally.before else 0.0
    yield (
        f"<p>{tally.documents:,} documents in = {cleaned:,} out + {tally.failed:,} errors;"
        f" {seconds:,.1f} s, {tally.documents / seconds if seconds else 0:,.1f} documents/s."
        f" Text before {tally.before:,} characters, after {tally.after:,}:"
        f" {share:.1%} went or became metadata.</p>"
    )
    if tally.failures:
        rows = [(escape(kind), f"{count:,}") for kind, count in _most(tally.failures)]
        yield from _table("errors", ("kind", "documents"), rows)


def _most(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_ROWS]


# --- plots


def _lengths(tally: Tally) -> Iterator[str]:
    """Histograms of the lengths, before and after, on one axis of powers of two."""
    powers = [int(key) for key in (*tally.lengths_before, *tally.lengths_after)]
    if not powers:
        return
    yield "<h2>Lengths of the documents, before and after</h2>"
    axis = range(min(powers), max(powers) + 1)
    counts = [
        (tally.lengths_before.get(str(p), 0), tally.lengths_after.get(str(p), 0)) for p in axis
    ]
    highest = max(max(pair) for pair in counts)
    width = len(counts) * _STEP + 10
    yield (
        f'<svg viewBox="0 0 {width} {_PLOT_HEIGHT + 40}" width="{width}" role="img"'
        ' aria-label="documents by length">'
    )
    for at, (power, pair) in enumerate(zip(axis, counts, strict=True)):
        left = at * _STEP + 6
        for number, (count, colour) in enumerate(zip(pair, "ab", strict=True)):
            height = round(count / highest * (_PLOT_HEIGHT - 20), 1)
            yield (
                f'<rect class="{colour}" x="{left + number * 17}" y="{_PLOT_HEIGHT - height}"'
                f' width="16" height="{height}"><title>{_from(power)} characters and more:'
                f" {count:,} documents {'after' if number else 'before'}</title></rect>"
            )
        yield f'<text x="{left}" y="{_PLOT_HEIGHT + 15}">{_from(power)}</text>'
    yield (
        f'<rect class="a" x="6" y="{_PLOT_HEIGHT + 25}" width="10" height="10"/>'
        f'<text x="20" y="{_PLOT_HEIGHT + 35}">before</text>'
        f'<rect class="b" x="76" y="{_PLOT_HEIGHT + 25}" width="10" height="10"/>'
        f'<text x="90" y="{_PLOT_HEIGHT + 35}">after</text></svg>'
    )


_KILO, _MEGA = 10, 20


def _from(power: int) -> str:
    """Two to the power, short; a document without text stands at -1."""
    if power < 0:
        return "0"
    if power >= _MEGA:
        return f"{1 << (power - _MEGA)}M"
    return f"{1 << (power - _KILO)}k" if power >= _KILO else str(1 << power)


def _bars(title: str, values: Sequence[tuple[str, int]]) -> Iterator[str]:
    """Horizontal bars, the longest first, each with its number."""
    highest = max((value for _, value in values), default=0) or 1
    height = len(values) * _ROW_HEIGHT
    yield f'<svg viewBox="0 0 760 {height}" width="760" role="img" aria-label="{escape(title)}">'
    for at, (name, value) in enumerate(values):
        top = at * _ROW_HEIGHT
        length = max(1, round(value / highest * _BAR))
        yield (
            f'<text x="0" y="{top + 15}">{escape(name)}</text>'
            f'<rect class="a" x="240" y="{top + 4}" width="{length}" height="14"/>'
            f'<text x="{246 + length}" y="{top + 15}">{value:,}</text>'
        )
    yield "</svg>"


# --- tables


def _labels(tally: Tally) -> Iterator[str]:
    if not tally.labels:
        return
    yield "<h2>What left the text, by label</h2><p>Characters:</p>"
    found = sorted(tally.labels.items(), key=lambda item: -item[1][1])
    yield from _bars("characters by label", [(label, sums[1]) for label, sums in found])
    rows = [(escape(label), f"{sums[0]:,}", f"{sums[1]:,}") for label, sums in found]
    yield from _table("", ("label", "blocks", "characters"), rows)


def _rules(tally: Tally) -> Iterator[str]:
    if not tally.rules:
        return
    yield "<h2>What was removed, by rule</h2><p>Blocks, by the first rule that is named:</p>"
    yield from _bars("blocks by rule", _most(tally.rules))


def _sites(tally: Tally) -> Iterator[str]:
    if not tally.sites:
        return
    yield "<h2>What went, by site</h2>"
    found = sorted(tally.sites.items(), key=lambda item: (item[1][2] - item[1][1], item[0]))
    rows = [
        (
            escape(site), f"{documents:,}", f"{before:,}", f"{after:,}",
            f"{1 - after / before:.1%}" if before else "",
        )
        for site, (documents, before, after) in found[:_ROWS]
    ]  # fmt: skip
    more = f"the {_ROWS} with most of {len(found):,}" if len(found) > _ROWS else ""
    yield from _table(more, ("site", "documents", "before", "after", "went"), rows)


def _table(caption: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table of cells that are HTML already, the first of each row text, the others numbers."""
    yield f"<table>{f'<caption>{escape(caption)}</caption>' if caption else ''}<tr>"
    for at, name in enumerate(header):
        yield f"<th{' class=n' if at else ''}>{escape(name)}</th>"
    yield "</tr>"
    for row in rows:
        cells = "".join(f"<td{' class=n' if at else ''}>{cell}</td>" for at, cell in enumerate(row))
        yield f"<tr>{cells}</tr>"
    yield "</table>"


# --- documents


def _examples(tally: Tally) -> Iterator[str]:
    """The lists, each entry a link to its explanation further down."""
    shown: dict[str, Example] = {}
    places: dict[str, str] = {}
    for heading, found in (
        ("The slowest documents", tally.slowest),
        ("The most changed documents", tally.changed),
    ):
        if not found:
            continue
        yield f"<h2>{heading}</h2>"
        rows = []
        for example in found:
            anchor = places.setdefault(example.id, f"document-{len(places) + 1}")
            shown[example.id] = example
            rows.append(
                (
                    f'<a href="#{anchor}">{escape(example.id)}</a>', f"{example.seconds:.3f} s",
                    f"{example.before:,}", f"{example.after:,}", f"{example.change:.0%}",
                )
            )  # fmt: skip
        yield from _table("", ("document", "time", "before", "after", "went"), rows)
    if shown:
        yield "<h2>Explanations</h2>"
    for name, example in shown.items():
        yield from _explained(places[name], example)


def _explained(anchor: str, example: Example) -> Iterator[str]:
    yield (
        f'<details open id="{anchor}"><summary>{escape(example.id)}</summary>'
        "<table><tr><th>label</th><th>reasons</th><th>text</th></tr>"
    )
    for sign, label, text, reasons in example.explanation:
        mark = ' class="gone"' if sign == "-" else ""
        yield (
            f"<tr{mark}><td>{escape(label)}</td><td>{escape(reasons)}</td>"
            f"<td>{escape(text)}</td></tr>"
        )
    yield "</table></details>"

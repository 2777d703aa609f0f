"""`cleaner rules`: what the rules are, and whether they hold what they promise."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from .errors import CleanerError

# What `explain` names beside the rules of packs.
BUILT_IN: Mapping[str, str] = MappingProxyType({
    "classifier.html": "the trained model for pages; the number is how likely the block is text",
    "classifier.text": "the trained model for text; the number is how likely the block is text",
    "context.alternative-text": "the line says what its picture's alternative text says",
    "context.beside-chrome": "a hint speaks against the block, and a neighbour of it went",
    "context.beside-picture": "a short block beside a picture, in the classifier's doubt",
    "context.byline": "names under the headline, where no rule knows the words",
    "context.caption-copy": "the text says again what a figure's caption says",
    "context.caption-words": "words that speak of a picture, or a picture over it, and the"
    " classifier's doubt",
    "context.copy": "the same text stands in the clip before: a copy for another screen",
    "context.credit-alone": "nothing but the credit of a picture",
    "context.credit-behind": "a picture's credit ends the line, which is its caption",
    "context.credit-over": "a picture's credit stands over the line, which is its caption",
    "context.credit-under": "a picture's credit and the caption that stands over it",
    "context.figure": "the text of a figure that shows a picture",
    "context.no-credit": "the classifier alone called it a caption: neither picture nor credit is"
    " near it",
    "context.no-picture": "the page calls it a caption, and no picture is near it",
    "context.other-story": "behind the story: the caption or credit of another one",
    "context.photo-essay": "one of a run of captions that are the story themselves: it stays",
    "context.title": "the block is the headline: by the page, by its level or by its place",
    "reader.front-matter": "a line of the clip's front matter: read into the metadata",
    "reader.image": "a picture: recorded, not read",
})  # fmt: skip
_MOST_NEAR = 5


def add_parser(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
) -> None:
    """Adds `rules`, with its own subcommands, to the subcommands of `cleaner`."""
    rules = commands.add_parser(
        "rules",
        help="list, show and check rules",
        epilog="example: cleaner rules show ad.label",
    )
    kinds = rules.add_subparsers(required=True, metavar="COMMAND")
    show = kinds.add_parser(
        "show", help="one rule, with its examples", epilog="example: cleaner rules show ad.label"
    )
    show.add_argument("id", metavar="ID")
    show.set_defaults(run=_show)
    listing = kinds.add_parser(
        "list", help="a line for each rule", epilog="example: cleaner rules list"
    )
    listing.set_defaults(run=_list)
    covered = kinds.add_parser(
        "coverage",
        help="a table of what the rules cover, by language and category: rules / examples",
        epilog="example: cleaner rules coverage > cleaner/packs/COVERAGE.md",
    )
    covered.set_defaults(run=_coverage)
    check = kinds.add_parser(
        "check",
        help="run the examples of all rules, prove their conditions, time their patterns",
        epilog="example: cleaner rules check my-rules.toml",
    )
    check.add_argument("paths", nargs="*", metavar="PATH", type=Path, help="packs of your own")
    check.set_defaults(run=_check)
    for each in (show, listing):
        each.add_argument(
            "--rules",
            action="append",
            default=[],
            metavar="PATH",
            type=Path,
            help="a rule pack of your own",
        )


def _list(args: argparse.Namespace) -> int:
    from .explain.safe import print_lines
    from .rules import load_packs
    from .rules.loader import with_examples

    rules = with_examples(load_packs(args.rules))
    print_lines(
        f"{rule.id:30s} {rule.label.value:20s} {rule.strength:5s} {rule.origin:26s} {rule.because}"
        for rule in rules
    )
    return 0


def _coverage(_args: argparse.Namespace) -> int:
    from .explain.safe import print_lines
    from .rules import load_packs
    from .rules.coverage import coverage

    print_lines(coverage(load_packs()))
    return 0


def _show(args: argparse.Namespace) -> int:
    from .explain.safe import print_lines
    from .rules import load_packs
    from .rules.describe import describe
    from .rules.loader import with_examples

    packs = load_packs(args.rules)
    found = {rule.id: rule for rule in with_examples(packs)}
    # As `explain` prints it: "related.label@de", "lines.repeated?".
    wanted = args.id.rstrip("?").partition("@")[0]
    if wanted in BUILT_IN:
        print_lines([f"{wanted}: {BUILT_IN[wanted]}", "  no rule of a pack: the engine's own"])
        return 0
    if wanted not in found:
        raise CleanerError(f"no rule {args.id!r}{_near(wanted, found)}")
    print_lines(describe(found[wanted], packs))
    return 0


def _near(wanted: str, known: Iterable[str]) -> str:
    near = [rule_id for rule_id in known if wanted in rule_id][:_MOST_NEAR]
    return f"; did you mean {', '.join(near)}?" if near else "; see cleaner rules list"


def _check(args: argparse.Namespace) -> int:
    from .explain.safe import print_lines
    from .prove import check

    report = check(args.paths)
    print_lines(report.lines())
    return 1 if report.problems else 0

"""The `cleaner` command. What a subcommand needs is imported when it runs."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import CleanerError

if TYPE_CHECKING:
    from .article import Article

STDIN = "-"
OK, FAILED, USAGE = 0, 1, 2
FORMS = ("text", "markdown", "json", "jsonl")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line; returns the exit code: 0, 1 where an input failed, 2 for usage
    (from argparse, which exits by itself)."""
    parser = _parser()
    args = parser.parse_args(argv)
    if sys.stdout.encoding and sys.stdout.encoding.lower() != "utf-8":
        # A C locale must not make an article unprintable.
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]  # a text stream on every platform that has a terminal
    try:
        code: int = args.run(args, parser)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of the pipe has left (`| head`): nothing more to say to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except CleanerError as error:
        _complain(str(error))
        return FAILED
    except KeyboardInterrupt:
        return 130
    return code


def _complain(message: str) -> None:
    from .explain.safe import printable

    print(f"cleaner: {printable(message)}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    from . import __version__

    parser = argparse.ArgumentParser(
        prog="cleaner",
        description="Clean web clips: the article, its captions and dates apart from it,"
        " and a reason for every block that was taken out.",
        epilog="example: cleaner clean page.html",
    )
    parser.add_argument("--version", action="version", version=f"cleaner {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _clean_parser(commands.add_parser("clean", help="clean clips", epilog=_CLEAN_EXAMPLE,
                                      formatter_class=argparse.RawDescriptionHelpFormatter))
    _explain_parser(commands.add_parser("explain", help="show every block and its reason",
                                        epilog="example: cleaner explain clip.txt"))
    rules = commands.add_parser("rules", help="list, show and check rules",
                                epilog="example: cleaner rules show ad.label")
    _rules_parser(rules)
    return parser


_CLEAN_EXAMPLE = """examples:
  cleaner clean page.html
  cleaner clean -f markdown -o cleaned/ *.html
  curl -s https://example.org/story | cleaner clean --kind html -"""


def _reading(parser: argparse.ArgumentParser) -> None:
    """The options of every command that reads clips."""
    parser.add_argument("--kind", default="auto", metavar="KIND",
                        help="auto (the default), text, markdown or html")
    parser.add_argument("--url", help="where the clip came from, for rules of one site")
    parser.add_argument("--rules", action="append", default=[], metavar="PATH", type=Path,
                        help="a rule pack of your own, or a folder of them; may be repeated")


def _clean_parser(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("inputs", nargs="*", metavar="FILE", help="clips; - or none: standard input")
    parser.add_argument("-f", "--form", choices=FORMS, default="text", help="what to write")
    parser.add_argument("-o", "--output", metavar="FILE|DIR",
                        help="where to write; with several clips a folder, made if missing")
    _reading(parser)
    parser.set_defaults(run=_clean)


def _explain_parser(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("input", nargs="?", default=STDIN, metavar="FILE")
    parser.add_argument("--json", action="store_true", help="the article with all decisions, as JSON")
    _reading(parser)
    parser.set_defaults(run=_explain)


def _rules_parser(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    show = commands.add_parser("show", help="one rule, with its examples",
                               epilog="example: cleaner rules show ad.label")
    show.add_argument("id", metavar="ID")
    show.set_defaults(run=_rules_show)
    listing = commands.add_parser("list", help="a line for each rule", epilog="example: cleaner rules list")
    listing.set_defaults(run=_rules_list)
    check = commands.add_parser(
        "check", help="run the examples of all rules, prove their conditions, time their patterns",
        epilog="example: cleaner rules check my-rules.toml")
    check.add_argument("paths", nargs="*", metavar="PATH", type=Path, help="packs of your own")
    check.set_defaults(run=_rules_check)
    for each in (show, listing):
        each.add_argument("--rules", action="append", default=[], metavar="PATH", type=Path,
                          help="a rule pack of your own")


# --- clean


def _clean(args: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    from .engine import Cleaner
    from .output import write_whole, written

    names = args.inputs or [STDIN]
    targets = _targets(names, args.output, args.form, parser)
    judge = Cleaner(rules=args.rules)
    code, lines = OK, []
    for name in names:
        try:
            article = judge.clean(_read(name), kind=args.kind, url=args.url)
            text = written(article, args.form, name)
            if targets is not None:
                write_whole(targets[name], text)
            elif args.output is not None:
                lines.append(text)
            else:
                _print(text, name if len(names) > 1 and args.form != "jsonl" else None)
        except CleanerError as error:
            _complain(str(error) if str(error).startswith(name) else f"{name}: {error}")
            code = FAILED
    if args.output is not None and targets is None:
        write_whole(Path(args.output), "".join(lines))
    return code


def _targets(
    names: Sequence[str], output: str | None, form: str, parser: argparse.ArgumentParser
) -> dict[str, Path] | None:
    """Where each input's article goes; None where all go to one place."""
    if output is None:
        return None
    folder = Path(output)
    if not (folder.is_dir() or output.endswith(("/", os.sep)) or (len(names) > 1 and form != "jsonl")):
        return {names[0]: folder} if form != "jsonl" else None
    from .output import SUFFIXES

    if folder.exists() and not folder.is_dir():
        parser.error(f"{output} is a file: several clips need a folder")
    targets = {}
    for name in names:
        stem = "stdin" if name == STDIN else Path(name).stem
        targets[name] = folder / (stem + SUFFIXES[form])
    if len(set(targets.values())) < len(names):
        parser.error("two of the clips have the same name: clean them into different folders")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        parser.error(f"{output}: cannot be made ({error.strerror})")
    return targets


def _read(name: str) -> bytes:
    from .errors import InputError

    try:
        return sys.stdin.buffer.read() if name == STDIN else Path(name).read_bytes()
    except OSError as error:
        raise InputError(f"{name}: cannot be read ({error.strerror})") from error


def _print(text: str, name: str | None) -> None:
    """Prints an article; on a terminal nothing that the terminal would obey."""
    if sys.stdout.isatty():
        from .explain.safe import printable

        text = printable(text, keep="\n\t")
        name = None if name is None else printable(name)
    if name is not None:
        sys.stdout.write(f"==> {name} <==\n")
    sys.stdout.write(text)


# --- explain


def _explain(args: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    from .engine import Cleaner
    from .explain import explain

    article: Article = Cleaner(rules=args.rules).clean(_read(args.input), args.kind, args.url)
    if args.json:
        print(article.to_json(indent=2))
        return OK
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    for line in explain(article, colour):
        print(line)
    return OK


# --- rules


def _rules_list(args: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    from .rules import load_packs
    from .rules.loader import with_examples

    for rule in with_examples(load_packs(args.rules)):
        print(f"{rule.id:30s} {rule.label.value:20s} {rule.strength:5s} {rule.origin:26s} {rule.because}")
    return OK


def _rules_show(args: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    from .rules import load_packs
    from .rules.describe import describe
    from .rules.loader import with_examples

    packs = load_packs(args.rules)
    found = {rule.id: rule for rule in with_examples(packs)}
    if args.id not in found:
        near = [rule_id for rule_id in found if args.id in rule_id]
        hint = f"; did you mean {', '.join(near[:5])}?" if near else "; see cleaner rules list"
        raise CleanerError(f"no rule {args.id!r}{hint}")
    _print_lines(describe(found[args.id], packs))
    return OK


def _rules_check(args: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    from .prove import check

    report = check(args.paths)
    _print_lines(report.lines())
    return FAILED if report.problems else OK


def _print_lines(lines: Iterator[str]) -> None:
    from .explain.safe import printable

    for line in lines:
        print(printable(line))

"""The `cleaner` command. What a subcommand needs is imported when it runs."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import CleanerError, InputError, UnknownKindError
from .thresholds import SETTINGS

if TYPE_CHECKING:
    from .article import Article
    from .engine import Cleaner
    from .isolated import IsolatedCleaner
    from .limits import Limits

STDIN = "-"
OK, FAILED, INTERRUPTED = 0, 1, 130
FORMS = ("text", "markdown", "json", "jsonl")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line; returns the exit code: 0, or 1 where something failed. Wrong
    usage ends the process with 2, from argparse."""
    _set_up_output()
    try:
        try:
            return _run(argv)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # The reader of the pipe has left (`| head`): nothing more to say to it.
        _drop_output()
        return OK
    except OSError as error:
        _drop_output()
        _complain(f"{error.filename or 'standard output'}: {error.strerror}")
        return FAILED


def _run(argv: Sequence[str] | None) -> int:
    args = _parser().parse_args(argv)
    try:
        code: int = args.run(args)
    except CleanerError as error:
        _complain(str(error))
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def _set_up_output() -> None:
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A C locale must not make an article unprintable.
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")


def _drop_output() -> None:
    """Lets what is still buffered go nowhere, so that Python does not stumble over it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(message: str) -> None:
    from .explain.safe import printable

    sys.stderr.write(f"cleaner: {printable(message)}\n")


# --- the parser


def _parser() -> argparse.ArgumentParser:
    from . import __version__
    from .batch.command import add_parser as add_batch_parser
    from .rules_command import add_parser as add_rules_parser
    from .training.command import add_parsers

    parser = argparse.ArgumentParser(
        prog="cleaner",
        description="Clean web clips: the article, its captions and dates apart from it,"
        " and a reason for every block that was taken out.",
        epilog="example: cleaner clean page.html",
    )
    parser.add_argument("--version", action="version", version=f"cleaner {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    clean = commands.add_parser(
        "clean",
        help="clean clips",
        epilog=_CLEAN_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _clean_parser(clean)
    add_batch_parser(commands, _judging)
    explain = commands.add_parser(
        "explain",
        help="show every block and its reason",
        epilog="example: cleaner explain clip.txt",
    )
    _explain_parser(explain)
    add_rules_parser(commands)
    add_parsers(commands)
    return parser


_CLEAN_EXAMPLES = """examples:
  cleaner clean page.html
  cleaner clean -f markdown -o cleaned/ *.html
  curl -s https://example.org/story | cleaner clean --kind html -"""


def _reading(parser: argparse.ArgumentParser) -> None:
    """The options of a command that reads clips one by one."""
    parser.add_argument("--url", help="where the clip came from, for rules of one site")
    _judging(parser)


def _judging(parser: argparse.ArgumentParser) -> None:
    """The options of every command that cleans."""
    parser.add_argument(
        "--kind", default="auto", metavar="KIND", help="auto (the default), text, markdown or html"
    )
    parser.add_argument(
        "--favor",
        choices=tuple(SETTINGS),
        default="balanced",
        help="rather lose text than keep chrome (precision), or the reverse (recall)",
    )
    model = parser.add_mutually_exclusive_group()
    model.add_argument("--model", metavar="MODEL", type=Path, help="a folder that train wrote")
    model.add_argument("--no-model", action="store_true", help="decide by rules alone")
    parser.add_argument(
        "--rules",
        action="append",
        default=[],
        metavar="PATH",
        type=Path,
        help="a rule pack of your own, or a folder of them; may be repeated",
    )


def _clean_parser(parser: argparse.ArgumentParser) -> None:
    from .batch.command import above_zero, whole_above_zero

    parser.add_argument(
        "inputs", nargs="*", metavar="FILE", help="clips; - or none: standard input"
    )
    parser.add_argument("-f", "--form", choices=FORMS, default="text", help="what to write")
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE|DIR",
        help="where to write; with several clips a folder, made if missing (jsonl: one file)",
    )
    parser.add_argument(
        "--seconds",
        type=above_zero,
        metavar="S",
        help="give up a clip that takes longer, in a process of its own",
    )
    parser.add_argument(
        "--max-mb", type=whole_above_zero, metavar="MB", help="refuse a larger clip (default: 64)"
    )
    _reading(parser)
    parser.set_defaults(run=_clean, error=parser.error)


def _explain_parser(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("input", nargs="?", default=STDIN, metavar="FILE")
    parser.add_argument(
        "--json", action="store_true", help="the article with all decisions, as JSON"
    )
    _reading(parser)
    parser.set_defaults(run=_explain, seconds=None, max_mb=None)


# --- clean


def _clean(args: argparse.Namespace) -> int:
    names: list[str] = args.inputs or [STDIN]
    if args.output is None and args.form == "json" and len(names) > 1:
        args.error("several clips are no single JSON: use -f jsonl, or -o with a folder")
    outlet = _Outlet(names, args)
    with contextlib.ExitStack() as stack:
        # A process of its own costs a second: it is for those who ask for a limit that holds.
        isolated = None if args.seconds is None else stack.enter_context(_isolated(args))
        judge = isolated or _cleaner(args)
        done = [_clean_one(name, judge, outlet, args) for name in names]
    outlet.close()
    return OK if all(done) else FAILED


def _cleaner(args: argparse.Namespace) -> Cleaner:
    """The cleaner that the options ask for. The rules' tables are 100,000 objects that live
    as long as the command: collecting garbage among them while they are read only costs."""
    import gc

    from .engine import Cleaner

    gc.disable()
    try:
        return Cleaner(
            args.rules,
            favor=args.favor,
            model=False if args.no_model else args.model,
            limits=_limits(args),
        )
    finally:
        gc.freeze()
        gc.enable()


def _isolated(args: argparse.Namespace) -> IsolatedCleaner:
    from .isolated import IsolatedCleaner

    return IsolatedCleaner(
        tuple(args.rules),
        favor=args.favor,
        model=False if args.no_model else args.model,
        limits=_limits(args),
    )


def _limits(args: argparse.Namespace) -> Limits:
    from .limits import Limits

    limits = Limits()
    if args.seconds is not None:
        limits = replace(limits, seconds=args.seconds)
    if args.max_mb is not None:
        limits = replace(limits, input_bytes=args.max_mb << 20)
    return limits


def _clean_one(
    name: str, judge: Cleaner | IsolatedCleaner, outlet: _Outlet, args: argparse.Namespace
) -> bool:
    """Cleans one clip, or all pages of an archive; False, and a line that says why, where that
    fails."""
    try:
        archive = sys.stdin.buffer if name == STDIN else name
        pages = judge.clean_archive(archive, args.kind, args.url)
        for number, (article, last) in enumerate(_with_last(pages), 1):
            _clean_page(article, name, outlet, args, None if last and number == 1 else number)
    except UnknownKindError:
        raise  # it would be the same for every clip
    except CleanerError as error:
        _complain(_named(name, str(error)))
        return False
    return True


def _clean_page(
    article: Article, name: str, outlet: _Outlet, args: argparse.Namespace, number: int | None
) -> None:
    """Writes one article; `number` counts those of an archive of several pages."""
    from .output import written

    for note in article.origin.notes if article.origin else ():
        _complain(_named(name, note))
    outlet.put(name, written(article, args.form, name), number)


def _named(name: str, message: str) -> str:
    return message if message.startswith(name) else f"{name}: {message}"


def _with_last(articles: Iterable[Article]) -> Iterator[tuple[Article, bool]]:
    """Each article with whether it is the last. What fails behind an article fails after it."""
    rest = iter(articles)
    held = next(rest, None)
    while held is not None:
        problem: CleanerError | None = None
        try:
            following = next(rest, None)
        except CleanerError as error:
            following, problem = None, error
        yield held, following is None
        if problem is not None:
            raise problem
        held = following


class _Outlet:
    """Where articles go: a file for each in a folder, all into one file, or standard output."""

    def __init__(self, names: Sequence[str], args: argparse.Namespace) -> None:
        self._targets = _targets(names, args)
        self._file = args.output
        # JSON lines say themselves which clip they are of.
        self._headed = len(names) > 1 and args.form != "jsonl"
        self._form = args.form
        self._taken = {Path(name).resolve() for name in names if name != STDIN}
        self._taken |= {target.resolve() for target in self._targets.values()}
        self._written = 0
        self._gathered: list[str] = []

    def put(self, name: str, text: str, number: int | None = None) -> None:
        """Takes the article of the clip called `name`; of an archive the one of a page."""
        from .output import write_whole

        if self._form == "json" and number is not None and not self._targets:
            raise InputError("several pages are no single JSON: use -f jsonl, or -o with a folder")
        if self._targets:
            write_whole(self._place(name, number), text)
        elif self._file is not None:
            self._gathered.append(text)
        else:
            headed = self._headed or (number is not None and self._form != "jsonl")
            _print(text, _heading(name, self._written, number) if headed else "")
        self._written += 1

    def _place(self, name: str, number: int | None) -> Path:
        """The file for an article. An archive's page may meet what has that name already."""
        target = self._targets[name]
        if number is None:
            return target
        target = target.with_stem(f"{target.stem}-{number:04d}")
        if target.resolve() in self._taken:
            raise InputError(f"{target} is another clip, or another's: choose another folder")
        return target

    def close(self) -> None:
        """Writes what was gathered for one file."""
        from .output import write_whole

        if self._gathered:
            write_whole(Path(self._file), "".join(self._gathered))


def _targets(names: Sequence[str], args: argparse.Namespace) -> dict[str, Path]:
    """Where each input's article goes; empty where all go to one place."""
    from .output import SUFFIXES

    if args.output is None:
        return {}
    folder = Path(args.output)
    several = len(names) > 1 and args.form != "jsonl"
    if not (several or folder.is_dir() or args.output.endswith(("/", os.sep))):
        return {}
    inputs = {Path(name).resolve() for name in names if name != STDIN}
    targets: dict[str, Path] = {}
    for name in names:
        stem = "stdin" if name == STDIN else Path(name).stem
        target = folder / (stem + SUFFIXES[args.form])
        if target.resolve() in inputs:
            args.error(f"{target} is a clip itself: choose another folder")
        if target in targets.values():
            args.error(f"{target} would be written twice: clean into different folders")
        targets[name] = target
    _make(folder)
    return targets


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = "not a folder" if folder.exists() else error.strerror
        raise InputError(f"{folder}: cannot be written into ({reason})") from error


def _read(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == STDIN else Path(name).read_bytes()
    except OSError as error:
        raise InputError(f"{name}: cannot be read ({error.strerror})") from error


def _heading(name: str, written: int, number: int | None = None) -> str:
    """What stands over each of several articles on one output, as `head` does it."""
    from .explain.safe import printable

    shown = "standard input" if name == STDIN else printable(name)
    page = "" if number is None else f", page {number}"
    return ("\n" if written else "") + f"==> {shown}{page} <==\n"


def _print(text: str, heading: str = "") -> None:
    """Prints an article; on a terminal nothing that the terminal would obey."""
    if sys.stdout.isatty():
        from .explain.safe import printable

        text = printable(text, keep="\n\t")
    sys.stdout.write(heading + text)


# --- explain


def _explain(args: argparse.Namespace) -> int:
    from .explain import explain
    from .output import written

    article = _cleaner(args).explain(_read(args.input), args.kind, args.url)
    if args.json:
        _print(written(article, "json"))
        return OK
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    sys.stdout.writelines(f"{line}\n" for line in explain(article, colour))
    return OK

"""The command `cleaner batch`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from ..errors import InputError
from ..limits import Limits
from .packing import bare_name
from .settings import MIB, Columns, Form, Settings, WorkSettings

if TYPE_CHECKING:
    from .runner import Summary

_EXAMPLES = """Rows are JSON lines, CSV, Parquet; each input may be packed (.gz, .zst). Other
files are one document each. A folder is searched for documents, rows and archives by suffix.

examples:
  cleaner batch pages/ -o cleaned/ --form markdown
  cleaner batch crawl-*.jsonl.gz -o articles.jsonl.zst --id-column doc_id --report report.html
  cleaner batch 'saved/**/*.html' -o articles.parquet --workers 8
  zcat crawl.jsonl.gz | cleaner batch - -o articles.jsonl --resume"""


def add_parser(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    judging: Callable[[argparse.ArgumentParser], None],
) -> None:
    """Adds the command to the parser of `cleaner`; `judging` adds the options about how a clip
    is judged, which it shares with other commands."""
    parser = commands.add_parser(
        "batch",
        help="clean any number of documents, on all processors",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "inputs", nargs="+", metavar="INPUT",
        help="files, folders, quoted patterns ('a/**/*.html'), or - for JSON lines on standard"
        " input",
    )  # fmt: skip
    parser.add_argument(
        "-o", "--output", required=True, metavar="OUTPUT", type=Path,
        help="NAME.jsonl (also .gz, .zst), NAME.parquet, or a folder: a file for each document",
    )  # fmt: skip
    parser.add_argument(
        "-f", "--form", choices=get_args(Form),
        help="what to write (default: by the output's suffix; in a folder json)",
    )  # fmt: skip
    parser.add_argument(
        "--fields", metavar="NAME,...", type=lambda text: tuple(text.split(",")),
        help="the article's fields that rows and JSON hold, such as text,title,captions"
        " (default: all); others are not worked out",
    )  # fmt: skip
    _running(parser)
    for name, meaning in (("text", "the clip"), ("url", "its URL"), ("id", "its name")):
        parser.add_argument(f"--{name}-column", metavar="NAME", help=f"the column with {meaning}")
    judging(parser)
    parser.set_defaults(run=run_batch)


def _running(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--workers",
        type=whole_above_zero,
        default=0,
        metavar="N",
        help="processes (default: one a core)",
    )
    parser.add_argument(
        "--resume", action="store_true", help="go on where an interrupted run stopped, if one did"
    )
    parser.add_argument(
        "--errors", type=Path, metavar="FILE",
        help="documents that failed, as JSON lines (default: OUTPUT.errors.jsonl)",
    )  # fmt: skip
    parser.add_argument("--report", type=Path, metavar="FILE", help="a page of figures, HTML")
    parser.add_argument(
        "--seconds", type=above_zero, default=Limits.seconds, metavar="S",
        help="a document that takes longer is given up (default: 60)",
    )  # fmt: skip
    parser.add_argument(
        "--max-mb", type=whole_above_zero, default=Limits.input_bytes // MIB, metavar="MB",
        help="a document that is larger, unpacked, is refused (default: 64)",
    )  # fmt: skip
    parser.add_argument(
        "--checkpoint", type=above_zero, default=5.0, metavar="S",
        help="how often what is done is made safe for --resume (default: 5)",
    )  # fmt: skip


def whole_above_zero(text: str) -> int:
    """An option's value; an error of the parser's for another."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def above_zero(text: str) -> float:
    """An option's value; an error of the parser's for another."""
    number = float(text)
    if not number > 0:
        raise argparse.ArgumentTypeError("more than 0")
    return number


def run_batch(args: argparse.Namespace) -> int:
    """Runs the batch; says what came of it. 1 where a document failed."""
    from ..explain.safe import printable
    from .runner import run

    settings = _settings(args)
    try:
        summary = run(settings)
    except KeyboardInterrupt:
        sys.stderr.write("cleaner: interrupted; what is done is kept for --resume\n")
        raise
    sys.stderr.writelines(f"cleaner: {printable(line)}\n" for line in _said(summary, settings))
    return 1 if summary.failed else 0


def _settings(args: argparse.Namespace) -> Settings:
    form = args.form or _form_of(args.output)
    work = WorkSettings(
        form=form,
        fields=_fields(args.fields, form),
        kind=args.kind,
        columns=Columns(args.text_column, args.url_column, args.id_column),
        favor=args.favor,
        model=False if args.no_model else args.model,
        rules=tuple(args.rules),
        seconds=args.seconds,
        max_bytes=args.max_mb * MIB,
        reported=args.report is not None,
    )
    return Settings(
        inputs=args.inputs,
        output=args.output,
        work=work,
        workers=args.workers,
        resume=args.resume,
        errors=args.errors,
        report=args.report,
        checkpoint=args.checkpoint,
    )


def _fields(names: tuple[str, ...] | None, form: Form) -> tuple[str, ...] | None:
    """Raises `InputError` for fields that there are not, or that the form has no place for."""
    from ..article import article_schema

    if names is None:
        return None
    if form in ("text", "markdown"):
        raise InputError(f"--fields: {form} has no fields")
    known = article_schema()["properties"]
    if unknown := [name for name in names if name not in known]:
        raise InputError(f"--fields: no field {unknown[0]!r}: give of {', '.join(known)}")
    return names


def _form_of(output: Path) -> Form:
    """The form that the output's name asks for. Raises `InputError` for a file's name that
    says none."""
    suffix = Path(bare_name(output.name)).suffix.lower()
    if suffix in (".jsonl", ".ndjson"):
        return "jsonl"
    if suffix in (".parquet", ".pq"):
        return "parquet"
    if output.is_file() or output.name != bare_name(output.name):
        raise InputError(f"{output}: name it .jsonl or .parquet, or a folder, or give --form")
    return "json"


def _said(summary: Summary, settings: Settings) -> list[str]:
    """What is printed at the end."""
    rate = summary.documents / summary.seconds if summary.seconds else 0.0
    lines = [
        f"{summary.documents:,} in = {summary.written:,} out + {summary.failed:,} errors"
        f" ({summary.seconds:,.1f} s, {rate:,.1f}/s): {settings.output}"
    ]
    if summary.failed:
        lines.append(f"errors: {settings.errors_path}")
    if summary.skipped:
        lines.append(
            f"{summary.skipped:,} files were passed over: their suffix is no document's; a"
            f" pattern takes them ({os.path.join('FOLDER', '**')!r})"  # noqa: PTH118  # only shown
        )
    if settings.report is not None:
        lines.append(f"report: {settings.report}")
    return lines

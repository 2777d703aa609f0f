"""The commands `cleaner train` and `cleaner evaluate`. What they run on is imported when they
run: the command line of a one-shot clean does not wait for it."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..errors import InputError
from ..thresholds import SETTINGS

DATA_HELP = """DATA is one or more files of JSON lines, plain or packed (.gz, .xz, .bz2).
A line holds
  html, text or lines   the clip (lines: a list, with blank_before, empty lines before each)
  gold                  its main text; or sections: a list of {headline: [], paragraphs: []}
  labels                for lines: body, noise, title, caption, credit or ambiguous, each
  kind                  "markdown" for a text that is markdown
  url, site, publisher  where it came from: clips of one site stay in one fold
and, where known, id, title, captions, type, style, lang, set. A page's html with its gold text is
enough: blocks are aligned with the gold."""


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds both commands to the parser of `cleaner`."""
    train = commands.add_parser(
        "train",
        help="train the classifier on labelled clips of your own",
        epilog=f"{DATA_HELP}\n\nexample: cleaner train pages.jsonl.gz -o my-model/",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _data(train)
    train.add_argument(
        "-o", "--output", required=True, metavar="MODEL", type=Path,
        help="a folder for the models and their card; made if missing",
    )  # fmt: skip
    train.add_argument(
        "--folds", type=int, default=5, help="folds of the cross-validation; 0: none"
    )
    train.add_argument("--seed", type=int, default=1, help="of the random numbers")
    train.add_argument(
        "--epochs", type=int, default=0, help="passes over the data (default: 7 pages, 4 dumps)"
    )
    train.add_argument("--licence", default="not stated", help="of the data, for the card")
    train.add_argument(
        "--notes", type=Path, metavar="FILE", help="markdown that is put at the card's end"
    )
    train.set_defaults(run=run_train)
    evaluate = commands.add_parser(
        "evaluate",
        help="measure the cleaner on labelled clips",
        epilog=f"{DATA_HELP}\n\nexample: cleaner evaluate pages.jsonl.gz --peers",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _data(evaluate)
    evaluate.add_argument(
        "--model", metavar="MODEL", type=Path, help="a folder that train wrote; else what ships"
    )
    evaluate.add_argument(
        "--folds", action="store_true",
        help="judge each clip with the model of MODEL's folds that has not seen its site",
    )  # fmt: skip
    evaluate.add_argument(
        "--favor", choices=tuple(SETTINGS), default="balanced", help="as `cleaner clean` has it"
    )
    evaluate.add_argument("--every", type=int, default=1, metavar="N", help="each N-th clip only")
    evaluate.add_argument(
        "--peers", action="store_true", help="trafilatura, resiliparse and jusText beside it"
    )
    evaluate.set_defaults(run=run_evaluate)


def _data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("data", nargs="+", metavar="DATA", type=Path, help="labelled clips")


def run_train(args: argparse.Namespace) -> int:
    """Trains; prints the figures."""
    from ..explain.safe import print_lines
    from .learning import Settings
    from .report import summary
    from .train import train

    if args.epochs < 0:
        raise InputError("--epochs is not negative")
    if args.folds < 0 or args.folds == 1:
        raise InputError("--folds is 0 for none, or 2 and more")
    notes = _text(args.notes) if args.notes else ""
    settings = Settings(epochs=args.epochs, seed=args.seed)
    for found in train(args.data, args.output, args.folds, settings, args.licence, notes):
        print_lines(summary(found))
    print_lines([f"{args.output}: models written, each with its card"])
    return 0


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error})") from error


def run_evaluate(args: argparse.Namespace) -> int:
    """Measures; prints the tables as markdown."""
    from ..engine import Cleaner
    from ..explain.safe import print_lines
    from .data import read_rows
    from .report import report
    from .train import fold_judge, progress_bar

    if args.every < 1:
        raise InputError("--every is 1 or more")
    if args.folds:
        if args.model is None:
            raise InputError("--folds needs --model: the models that ship have no folds")
        judge = fold_judge(args.model, args.favor)
        # A kind of clip without folds is told of now, not after the others were measured.
        for row in read_rows(args.data, args.every):
            judge(row)
    else:
        one = Cleaner(model=args.model, favor=args.favor)

        def judge(_row: object) -> Cleaner:
            return one

    rows = progress_bar(read_rows(args.data, args.every), "measuring")
    found = report(rows, judge, args.peers)
    if not found.clips:
        raise InputError("no labelled clip: see cleaner evaluate --help for the format")
    print_lines((*found.lines(), "", *found.speed()))
    return 0

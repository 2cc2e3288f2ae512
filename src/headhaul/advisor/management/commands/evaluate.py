"""headhaul evaluate leads"""

from __future__ import annotations

import json
from argparse import RawDescriptionHelpFormatter
from dataclasses import asdict
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

if TYPE_CHECKING:
    from headhaul.advisor.leads.evaluation import Evaluation, FromFew
    from headhaul.advisor.leads.files import Asked, Read
    from headhaul.advisor.leads.measures import Measures


class Command(BaseCommand):
    """Works on a file; asks no database."""

    help = "Measure what the lead score's learning makes of a CSV of leads with outcomes."
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        from headhaul.advisor.leads.files import ROLE_RULE

        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = fill(ROLE_RULE, 100)
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["leads"])
        parser.add_argument("file", type=Path, help="CSV, plain or gzip, with a head")
        parser.add_argument("--label", default="", metavar="COL", help="the column of the outcome")
        parser.add_argument("--positive", default="", metavar="VALUE", help="what counts as won in it")
        parser.add_argument("--time", default="", metavar="COL", help="when a lead came in, or a running number")
        parser.add_argument("--group", default="", metavar="COL", help="leads of one group are not independent")
        parser.add_argument("--leave-out", nargs="+", action="extend", default=[], metavar="COL", help="not known then")
        parser.add_argument("--only", nargs="+", action="extend", default=[], metavar="COL", help="use these alone")
        parser.add_argument("--number", nargs="+", action="extend", default=[], metavar="COL", help="read as numbers")
        parser.add_argument("--category", nargs="+", action="extend", default=[], metavar="COL", help="read as words")
        parser.add_argument(
            "--horizon",
            type=float,
            metavar="DAYS",
            help="won within so many days (or units of --time); younger: left out",
        )
        parser.add_argument("--outcome-time", default="", metavar="COL", help="when it was won; with --horizon")
        parser.add_argument("--as-of", default="", metavar="DATE", help="what is today (default: the newest lead)")
        parser.add_argument(
            "--held-out", type=Path, metavar="FILE", help="measure on these leads, learn from all of FILE"
        )
        parser.add_argument(
            "--points", action="append", default=[], metavar="COL=N", help="documented points of a number; repeatable"
        )
        parser.add_argument("--draws", type=int, default=20, help="random draws for each small number (default: 20)")
        parser.add_argument("--few", type=int, nargs="+", default=[25, 100, 500], metavar="N", help="small numbers")
        parser.add_argument("--seed", type=int, default=7, help="same seed, same figures (default: 7)")
        parser.add_argument("--json", action="store_true", help="print figures as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        from headhaul.advisor.leads import evaluation, files
        from headhaul.kernel import AppError

        if options["draws"] < 1 or min(options["few"]) < 1:
            raise CommandError("--draws and --few take numbers of 1 or more.")
        try:
            asked = _asked(options)
            leads = files.read(options["file"], asked)
            test = files.read(options["held_out"], asked) if options["held_out"] else None
            found = evaluation.evaluate(
                leads=leads.table,
                test=_alike(test, leads) if test else None,
                points=_points(options["points"]),
                draws=options["draws"],
                few=tuple(options["few"]),
                seed=options["seed"],
            )
        except AppError as refusal:
            details = "".join(f"\n  {field}: {text}" for field, text in refusal.fields.items())
            raise CommandError(refusal.message + details) from refusal
        if options["json"]:
            self.stdout.write(json.dumps(_plain(found), indent=2))
        else:
            self.stdout.write("\n".join(_said(leads, found)))


def _asked(options: dict[str, Any]) -> Asked:
    from headhaul.advisor.leads import files

    try:
        as_of = files.day(options["as_of"]) if options["as_of"] else None
    except ValueError as problem:
        raise CommandError("--as-of takes a day as YYYY-MM-DD.") from problem
    return files.Asked(
        label=options["label"],
        positive=options["positive"],
        time=options["time"],
        group=options["group"],
        outcome_time=options["outcome_time"],
        leave_out=tuple(options["leave_out"]),
        only=tuple(options["only"]),
        numbers=tuple(options["number"]),
        categories=tuple(options["category"]),
        horizon=options["horizon"],
        as_of=as_of,
    )


def _points(given: list[str]) -> dict[str, float] | None:
    pairs = [pair.rpartition("=") for pair in given]
    try:
        points = {name: float(number) for name, _, number in pairs}
    except ValueError as problem:
        raise CommandError("--points takes COL=N, for example --points 'Pages viewed=30'") from problem
    if any(not name or point <= 0 for name, point in points.items()):
        raise CommandError("--points takes COL=N with N above 0.")
    return points or None


def _alike(test: Read, leads: Read) -> Any:
    """The held-out leads with the same columns, read in the same way."""
    from headhaul.advisor.leads.tables import Column, Kind, Table, number_of

    found = {column.name: column for column in test.table.columns}
    columns = []
    for like in leads.table.columns:
        mine = found.get(like.name)
        if mine is None:
            raise CommandError(f"The held-out file has no usable column “{like.name}”; --leave-out it.")
        if mine.kind is not like.kind:
            if like.kind is Kind.CATEGORY:
                raise CommandError(f"“{like.name}” holds words in one file, numbers in the other; say --category.")
            import numpy as np

            numbers = np.array([number_of(word) if word is not None else np.nan for word in mine.words])
            mine = Column(like.name, like.kind, numbers, ())
        columns.append(mine)
    return Table(tuple(columns), test.table.outcome, test.table.time, test.table.group)


def _said(leads: Read, found: Evaluation) -> list[str]:
    table = leads.table
    lines = [f"{len(table):,} leads, {table.won:,} won ({table.won / max(1, len(table)):.1%}); time: {leads.time}."]
    lines += leads.notes
    kinds: dict[str, list[str]] = {}
    for column in table.columns:
        kinds.setdefault(column.kind.value, []).append(column.name)
    lines += [f"  {kind}: {', '.join(names)}" for kind, names in kinds.items()]
    reasons: dict[str, list[str]] = {}
    for name, why in leads.left_out.items():
        reasons.setdefault(why, []).append(name)
    lines += [f"  left out, {why}: {', '.join(names)}" for why, names in reasons.items()]
    if found.refusal:
        return [*lines, "", found.refusal, "The documented weights stay."]
    lines += ["", f"Learnt from the oldest {found.learnt_from:,}, measured on the newest {found.tested_on:,}:"]
    lines += [f"{'':<36}  base    AUC  PR-AUC log loss  Brier    ECE  slope"]
    lines += [f"{row.name:<36} {_figures(row.measures)}" for row in found.rows]
    if found.verdict:
        lines += [
            "",
            "The gate, asked with the older leads alone: " + ("adopts." if found.verdict.is_adopted else "keeps."),
        ]
        lines += [f"  {why}" for why in found.verdict.why]
    if found.few:
        lines += ["", "From few outcomes (what the gate serves; log loss on the newest, over random draws):"]
        lines += ["     n  draws  documented    mean      sd   worst  draws worse    AUC  served"]
        lines += [_few(each) for each in found.few]
    if found.suspects:
        named = ", ".join(f"{name} (AUC {auc:.2f} alone)" for name, auc in found.suspects)
        lines += ["", f"Ask whether these are known when a lead comes in, else --leave-out them: {named}."]
    return lines


def _figures(measured: Measures) -> str:
    def figure(value: float | None, width: int, digits: int) -> str:
        return f"{'-' if value is None else format(value, f'.{digits}f'):>{width}}"

    return (
        f"{figure(measured.base_rate, 6, 3)} {figure(measured.auc, 6, 3)} {figure(measured.pr_auc, 7, 3)} "
        f"{figure(measured.log_loss, 8, 4)} {figure(measured.brier, 6, 4)} {figure(measured.ece, 6, 3)} "
        f"{figure(measured.slope, 6, 2)}"
    )


def _few(each: FromFew) -> str:
    served = ", ".join(f"{name.lower()} {many}" for name, many in each.served.items())
    return (
        f"{each.n:>6,} {each.draws:>6} {each.prior:>11.4f} {each.mean:>7.4f} {each.sd:>7.4f} {each.worst:>7.4f} "
        f"{each.worse:>12} {each.auc:>6.3f}  {served}"
    )


def _plain(found: Evaluation) -> dict[str, Any]:
    return {
        "learntFrom": found.learnt_from,
        "testedOn": found.tested_on,
        "rung": found.rung,
        "refusal": found.refusal,
        "rows": [{"name": row.name} | asdict(row.measures) for row in found.rows],
        "adopts": found.verdict.is_adopted if found.verdict else False,
        "why": found.verdict.why if found.verdict else [],
        "few": [asdict(each) for each in found.few],
        "suspects": [{"column": name, "auc": auc} for name, auc in found.suspects],
    }

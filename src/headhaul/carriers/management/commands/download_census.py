"""headhaul download_census"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from headhaul.carriers.gateways.open_data import DATASETS, Downloaded, OpenData, OpenDataSettings


class Command(BaseCommand):
    """An interrupted download goes on where it stopped, when the portal can do that."""

    help = "Fetch a census file from the Department of Transportation's open data."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        known = ", ".join(f"{name} ({dataset})" for name, dataset in DATASETS.items())
        parser.add_argument("dataset", nargs="?", default="company", help=f"{known}, or any dataset id")
        parser.add_argument("--into", type=Path, help="folder (HEADHAUL_HOME/downloads)")

    def handle(self, *args: Any, **options: Any) -> None:
        dataset = DATASETS.get(options["dataset"], options["dataset"])
        folder = options["into"] or settings.HEADHAUL_HOME / "downloads"
        portal = OpenData(
            OpenDataSettings(base_url=settings.FMCSA_OPEN_DATA_URL, app_token=settings.FMCSA_OPEN_DATA_TOKEN)
        )
        try:
            got = self._fetch(portal, dataset, folder)
        finally:
            portal.close()
        published = f", published {got.published_at:%Y-%m-%d}" if got.published_at else ""
        self.stdout.write(f"{got.path}: {got.shape.rows:,} rows, {got.size / 1e6:,.1f} MB{published}")
        self.stdout.write(f"Next: headhaul import_carriers {got.path}")

    def _fetch(self, portal: OpenData, dataset: str, folder: Path) -> Downloaded:
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task(dataset, total=None)
            return portal.fetch(
                dataset,
                into=folder,
                progress=lambda done, total: progress.update(task, completed=done, total=total),
            )

"""What the command line says of an import."""

from __future__ import annotations

from headhaul.carriers.models import ImportRun


def summary(run: ImportRun) -> str:
    """Counts that add up, remarks, and where the refused rows are listed."""
    counts = {
        "new": run.inserted,
        "updated": run.updated,
        "unchanged": run.unchanged,
        "older than what is known": run.older,
        "duplicates": run.duplicates,
        "rejected": run.rejected,
        "removed": run.removed,
    }
    said = ", ".join(f"{count:,} {word}" for word, count in counts.items() if count or word == "new")
    lines = [f"{run.file_name}: {run.rows_read:,} rows as of {run.source_date}: {said}.", *run.notes]
    if run.rejects_path:
        lines.append(f"Rows that were not taken: {run.rejects_path}")
    return "\n".join(lines)

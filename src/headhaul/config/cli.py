"""The command line. Every command is a Django management command of a room; this lists and starts them."""

from __future__ import annotations

import ast
import difflib
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from headhaul.config.places import PACKAGE

ROOM_TITLES = {
    "config": "Run and keep",
    "carriers": "Carriers and drivers",
    "nightly": "The night",
    "accounts": "Accounts",
    "actions": "Actions and audit",
    "security": "People and tokens",
    "api": "Interfaces",
}
DJANGO_COMMANDS = {
    "migrate": "Bring the database to this version's schema.",
    "check": "Check the settings for mistakes; --deploy for those that matter in production.",
    "shell": "A Python prompt with everything loaded.",
}


@dataclass(frozen=True, slots=True)
class Command:
    """A command as the list shows it."""

    name: str
    group: str
    help: str


def commands() -> list[Command]:
    """Ours, found without loading Django, and the few of Django's that an operator needs."""
    ours = [_described(path) for path in sorted(PACKAGE.glob("**/management/commands/[a-z]*.py"))]
    return ours + [Command(name, "Database and Django", text) for name, text in DJANGO_COMMANDS.items()]


def _described(path: Path) -> Command:
    room = path.relative_to(PACKAGE).parts[0]
    return Command(path.stem, ROOM_TITLES.get(room, room.capitalize()), _help_of(path))


def _help_of(path: Path) -> str:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "help" for target in node.targets):
            try:
                return str(ast.literal_eval(node.value)).strip().splitlines()[0]
            except ValueError:
                return ""
    return ""


def overview() -> str:
    """What `headhaul --help` prints."""
    found = commands()
    titles = [*ROOM_TITLES.values(), *sorted({each.group for each in found})]
    width = max(len(each.name) for each in found)
    lines = ["headhaul <command> [options]      (headhaul <command> --help tells more)"]
    for title in dict.fromkeys(titles):
        members = [each for each in found if each.group == title]
        if members:
            lines += ["", title, *(f"  {each.name:<{width}}  {each.help}" for each in members)]
    return "\n".join(lines)


def _unknown(name: str) -> str | None:
    """What to say about a command that does not exist; None if it does."""
    from django.core.management import get_commands

    known = {each.name for each in commands()} | set(get_commands())
    if name in known:
        return None
    near = difflib.get_close_matches(name, known, n=3)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    return f"headhaul: there is no command '{name}'.{hint} See headhaul --help."


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit code. Mistakes of the operator are answered in a sentence, not a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "headhaul.config.settings")
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # threads of one small fit wait for each other on a busy machine
    given = sys.argv[1:] if arguments is None else arguments
    if not given or given[0] in ("-h", "--help", "help"):
        print(overview())
        return 0
    if given[0] == "--version":
        from importlib.metadata import version

        print(version("headhaul"))
        return 0
    return _run(given)


def _run(given: list[str]) -> int:
    from headhaul.config.embedded_postgres.layout import EmbeddedPostgresError
    from headhaul.config.env import SettingError
    from headhaul.kernel import AppError

    try:
        import django
        from django.core.management import execute_from_command_line

        django.setup()
        if complaint := _unknown(given[0]):
            print(complaint, file=sys.stderr)
            return 2
        execute_from_command_line(["headhaul", *given])
    except (SettingError, EmbeddedPostgresError) as problem:
        print(f"headhaul: {problem}", file=sys.stderr)
        return 1
    except AppError as problem:
        details = "".join(f"\n  {field}: {text}" for field, text in problem.fields.items())
        print(f"headhaul: {problem.message}{details}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""One user of each role to try the product with, all with one password."""

from __future__ import annotations

import os
import secrets
from datetime import datetime
from pathlib import Path

from django.conf import settings

from headhaul.kernel import Role
from headhaul.security.models import User

DOMAIN = "demo.headhaul.example"
PEOPLE = (
    ("vera", "Vera Vance", Role.VIEWER),
    ("rosa", "Rosa Reyes", Role.REP),
    ("max", "Max Moreno", Role.MANAGER),
    ("ada", "Ada Abara", Role.ADMIN),
)


def password() -> str:
    """The one that is set, or one made once and kept where only the operator can read it."""
    if settings.DEMO_PASSWORD:
        return str(settings.DEMO_PASSWORD)
    path = Path(settings.HEADHAUL_HOME) / "demo-password"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = path.with_name(f".demo-password-{os.getpid()}")
        with open(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write("-".join(secrets.token_hex(2) for _ in range(4)))
        made.replace(path)
    return path.read_text(encoding="utf-8").strip()


def make(*, at: datetime) -> int:
    """Add those who are missing. The operator chose the password, so its strength is not judged."""
    made = 0
    for word, name, role in PEOPLE:
        email = f"{word}@{DOMAIN}"
        if not User.objects.filter(email=email).exists():
            User.objects.create_user(email, password(), name=name, role=role, joined_at=at)
            made += 1
    return made


def sign_ins() -> list[tuple[str, str, str]]:
    """(role, e-mail, password) of those who can sign in so; a password they changed is theirs alone.

    When another password is set in the environment since, it becomes theirs.
    """
    known = password()
    shown = []
    for word, _, role in PEOPLE:
        user = User.objects.filter(email=f"{word}@{DOMAIN}", is_active=True).first()
        if user is None:
            continue
        if settings.DEMO_PASSWORD and not user.check_password(known):
            user.set_password(known)
            user.save(update_fields=["password"])
        if user.check_password(known):
            shown.append((role.value, user.email, known))
    return shown

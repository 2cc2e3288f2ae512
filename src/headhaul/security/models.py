"""Users, who sign in by e-mail, and the API tokens that act for them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.db.models.functions import Lower, Now

from headhaul.kernel import Role
from headhaul.kernel.roles import role_of_site

ROLE_CHOICES = [(role.value, role.value.capitalize()) for role in Role]


class Team(models.Model):
    """People who work accounts together and, by setting, see each other's."""

    name = models.CharField(max_length=80)
    lead = models.ForeignKey("User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    is_active = models.BooleanField(default=True)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), name="team_name_is_unique"),
            CheckConstraint(condition=~Q(name=""), name="team_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Makes users whose e-mail is kept in one spelling."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Save a user; without a password nobody can sign in until one is set."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """Sign-in does not care about capitals."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A person who signs in. Without a role, own or mapped from an outer site, they may do nothing at all."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=150, blank=True)
    role = models.CharField(max_length=16, choices=ROLE_CHOICES, null=True, blank=True)  # noqa: DJ001
    site_role = models.CharField(max_length=64, blank=True)
    timezone = models.CharField(max_length=64, default="UTC")
    is_active = models.BooleanField(default=True)
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="members")
    joined_at = models.DateTimeField(db_default=Now(), editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(email=Lower(F("email"))), name="user_email_is_lower_case"),
            CheckConstraint(
                condition=Q(role__isnull=True) | Q(role__in=[role.value for role in Role]),
                name="user_role_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the e-mail in one spelling, whoever writes it."""
        self.email = self.email.strip().lower()
        super().save(*args, **kwargs)

    @property
    def effective_role(self) -> Role | None:
        """The own role, or else the one an outer site's role maps to, or none."""
        return Role(self.role) if self.role else role_of_site(self.site_role)

    def get_full_name(self) -> str:
        """The name, or the e-mail where none was given."""
        return self.name or self.email

    get_short_name = get_full_name


class ApiToken(models.Model):
    """A key by which a program acts for a user. Only its SHA-256 is kept; the key itself is shown once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12)
    digest = models.BinaryField(max_length=32, unique=True)
    scopes = ArrayField(models.CharField(max_length=60), null=True, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="token_expires_after_it_was_made"),
        ]
        indexes = [models.Index(fields=["-id"], name="token_newest_first")]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def is_live(self, *, at: datetime) -> bool:
        """Whether the token itself still opens the door; its user is asked separately."""
        return self.revoked_at is None and at < self.expires_at

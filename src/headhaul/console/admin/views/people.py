"""Who may sign in, as what."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from headhaul.console.ui.bridge import perform, remember_toast, render, run, wants_fragment
from headhaul.kernel import AppError, Conflict, InvalidData, Role

ROLES = {role.value: role.value.capitalize() for role in Role}
FIELDS = ("email", "name", "role", "timezone", "password")


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """Everybody, or those who match. With a cursor, the rows after it."""
    chosen = {name: request.GET.get(name, "") for name in ("search", "role")}
    cursor = request.GET.get("cursor")
    context = {"people": run(request, "listUsers", cursor=cursor, **chosen), "chosen": chosen, "roles": ROLES}
    if wants_fragment(request):
        return render(request, f"console_admin/_people{'_rows' if cursor else ''}.html", context)
    return render(request, "console_admin/people.html", context)


@login_required
def create(request: HttpRequest) -> HttpResponse:
    """The form; then the person, with the link by which they set their password. It is shown this once."""
    typed = {name: request.POST.get(name, "") for name in FIELDS} | {"role": request.POST.get("role", "rep")}
    refusal: AppError | None = None
    made = None
    if request.method == "POST":
        try:
            made = run(request, "createUser", **typed)
        except (InvalidData, Conflict) as error:
            refusal = error
    link = request.build_absolute_uri(made.set_password_path) if made and made.set_password_path else ""
    context = {"typed": typed, "roles": ROLES, "made": made, "link": link, "refusal": refusal}
    status = refusal.status if refusal else 200
    return render(request, "console_admin/new_person.html", context, status=status)


@login_required
@require_POST
def set_role(request: HttpRequest, user_id: int) -> HttpResponse:
    """Another role, or none."""
    user = perform(request, "setRole", {"user_id": user_id, "role": request.POST.get("role") or None})
    said = f"{user.email} is a {user.role} now." if user.role else f"{user.email} has no access now."
    return remember_toast(redirect("admin:people"), said)


@login_required
@require_POST
def set_access(request: HttpRequest, user_id: int) -> HttpResponse:
    """Shut somebody out, or let them in again."""
    if request.POST.get("access") == "open":
        user = run(request, "reactivateUser", user_id=user_id)
        return remember_toast(redirect("admin:people"), f"{user.email} may sign in again.")
    user = run(request, "deactivateUser", user_id=user_id)
    return remember_toast(redirect("admin:people"), f"{user.email} is out, with all sessions and tokens.")

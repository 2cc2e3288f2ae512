"""What a person may ask of us: everything that is known about them, and to be forgotten."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from headhaul.console.ui.bridge import render, run, told
from headhaul.console.ui.words import plural
from headhaul.kernel import InvalidData


@login_required
@require_POST
def everything(request: HttpRequest, contact_id: int) -> HttpResponse:
    """All that is known about them, as a file for themselves."""
    found = run(request, "exportContactData", contact_id=contact_id)
    answer = HttpResponse(found.model_dump_json(by_alias=True, indent=2), content_type="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="contact-{contact_id}.json"'
    return answer


@login_required
def erase(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Ask once why, as this cannot be taken back; then forget them."""
    contact = run(request, "getContact", contact_id=contact_id)
    refusal: InvalidData | None = None
    if request.method == "POST":
        try:
            gone = run(request, "eraseContact", contact_id=contact_id, reason=request.POST.get("reason", "").strip())
        except InvalidData as error:
            refusal = error
        else:
            said = f"Forgotten: {plural(sum(gone.removed.values()), 'record')} removed. What they refused is kept."
            return told(request, redirect("accounts:account", contact.account_id), said)
    context = {"contact": contact, "refusal": refusal, "typed": request.POST}
    return render(request, "console_accounts/erase.html", context, status=refusal.status if refusal else 200)

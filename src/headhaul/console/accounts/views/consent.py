"""What somebody said about being reached."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from headhaul.console.ui.bridge import render, run, told, wants_fragment
from headhaul.kernel import AppError, InvalidData

FIELDS = ("channel", "status", "source", "evidence", "address", "basis")
BASES = {
    "express": "By word of mouth",
    "express_written": "In writing",
    "express_written_ai": "In writing, naming an artificial voice",
}
CHANNELS = {"email": "E-mail", "sms": "Texts", "call": "Calls", "all": "Everything (do not contact)"}
STATUSES = {
    "opted_in": "Yes, they agreed",
    "opted_out": "No, they do not want it",
    "revoked": "They took their yes back",
    "unknown": "Nothing that counts",
}


@login_required
def standing(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Whether they may be reached now, on each channel; if not, why, and from when on."""
    context = {"standing": run(request, "getContactStanding", contact_id=contact_id), "channels": CHANNELS}
    template = "console_accounts/_standing.html" if wants_fragment(request) else "console_accounts/standing.html"
    return render(request, template, context)


@login_required
def say(request: HttpRequest, contact_id: int) -> HttpResponse:
    """The form for what they said, and what comes from it."""
    contact = run(request, "getContact", contact_id=contact_id)
    typed = {name: request.POST.get(name, request.GET.get(name, "")) for name in FIELDS}
    refusal: AppError | None = None
    if request.method == "POST":
        try:
            run(request, "setConsent", contact_id=contact_id, **typed)
        except InvalidData as error:
            refusal = error
        else:
            where = redirect(f"/accounts/{contact.account_id}/#contact-{contact_id}")
            return told(request, where, f"Noted what {contact.name} said.")
    context = {
        "contact": contact,
        "typed": typed,
        "refusal": refusal,
        "errors": refusal.fields if refusal else {},
        "channels": CHANNELS,
        "statuses": STATUSES,
        "bases": BASES,
        "addresses": {line.address: line.address for line in contact.emails}
        | {line.number: line.number for line in contact.phones},
    }
    template = "console_accounts/_consent_form.html" if wants_fragment(request) else "console_accounts/consent.html"
    return render(request, template, context, status=refusal.status if refusal else 200)

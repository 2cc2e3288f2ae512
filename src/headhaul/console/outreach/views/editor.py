"""Writing a sequence: its form, what a step would look like to somebody, and a test to oneself."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from headhaul.console.outreach import sequence_form, words
from headhaul.console.ui.bridge import perform, render, run, told, wants_fragment
from headhaul.kernel import AppError, Conflict, InvalidData

HERE = "console_outreach/"


@login_required
def edit(request: HttpRequest, sequence_id: int | None = None) -> HttpResponse:
    """The form of a sequence. Its small buttons send it back with a step more or less, or show how a step looks."""
    said = run(request, "getSequenceWords")
    facts = {fact.name: fact for fact in said.facts}
    sequence = run(request, "getSequence", sequence_id=sequence_id) if sequence_id else None
    if request.method != "POST":
        typed = sequence_form.of_sequence(sequence, facts) if sequence else sequence_form.blank()
        return _form(request, said, sequence, typed)
    typed, wanted = sequence_form.of_post(request.POST), request.POST.get("do", "save")
    deed, _, number = wanted.partition(":")
    if deed in ("preview", "test"):
        return _preview(request, typed, facts, sequence_id, int(number or 0), send=deed == "test")
    if deed == "save":
        return _save(request, said, sequence, typed, facts)
    return _form(request, said, sequence, sequence_form.changed(typed, wanted, number))


@login_required
def contacts(request: HttpRequest) -> HttpResponse:
    """People whose name begins so, to choose one for a preview."""
    found = _contacts(request, request.GET.get("contact_q", ""))
    return render(request, f"{HERE}_contact_choices.html", {"contacts": found})


def _contacts(request: HttpRequest, text: str) -> list[Any]:
    found: list[Any] = run(request, "listContacts", q=text, limit=25).items
    return found


def _save(request: HttpRequest, said: Any, sequence: Any, typed: dict[str, Any], facts: dict[str, Any]) -> HttpResponse:
    data = sequence_form.draft(typed, facts)
    if sequence is not None:
        data |= {"sequenceId": sequence.id, "version": typed["version"], "moveEnrolments": typed["moveEnrolments"]}
    try:
        saved = perform(request, "saveSequence", data)
    except (InvalidData, Conflict) as refusal:
        return _form(request, said, sequence, typed, refusal=refusal)
    name = f"“{saved.sequence.name}” is saved"
    moved = f" {saved.moved:,} go on in it." if saved.moved else ""
    told_so = f"{name} as version {saved.sequence.number}.{moved}" if saved.is_new_version else f"{name}."
    return told(request, redirect("outreach:sequence", saved.sequence.id), told_so)


def _preview(
    request: HttpRequest,
    typed: dict[str, Any],
    facts: dict[str, Any],
    sequence_id: int | None,
    at: int,
    *,
    send: bool,
) -> HttpResponse:
    steps, contact = typed["steps"], request.POST.get("contact_id", "")
    context: dict[str, Any] = {"at": at, "seen": None, "refusal": None, "sent": None, "step": None}
    if at < len(steps) and contact:
        context["step"] = steps[at]
        data = {
            "sequenceId": sequence_id,
            "step": sequence_form.step_given(steps[at], facts),
            "contactId": contact,
            "threadSubject": sequence_form.thread_of(steps, at),
        }
        data = {name: value for name, value in data.items() if value is not None}
        try:
            context["seen"] = perform(request, "previewStep", data)
            context["sent"] = perform(request, "sendTestStep", data) if send else None
        except AppError as refusal:
            context["refusal"] = refusal
    return render(request, f"{HERE}{'_preview' if wants_fragment(request) else 'preview'}.html", context)


def _form(
    request: HttpRequest,
    said: Any,
    sequence: Any,
    typed: dict[str, Any],
    *,
    refusal: AppError | None = None,
) -> HttpResponse:
    templates = run(request, "listTemplates", limit=100).items
    campaigns = run(request, "getCallCampaigns").items
    context = {
        "said": said,
        "facts": {fact.name: fact for fact in said.facts},
        "sequence": sequence,
        "typed": typed,
        "refusal": refusal,
        "errors": refusal.fields if refusal else {},
        "contacts": _contacts(request, request.POST.get("contact_q", "")),
        "contact": request.POST.get("contact_id", ""),
        "templates": {
            channel: {str(each.id): each.name for each in templates if each.channel.value == channel}
            for channel in sequence_form.TOUCHES
        },
        "call_campaigns": {str(each.id): each.name for each in campaigns},
        "stage_ops": sequence_form.STAGE_OPS,
        "kinds": words.KIND_WORDS,
        "icons": words.CHANNEL_ICONS,
        "units": words.UNITS,
        "weekdays": words.WEEKDAY_WORDS,
        "tests": words.TESTS,
        "ops": words.OPS,
    }
    part = wants_fragment(request)
    status = refusal.status if refusal and not part else 200
    return render(request, f"{HERE}{'_editor' if part else 'editor'}.html", context, status=status)

"""What the pages of libraries, written for Django's own templates, need from the design system."""

from __future__ import annotations

from django import template
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from headhaul.console.ui.drawing import icon as draw
from headhaul.console.ui.shell import Shell
from headhaul.console.ui.templating import STYLESHEETS

register = template.Library()


@register.simple_tag
def stylesheets() -> SafeString:
    """Links to all style sheets."""
    links = ((static(f"ui/css/{name}.css"),) for name in STYLESHEETS)
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', links)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A drawing of the sprite."""
    return SafeString(draw(name))


@register.simple_tag
def theme(request: HttpRequest) -> SafeString | str:
    """The theme chosen, as an attribute of the root."""
    chosen = Shell(request).theme
    return format_html('data-theme="{}"', chosen) if chosen else ""

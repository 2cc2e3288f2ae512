"""Where answers go (MX), and whether a server of one's own says who it is (PTR). BIMI is an ornament."""

from __future__ import annotations

from headhaul.outreach.services.domain_checks.finding import (
    BLOCK,
    GOOD,
    NOTE,
    WARN,
    Asks,
    Finding,
    Record,
    Subject,
    organisation,
)
from headhaul.outreach.services.domain_checks.providers import provider_of


def look_at_mx(domain: str, names: Asks, *, key: str = "mx", title: str = "MX: where answers go") -> Finding:
    """Whether mail to the domain arrives somewhere: replies, bounces, and people who opt out by writing."""
    hosts = names.mail_hosts(domain)
    found = tuple(f"{each.preference} {each.host or '.'}" for each in hosts)
    if any(not each.host for each in hosts):
        return Finding(key, title, BLOCK, f"{domain} says that it takes no mail, so no answer can reach you.", found)
    if not hosts:
        return Finding(key, title, BLOCK, f"{domain} has no mail server, so no answer and no bounce can reach you.")
    if not any(names.addresses(each.host) for each in hosts):
        return Finding(key, title, BLOCK, f"The mail servers of {domain} have no address.", found)
    return Finding(key, title, GOOD, f"Answers go to {hosts[0].host}.", found)


def look_at_ptr(subject: Subject, names: Asks) -> Finding:
    """Whether the address of the server leads back to its name. Of a provider's servers that is its own business."""
    title = "PTR: who the server says it is"
    provider = provider_of(subject)
    if provider is not None or not subject.host:
        whose = provider.title if provider is not None else "The gateway"
        return Finding("ptr", title, GOOD, f"{whose} looks after its servers' names itself.")
    addresses = names.addresses(subject.host)
    if not addresses:
        return Finding("ptr", title, WARN, f"{subject.host} has no address in DNS.")
    led = {address: names.pointers(address) for address in addresses}
    found = tuple(f"{address} → {', '.join(back) or 'nothing'}" for address, back in led.items())
    if all(any(address in names.addresses(name) for name in back) for address, back in led.items()):
        return Finding("ptr", title, GOOD, "The server's address leads to a name, and the name back to it.", found)
    first = addresses[0]
    sentence = f"The address of {subject.host} does not lead back to it. Ask whoever rents you the server to set it."
    return Finding("ptr", title, WARN, sentence, found, Record("PTR", first, subject.host))


def look_at_bimi(subject: Subject, names: Asks) -> Finding:
    """A logo beside the mail, for domains whose DMARC policy is quarantine or reject."""
    name = f"default._bimi.{organisation(subject.domain)}"
    found = [text for text in names.texts(name) if text.lower().startswith("v=bimi1")]
    if found:
        return Finding("bimi", "BIMI: your logo", GOOD, "A logo is named.", tuple(found))
    return Finding("bimi", "BIMI: your logo", NOTE, "Not set. An ornament that needs a strict DMARC policy first.")

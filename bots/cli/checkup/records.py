"""The DNS records without which mail ends up as spam, and what each must say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from bots.cli.checkup.names import Names, Unanswered
from bots.offices.checkup.finding import Finding, fault, note, ok
from bridges.email.dkim import Key


def records(names: Names, domain: str, key: Key | None, host: str) -> Iterator[Finding]:
    """Of the domain of a sender whose mails `host` takes."""
    checks: Mapping[str, Callable[[], Finding]] = {
        "signature": lambda: _signature(names, key),
        "spf": lambda: sender_policy(names.texts(domain), domain, host, signs=key is not None),
        "dmarc": lambda: _alignment(names, domain, key),
        "mx": lambda: _exchange(names, domain),
    }
    for check, look in checks.items():
        try:
            yield look()
        except Unanswered as error:
            remedy = "Check this machine's name server, or name another by --name-server."
            yield note(check, f"no name server has answered: {error}", remedy)


# -- DKIM ------------------------------------------------------------------------------------------


def _signature(names: Names, key: Key | None) -> Finding:
    if key is None:
        remedy = "See that the mail server signs them, or name a key below email.dkim."
        return note("signature", "mails leave without a signature of ours", remedy)
    return signing(names.texts(key.host), key)


def signing(texts: list[str], key: Key) -> Finding:
    """RFC 6376 § 3.6.1."""
    found = [text for text in texts if "p" in tags(text)]
    remedy = f"Have exactly one TXT record at {key.host}: {key.record()}"
    if not found:
        return fault("signature", f"the public key is not at {key.host}", remedy)
    if len(found) > 1:
        return fault("signature", f"there are several keys at {key.host}", remedy)
    there, ours = tags(found[0]), tags(key.record())
    if (there["p"], there.get("k", "rsa")) != (ours["p"], ours["k"]):
        revoked = "the key was revoked" if not there["p"] else "there is another key than ours"
        return fault("signature", f"{revoked} at {key.host}", remedy)
    if "y" in there.get("t", "").split(":"):
        remedy = "Take t=y out of the record: receivers may treat such mails as unsigned."
        return note("signature", f"the key at {key.host} is marked as a trial", remedy)
    return ok("signature", f"the public key is at {key.host}")


def tags(text: str) -> dict[str, str]:
    """`v=DKIM1; p=…` without the spaces that may be anywhere in it."""
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip(): "".join(value.split()) for name, _, value in pairs if name.strip()}


# -- SPF -------------------------------------------------------------------------------------------


def sender_policy(texts: list[str], domain: str, host: str, *, signs: bool) -> Finding:
    """RFC 7208. `signs`: whether a signature speaks for the mails as well."""
    found = [text.lower().split() for text in texts if text.lower().split()[:1] == ["v=spf1"]]
    if not found:
        remedy = (
            f"Say in a TXT record of {domain} who sends for it, in the words of whoever runs "
            f"{host}, or: v=spf1 a:{host} ~all"
        )
        return (note if signs else fault)("spf", f"{domain} does not say who sends for it", remedy)
    if len(found) > 1:
        remedy = "Make one record of them; with two, neither counts."
        return fault("spf", f"{domain} says more than once who sends for it", remedy)
    if {"all", "+all"} & set(found[0]):
        remedy = "Write ~all or -all in place of +all."
        return note("spf", f"{domain} lets everybody send in its name", remedy)
    return ok("spf", f"{domain} says who sends for it; see that {host} is among them")


# -- DMARC -----------------------------------------------------------------------------------------


def _alignment(names: Names, domain: str, key: Key | None) -> Finding:
    for holder in holders(domain):
        found = [
            text for text in names.texts(f"_dmarc.{holder}") if tags(text).get("v") == "DMARC1"
        ]
        if found:
            return policy(found, holder, domain, key)
    remedy = f"Add a TXT record at _dmarc.{domain}: v=DMARC1; p=none"
    return note("dmarc", "large receivers want a policy, and there is none", remedy)


def holders(domain: str) -> list[str]:
    """The domain and those above it that may speak for it, top-level domains aside."""
    labels = domain.split(".")
    return [".".join(labels[start:]) for start in range(max(1, len(labels) - 1))]


def policy(found: list[str], holder: str, domain: str, key: Key | None) -> Finding:
    """RFC 7489."""
    if len(found) > 1:
        remedy = f"Leave one record at _dmarc.{holder}; with two, neither counts."
        return fault("dmarc", f"there are several policies at _dmarc.{holder}", remedy)
    there = tags(found[0])
    if there.get("adkim") == "s" and key is not None and key.domain != domain:
        remedy = f"Sign for {domain} (email.dkim.domain), or take adkim=s out of the record."
        return fault("dmarc", f"it wants mails signed by {domain}, not by {key.domain}", remedy)
    return ok("dmarc", f"there is a policy at _dmarc.{holder} (p={there.get('p', 'none')[:12]})")


# -- MX --------------------------------------------------------------------------------------------


def _exchange(names: Names, domain: str) -> Finding:
    found = names.exchanges(domain)
    remedy = (
        f"Give {domain} an MX record: what can't be delivered comes back to the sender's address, "
        "and readers answer to it."
    )
    if "." in found:
        return fault("mx", f"{domain} says that it takes no mail", remedy)
    if found:
        return ok("mx", f"{domain} takes mail")
    if names.has_address(domain):
        return note("mx", f"{domain} takes mail, if at all, without an MX record", remedy)
    return fault("mx", f"{domain} takes no mail", remedy)

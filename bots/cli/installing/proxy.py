"""What is between the world and the services: Caddy, the gate before the homeserver, Element Web's
settings, and how others find the homeserver (§ Server discovery)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bots.cli.installing.answers import Answers
from bots.cli.installing.deployment import BEHIND_GATE, HOMESERVER, Deployment

_MATCHING = """\
# As it was sent, too: Caddy looks at paths that it has tidied up, and hands on the others.
	@matrix {
		path /_matrix/* /_synapse/client/*
		expression `{http.request.orig_uri}.matches("^/(_matrix|_synapse/client)/")`
	}"""
_CADDYFILE = """\
# Caddy, by `buendnis init`. It fetches and renews the certificates by itself.
{{
	email {contact}
	servers {{
		protocols h1 h2
	}}
}}

(safe) {{
	header {{
		Strict-Transport-Security "max-age=31536000"
		X-Content-Type-Options nosniff
		-Server
	}}
}}

# Matrix. The admin API is not among what the world reaches.
{matrix} {{
	import safe
	{matching}
	handle @matrix {{
		request_body {{
			max_size 50MB
		}}
		reverse_proxy {synapse}
	}}
	handle {{
		respond 404
	}}
}}

# Element Web.
{chat} {{
	import safe
	header Content-Security-Policy "frame-ancestors 'self'"
	handle {{
		{element}
	}}
}}

# The network's pages.
{pages} {{
	import safe
	handle /metrics {{
		respond 404
	}}
	handle {{
		reverse_proxy {web}
	}}
}}
"""
_DOMAIN = """\

# The domain itself: how other servers and clients find Matrix.
{domain} {{
	import safe
	handle /.well-known/matrix/client {{
		header Content-Type application/json
		header Access-Control-Allow-Origin *
		respond `{client}`
	}}
	handle /.well-known/matrix/server {{
		header Content-Type application/json
		respond `{server}`
	}}
	handle {{
		redir https://{pages}
	}}
}}
"""


_GATE = f"""\
# The gate before Synapse, by `buendnis init`: what clients and other homeservers need, and nothing
# else. Who makes accounts, or administers them, does so in Synapse's own container.
{{
	admin off
}}

:{HOMESERVER} {{
	{_MATCHING}
	handle @matrix {{
		reverse_proxy {BEHIND_GATE} {{
			# The proxy tells whose request it is, for Synapse's limits.
			trusted_proxies private_ranges
		}}
	}}
	handle {{
		respond 404
	}}
}}
"""


def gate() -> str:
    return _GATE


def caddyfile(answers: Answers, deployment: Deployment) -> str:
    hosts = answers.hosts
    text = _CADDYFILE.format(
        contact=answers.contact,
        matrix=hosts.matrix,
        chat=hosts.chat,
        pages=hosts.pages,
        synapse=deployment.synapse,
        matching=_MATCHING,
        element=deployment.element,
        web=deployment.pages,
    )
    if answers.website_elsewhere:
        return text
    return text + _DOMAIN.format(
        domain=answers.domain,
        client=json.dumps(client_discovery(answers)),
        server=json.dumps(server_discovery(answers)),
        pages=hosts.pages,
    )


def client_discovery(answers: Answers) -> Mapping[str, Any]:
    return {"m.homeserver": {"base_url": f"https://{answers.hosts.matrix}"}}


def server_discovery(answers: Answers) -> Mapping[str, Any]:
    return {"m.server": f"{answers.hosts.matrix}:443"}


def element_config(answers: Answers) -> str:
    pages = f"https://{answers.hosts.pages}"
    settings = {
        "default_server_config": {
            "m.homeserver": {
                "base_url": f"https://{answers.hosts.matrix}",
                "server_name": answers.domain,
            }
        },
        "brand": answers.name,
        "disable_custom_urls": False,
        "disable_guests": True,
        "disable_3pid_login": True,
        "show_labs_settings": False,
        # Still a lab of Element's; without it, whoever opens the alliance's space fails to join.
        "features": {"feature_ask_to_join": True},
        "default_country_code": "DE",
        "setting_defaults": {"UIFeature.registration": False},
        "terms_and_conditions_links": [
            {"text": "Impressum", "url": f"{pages}/imprint"},
            {"text": "Datenschutz", "url": f"{pages}/privacy"},
        ],
    }
    return json.dumps(settings, indent=2, ensure_ascii=False) + "\n"

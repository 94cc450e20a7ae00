"""Headers of every answer: nothing from elsewhere is loaded, nothing leaks, nothing is kept."""

from __future__ import annotations

from aiohttp import web

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cache-Control": "no-store",
}
"""What a handler set itself stays."""
HSTS = "max-age=31536000"


def secure(app: web.Application, *, https: bool) -> None:
    """Put the headers on every answer of the application."""

    async def prepare(_: web.BaseRequest, response: web.StreamResponse) -> None:
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        if https:
            response.headers.setdefault("Strict-Transport-Security", HSTS)
        response.headers.pop("Server", None)

    app.on_response_prepare.append(prepare)

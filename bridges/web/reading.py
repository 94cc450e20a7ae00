"""What everybody may read, sent once and small: many of our readers pay for each megabyte."""

from __future__ import annotations

import hashlib

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

AGAIN = "no-cache"
"""A browser may keep it, and asks each time if it is still true: what is taken back is gone."""
FOREVER = "public, max-age=31536000, immutable"


def readable(response: web.Response, keep: str = AGAIN) -> web.Response:
    """Mark an answer that is the same for everybody. Nothing that is one visitor's own: her
    browser would keep it, and its length would tell of what is in it."""
    response.headers[hdrs.CACHE_CONTROL] = keep
    return response


@web.middleware
async def lightly(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer 304 where the browser has it already (RFC 9110 § 13.1.2), else compressed."""
    response = await handler(request)
    if not isinstance(response, web.Response) or not isinstance(response.body, bytes):
        return response
    if response.status != 200 or response.headers.get(hdrs.CACHE_CONTROL) not in (AGAIN, FOREVER):
        return response
    # Weak, since the bytes differ with their compression.
    response.headers[hdrs.ETAG] = f'W/"{hashlib.sha256(response.body).hexdigest()[:32]}"'
    asked = request.if_none_match or ()
    if any(x.value in ("*", response.etag.value) for x in asked if response.etag is not None):
        kept = (hdrs.CACHE_CONTROL, hdrs.ETAG, hdrs.VARY, hdrs.CONTENT_LANGUAGE)
        headers = {name: response.headers[name] for name in kept if name in response.headers}
        return web.Response(status=304, headers=headers)
    response.headers[hdrs.VARY] = ", ".join(
        filter(None, (response.headers.get(hdrs.VARY), hdrs.ACCEPT_ENCODING))
    )
    response.enable_compression()
    return response

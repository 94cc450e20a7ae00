"""`/metrics` for Prometheus: numbers about the pages and the office, about nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from bridges.web.models import Ports

_NAME = re.compile(r"[a-z][a-z0-9_]*")


class Metrics:
    """Counters of answers and forms, and the office's own numbers, for Prometheus to fetch."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._registry = CollectorRegistry(auto_describe=True)
        self._numbers = _Numbers()
        self._registry.register(self._numbers)
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        self._answers = Counter(
            "buendnis_web_answers",
            "Answers of the web pages, by kind of page and status.",
            ("page", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "buendnis_web_form_seconds",
            "Seconds from a form that has arrived to its answer, which comes after the commit.",
            registry=self._registry,
        )

    def counting(self) -> Middleware:
        """Counts every answer by its page's pattern, never by what was in the address."""

        @web.middleware
        async def count(request: web.Request, handler: Handler) -> web.StreamResponse:
            if request.method != "POST":
                response = await handler(request)
            else:
                with self._seconds.time():
                    response = await handler(request)
            self._answers.labels(_page(request), str(response.status)).inc()
            return response

        return count

    async def answer(self, _: web.Request) -> web.Response:
        self._numbers.current = {
            **await self._ports.numbers(),
            "ready": float(self._ports.ready()),
        }
        body = generate_latest(self._registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})


class _Numbers(Collector):
    """What the office says of itself, as gauges."""

    def __init__(self) -> None:
        self.current: Mapping[str, float] = {}

    def collect(self) -> Iterator[Metric]:
        for name, value in sorted(self.current.items()):
            if _NAME.fullmatch(name):
                yield GaugeMetricFamily(
                    f"buendnis_{name}", f"The office's {name.replace('_', ' ')}.", value
                )


def _page(request: web.Request) -> str:
    resource = request.match_info.route.resource
    if resource is None:
        return "none"
    return resource.canonical.replace("{", "").replace("}", "")

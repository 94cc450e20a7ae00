# One image for both offices: which one runs is told by the file that `buendnis run` is given.
FROM python:3.11.14-slim-bookworm AS build

WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY federation federation
COPY bridges bridges
COPY bots bots
COPY config config
RUN python -m venv /opt/buendnis \
    && PIP_CONSTRAINT=constraints.txt /opt/buendnis/bin/pip install --no-cache-dir .

FROM python:3.11.14-slim-bookworm

# A user for each office: see docker-compose.yml and scripts/owners.
RUN groupadd --gid 10001 buendnis-network && groupadd --gid 10002 buendnis-ombuds \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /office \
        --shell /usr/sbin/nologin buendnis-network \
    && useradd --uid 10002 --gid 10002 --no-create-home --home-dir /office \
        --shell /usr/sbin/nologin buendnis-ombuds
COPY --from=build /opt/buendnis /opt/buendnis
ENV PATH=/opt/buendnis/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1

# Where the folder of an office is mounted: its settings, secrets and store.
WORKDIR /office
USER 10001:10001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=60s --timeout=20s --start-period=120s --retries=3 \
    CMD ["buendnis", "status", "network.yaml"]
ENTRYPOINT ["buendnis"]
CMD ["run", "network.yaml"]

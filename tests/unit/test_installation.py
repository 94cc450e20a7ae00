"""The image, the services and the guide hold together with the code: commands, ports, variables,
folders. What others' programs say of them: `tests/processes/test_installation_judged.py`."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import click
import pytest
import yaml

from bots.cli.entry import cli
from bots.cli.installing.deployment import ELEMENT, HOMESERVER, PAGES
from bots.offices.reading import load_network
from bots.offices.registry import described
from config.loading import load
from config.network.bots import models
from config.values.credentials import Environment, OmbudsEnvironment
from tests.kit.installation import (
    COMPOSE,
    OFFICES,
    OWNERS,
    ROOT,
    SERVICES,
    UNITS,
    compose,
    initialised,
    mounts,
    services,
)

PINNED = re.compile(r"[a-z0-9/.-]+:v?[0-9]+(\.[0-9]+){1,2}(-[a-z]+)*")
HEALTH_PROGRAMS = {
    "postgres": "pg_isready", "synapse": "curl", "gate": "wget", "element": "wget", "proxy": "wget"
}  # fmt: skip
"""What the images of others bring along; the offices' is our own command."""
TEXTS = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return initialised(tmp_path_factory.mktemp("installation") / "buendnis")


# -- docker-compose --------------------------------------------------------------------------------


@pytest.mark.parametrize("staff", [["bilal", "carla"], []])
def test_the_ombuds_office_starts_where_somebody_belongs_to_it(
    tmp_path: Path, staff: list[str]
) -> None:
    folder = initialised(tmp_path / "buendnis", staff=staff)
    wanted = "COMPOSE_PROFILES=ombuds\n" if staff else "COMPOSE_PROFILES=\n"
    assert wanted in (folder / ".env").read_text()
    assert services()["ombuds"]["profiles"] == ["ombuds"]
    assert (folder / "ombuds" / "ombuds.yaml").exists() is bool(staff)


# -- the services ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_each_service_is_pinned_watched_and_bounded(name: str) -> None:
    service = services()[name]
    assert PINNED.fullmatch(service["image"]), service["image"]
    assert service["restart"] == "unless-stopped"
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {"max-size", "max-file"} == set(service["logging"]["options"])
    assert mounts(service)
    check = service["healthcheck"]
    assert check["test"][0] == "CMD"
    assert {"interval", "timeout", "start_period", "retries"} <= set(check)
    assert "privileged" not in service
    assert service["pids_limit"] <= 200
    assert re.fullmatch(r"\d+[mg]", service["mem_limit"])
    assert service["read_only"] is True
    assert "/tmp" in service["tmpfs"]  # noqa: S108  (of the container)
    assert set(service.get("cap_add", ())) <= {"NET_BIND_SERVICE"}
    assert not {"network_mode", "pid", "ipc", "devices", "userns_mode"} & set(service)


def test_our_version_and_synapses_are_those_that_are_tested() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pins = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text().splitlines())
    images = {name: service["image"] for name, service in services().items()}
    assert images["network"] == images["ombuds"] == f"buendnis:{project['version']}"
    assert images["synapse"] == f"matrixdotorg/synapse:v{pins['matrix-synapse']}"


def test_only_the_proxy_can_be_reached_from_outside() -> None:
    published = {
        name: service["ports"] for name, service in services().items() if "ports" in service
    }
    assert published == {"proxy": ["80:80", "443:443"]}


def test_a_service_waits_for_what_it_needs() -> None:
    needs = {
        name: {other: how["condition"] for other, how in service.get("depends_on", {}).items()}
        for name, service in services().items()
    }
    healthy = "service_healthy"
    assert needs == {
        "postgres": {},
        "synapse": {"postgres": healthy},
        "gate": {"synapse": healthy},
        "network": {"gate": healthy},
        "ombuds": {"gate": healthy},
        "element": {},
        "proxy": {"gate": healthy, "element": healthy},
    }


def met(name: str) -> set[str]:
    """The services that one can speak with."""
    networks = {one: set(service["networks"]) for one, service in services().items()}
    return {other for other in networks if other != name and networks[other] & networks[name]}


def inner() -> set[str]:
    """Networks that lead nowhere."""
    return {name for name, network in compose()["networks"].items() if network.get("internal")}


def test_the_gate_alone_speaks_with_synapse() -> None:
    """Whoever has taken over the part that faces the web, or an office, stands before the gate."""
    assert met("gate") == {"synapse", "proxy", "network", "ombuds"}
    assert met("synapse") == {"gate", "postgres"}
    assert {name for name in SERVICES if "synapse" in met(name)} == {"gate", "postgres"}
    assert set(services()["gate"]["networks"]) <= inner(), "it has a way out"
    ways_out = {name: set(x["networks"]) - inner() for name, x in services().items()}
    shared = [x & y for a, x in ways_out.items() for b, y in ways_out.items() if a < b and x & y]
    assert shared == []


def test_the_offices_meet_in_matrix_only() -> None:
    assert met("ombuds") == {"gate"}
    assert met("network") == {"gate", "proxy"}
    assert met("postgres") == {"synapse"}
    assert met("element") == {"proxy"}
    for name in ("gate", "postgres", "element"):
        assert set(services()[name]["networks"]) <= inner(), f"{name} has a way out"


def test_no_secret_stands_in_an_environment(folder: Path) -> None:
    secret = {
        path.read_text().strip()
        for path in folder.rglob("*")
        if path.is_file() and path.parent.name == "secrets"
    }
    given = json.dumps([service.get("environment") for service in services().values()])
    assert not [text for text in secret if text in given + (folder / ".env").read_text()]
    assert "PASSWORD" not in given.replace("POSTGRES_PASSWORD_FILE", "")


# -- folders and files -----------------------------------------------------------------------------


def test_everything_that_is_mounted_is_there_after_init(folder: Path) -> None:
    sources = {path for service in services().values() for path in mounts(service).values()}
    assert {path for path in sources if not (folder / path).exists()} == set()


def test_each_office_sees_its_own_folder_alone(folder: Path) -> None:
    for name in OFFICES:
        assert mounts(services()[name]) == {"/office": name}
        others = set(SERVICES) - {name}
        assert not [x for x in others for path in mounts(services()[x]).values() if path == name]
    network = load_network(folder / "network" / "network.yaml")
    ombuds = load(folder / "ombuds" / "ombuds.yaml")
    assert network.network.state == folder / "network" / "state"
    assert ombuds.office.state == folder / "ombuds" / "state"


def test_synapse_finds_its_files_where_they_are_mounted(folder: Path) -> None:
    service = services()["synapse"]
    inside = {target: folder / source for target, source in mounts(service).items()}
    settings = yaml.safe_load(_inside(inside, service["environment"]["SYNAPSE_CONFIG_PATH"]))
    for name in ("signing_key_path", "registration_shared_secret_path", "macaroon_secret_key_path",
                 "form_secret_path", "log_config"):  # fmt: skip
        assert _inside(inside, settings[name]).strip()
    line = _inside(inside, settings["database"]["args"]["passfile"]).strip()
    postgres = services()["postgres"]
    found = {target: folder / source for target, source in mounts(postgres).items()}
    password = _inside(found, postgres["environment"]["POSTGRES_PASSWORD_FILE"]).strip()
    assert line.split(":") == ["*", "*", "synapse", "synapse", password]
    assert settings["database"]["args"]["user"] == postgres["environment"]["POSTGRES_USER"]
    assert settings["database"]["args"]["dbname"] == postgres["environment"]["POSTGRES_DB"]


def _inside(found: dict[str, Path], path: str) -> str:
    """What a container reads at a path."""
    target = max((x for x in found if path == x or path.startswith(f"{x}/")), key=len)
    return (found[target] / path.removeprefix(target).lstrip("/")).read_text()


def test_each_service_runs_as_the_owner_of_its_folder() -> None:
    script = (ROOT / "scripts" / "place.sh").read_text()
    assert dict(re.findall(r"\[(\w+)\]=(\d+)", script)) == OWNERS
    runs = {name: service["user"] for name, service in services().items() if "user" in service}
    folders = {**{name: name for name in runs}, "synapse": "homeserver"}
    assert runs == {name: f"{OWNERS[folders[name]]}:{OWNERS[folders[name]]}" for name in runs}
    assert set(runs) == SERVICES - {"element"}
    dockerfile = (ROOT / "Dockerfile").read_text()
    for office in OFFICES:
        assert f"--uid {OWNERS[office]}" in dockerfile
    users = (ROOT / "config" / "examples" / "systemd" / "buendnis.conf").read_text()
    told = dict(re.findall(r"^u buendnis-(\w+) (\d+) ", users, re.MULTILINE))
    assert told == {name: OWNERS[name] for name in (*OFFICES, "homeserver")}


# -- ports and names -------------------------------------------------------------------------------


def test_every_port_is_the_one_that_is_listened_on(folder: Path) -> None:
    caddy = (folder / "proxy" / "Caddyfile").read_text()
    upstreams = dict(x.split(":") for x in re.findall(r"reverse_proxy ([a-z]+:[0-9]+)", caddy))
    assert upstreams == {
        "gate": str(HOMESERVER), "element": str(ELEMENT), "network": str(PAGES)
    }  # fmt: skip
    assert set(upstreams) <= met("proxy")
    gate = (folder / "gate" / "Caddyfile").read_text()
    assert re.findall(r"reverse_proxy (\S+)", gate) == [f"synapse:{HOMESERVER}"]
    assert f"\n:{HOMESERVER} {{" in gate
    settings = yaml.safe_load((folder / "homeserver" / "homeserver.yaml").read_text())
    assert [listener["port"] for listener in settings["listeners"]] == [HOMESERVER]
    network = load_network(folder / "network" / "network.yaml")
    assert network.web is not None
    assert network.web.listen == f"0.0.0.0:{PAGES}"
    assert services()["element"]["environment"]["ELEMENT_WEB_PORT"] == str(ELEMENT)
    assert settings["database"]["args"]["host"] in met("synapse")


def test_every_health_check_asks_at_the_right_port() -> None:
    asked = {
        name: re.search(r"http://127\.0\.0\.1:(\d+)/", " ".join(service["healthcheck"]["test"]))
        for name, service in services().items()
    }
    ports = {name: int(found[1]) for name, found in asked.items() if found}
    # Caddy's own, unless its file says otherwise.
    assert ports == {
        "synapse": HOMESERVER, "gate": HOMESERVER, "element": ELEMENT, "proxy": 2019
    }  # fmt: skip


def test_the_offices_find_the_homeserver(folder: Path) -> None:
    urls = {
        "network": load_network(folder / "network" / "network.yaml").homeserver.url,
        "ombuds": load(folder / "ombuds" / "ombuds.yaml").homeserver.url,
    }
    for name in OFFICES:
        assert str(urls[name]) == f"http://gate:{HOMESERVER}"
        assert "gate" in met(name)


def test_without_containers_everything_listens_on_loopback(tmp_path: Path) -> None:
    folder = initialised(tmp_path / "buendnis", "--without-containers")
    settings = yaml.safe_load((folder / "homeserver" / "homeserver.yaml").read_text())
    assert settings["listeners"][0]["bind_addresses"] == ["127.0.0.1"]
    assert settings["signing_key_path"] == str(folder / "homeserver" / "secrets" / "signing.key")
    network = load_network(folder / "network" / "network.yaml")
    assert str(network.homeserver.url) == f"http://127.0.0.1:{HOMESERVER}"
    caddy = (folder / "proxy" / "Caddyfile").read_text()
    assert set(re.findall(r"reverse_proxy (\S+)", caddy)) == {
        f"127.0.0.1:{HOMESERVER}", f"127.0.0.1:{PAGES}"
    }  # fmt: skip


# -- variables -------------------------------------------------------------------------------------


def test_every_variable_of_the_services_is_written_by_init(folder: Path) -> None:
    wanted = set(re.findall(r"\$\{([A-Z_]+)", COMPOSE.read_text()))
    written = {
        line.partition("=")[0]
        for line in (folder / ".env").read_text().splitlines()
        if not line.startswith("#")
    }
    assert wanted == {"BUENDNIS_FOLDER"}
    assert written == wanted | {"COMPOSE_PROFILES", "COMPOSE_PROJECT_NAME"}


def test_every_variable_that_is_told_is_one_that_is_read() -> None:
    read = {
        "BUENDNIS_FOLDER",
        *_variables(OmbudsEnvironment),
        *_variables(models(described()).file.environment),
    }
    texts = (*TEXTS, *UNITS, ROOT / "Dockerfile", COMPOSE, *(ROOT / "config").rglob("*.yaml"))
    told = {
        (name, path.name)
        for path in texts
        for name in re.findall(r"\bBUENDNIS_[A-Z_]+[A-Z]\b", path.read_text())
    }
    assert told
    assert {(name, path) for name, path in told if name not in read} == set()


def _variables(environment: type[Environment]) -> set[str]:
    return {environment.variable(name) for name in environment.model_fields}


# -- the image -------------------------------------------------------------------------------------


def instructions() -> list[tuple[str, str]]:
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    lines = (line for line in text.splitlines() if line.strip() and not line.startswith("#"))
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines]


def test_the_image_is_built_twice_from_one_pinned_python() -> None:
    bases = [text.split()[0] for name, text in instructions() if name == "FROM"]
    assert len(bases) == 2
    assert len(set(bases)) == 1
    match = re.fullmatch(r"python:3\.11\.\d+-slim-bookworm", bases[0])
    assert match, bases


def test_what_is_copied_is_there_and_not_ignored() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    kept = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    copied = {
        source
        for name, text in instructions()
        if name == "COPY" and not text.startswith("--from")
        for source in text.split()[:-1]
    }
    assert copied == kept
    assert all((ROOT / source).exists() for source in copied)
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    assert set(wheel["targets"]["wheel"]["packages"]) <= copied
    assert not any(fnmatch(".env", line) for line in kept)


def test_the_image_runs_our_program_without_extras() -> None:
    told = dict(instructions())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert json.loads(told["ENTRYPOINT"]) == ["buendnis"]
    assert "buendnis" in project["scripts"]
    install = next(text for _, text in instructions() if "pip install" in text)
    assert re.search(r"PIP_CONSTRAINT=constraints\.txt \S+ install --no-cache-dir \.$", install)


# -- commands --------------------------------------------------------------------------------------


def understood(words: list[str]) -> None:
    """Holds a command line, without `buendnis` in front, against the command line program."""
    context = click.Context(cli, info_name="buendnis")
    command = cli.get_command(context, words[0]) if words else None
    assert command is not None, f"there is no `buendnis {' '.join(words)}`"
    inner = click.Context(command, info_name=words[0])
    values, rest, _ = command.make_parser(inner).parse_args(list(words[1:]))
    assert rest == [], f"`buendnis {' '.join(words)}`: {rest} is too much"
    missing = [
        x.name for x in command.params if x.required and x.value_is_missing(values[str(x.name)])
    ]
    assert missing == [], f"`buendnis {' '.join(words)}` lacks {missing}"


def test_a_wrong_command_line_would_be_found() -> None:
    for line in ("rnu network.yaml", "run", "apply --forever", "check", "status a.yaml b.yaml"):
        with pytest.raises((AssertionError, click.UsageError)):
            understood(line.split())


def test_the_commands_of_the_services_exist() -> None:
    for name in OFFICES:
        service = services()[name]
        file = f"{name}.yaml"
        assert service["command"] == ["run", file]
        assert service["healthcheck"]["test"] == ["CMD", "buendnis", "status", file]
        understood(service["command"])
        understood(service["healthcheck"]["test"][2:])
    for name, called in HEALTH_PROGRAMS.items():
        assert services()[name]["healthcheck"]["test"][1] == called


def test_the_commands_of_the_image_exist() -> None:
    told = dict(instructions())
    understood(json.loads(told["CMD"]))
    check = told["HEALTHCHECK"].partition("CMD ")[2]
    assert json.loads(check) == services()["network"]["healthcheck"]["test"][1:]


PROGRAMS = ("buendnis", "docker", "docker-compose", "register_new_matrix_user", "setpriv")


def shell_lines(path: Path) -> Iterator[list[str]]:
    """The command lines in the blocks of a page that concern us, as words."""
    for block in re.findall(r"^```\n(.*?)^```", path.read_text(), re.DOTALL | re.MULTILINE):
        for line in block.splitlines():
            program = line.partition(" ")[0].rpartition("/")[2]
            if program in PROGRAMS:
                yield shlex.split(line, comments=True)


def _ours(words: list[str]) -> list[str] | None:
    """What follows our program in a line; None if it is not called."""
    match words:
        case ["docker", "run", *_]:
            called = services()["network"]["image"]
        case ["setpriv", *_]:
            called = ".venv/bin/buendnis"
        case _:
            called = words[0] if words[0].rpartition("/")[2] == "buendnis" else None
    return words[words.index(called) + 1 :] if called in words else None


PAGES_WITH_COMMANDS = [path for path in TEXTS if "buendnis " in path.read_text()]


@pytest.mark.parametrize("path", PAGES_WITH_COMMANDS, ids=lambda path: str(path.name))
def test_every_command_in_the_docs_exists(path: Path) -> None:
    for words in shell_lines(path):
        found = _ours(words)
        if found is not None:
            understood(found)
    known = set(cli.list_commands(click.Context(cli)))
    spans = re.findall(r"`(?:\S*/)?buendnis ([a-z-]+)", path.read_text())
    assert set(spans) <= known


GUIDES = (ROOT / "docs" / "install.md", ROOT / "docs" / "installieren.md")


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: str(path.name))
def test_every_docker_compose_line_of_the_guide_names_what_is_there(guide: Path) -> None:
    lines = [w for w in shell_lines(guide) if w[:1] == ["docker-compose"]]
    assert len(lines) >= 9
    for words in lines:
        verb, *rest = words[1:]
        names = [word for word in rest if not word.startswith("-")]
        match verb:
            case "run" if names[0] in OFFICES:
                understood(names[1:])
                assert f"{names[0]}.yaml" == names[2], words
            case "exec":
                _executed(names)
            case "up" | "pull" | "restart" | "build" | "down":
                assert set(names) <= SERVICES, words
            case _:
                assert words == ["docker-compose", "ps"]


def _executed(names: list[str]) -> None:
    service, program, *rest = names
    assert service in SERVICES
    if program == "buendnis":
        understood(rest)
        assert f"{service}.yaml" in rest
    else:
        assert (service, program) in {
            ("synapse", "register_new_matrix_user"),
            ("synapse", HEALTH_PROGRAMS["synapse"]),
            ("postgres", "pg_dump"),
            ("postgres", "pg_restore"),
        }


def test_accounts_are_made_by_a_command_that_synapse_brings() -> None:
    from importlib.metadata import entry_points

    scripts = {entry.name for entry in entry_points(group="console_scripts")}
    assert "register_new_matrix_user" in scripts
    lines = [
        words
        for words in shell_lines(ROOT / "docs" / "install.md")
        if any(word.endswith("register_new_matrix_user") for word in words)
    ]
    assert len(lines) == 2
    for words in lines:
        assert words[-1] == f"http://127.0.0.1:{HOMESERVER}"
        assert "--config" in words


@pytest.mark.parametrize("path", UNITS, ids=lambda path: str(path.name))
def test_the_units_run_what_is_there(path: Path, tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "install.md").read_text()
    assert path.name.removesuffix(".service").removesuffix("@") in guide
    lines = re.findall(r"^Exec\w+=(.*)$", path.read_text(), re.MULTILINE)
    assert lines
    folder = initialised(tmp_path / "buendnis", "--without-containers")
    for line in lines:
        for office in OFFICES:
            words = line.replace("%i", office).split()
            assert words[0].startswith("/opt/buendnis/.venv/bin/")
            found = _ours(words)
            if found is not None:
                understood(found)
            file = Path(words[-1].replace("/srv/buendnis", str(folder)))
            assert file.is_file(), line


def test_both_guides_have_the_same_parts_and_the_same_commands() -> None:
    english, german = (guide.read_text() for guide in GUIDES)
    parts = [re.findall(r"^(#+ (?:\d+\.)?)", text, re.MULTILINE) for text in (english, german)]
    assert parts[0] == parts[1]
    blocks = [
        re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL) for text in (english, german)
    ]
    assert blocks[0] == blocks[1]
    spoken = [set(re.findall(r"`([^`\n]+)`", text)) for text in (english, german)]
    assert spoken[0] ^ spoken[1] == set()
    bold = [re.findall(r"^\*\*", text, re.MULTILINE) for text in (english, german)]
    assert len(bold[0]) == len(bold[1])

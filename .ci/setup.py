"""Creates .venv and installs a lock file: `python3 .ci/setup.py run|dev|browser|pango`; needs only Python."""

import ctypes.util
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
NEWEST_MINOR = 15

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER_PACKAGES = ("chromium", "fonts-dejavu-core")
# The libraries that WeasyPrint loads to write PDF.
PANGO_LIBRARIES = ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset")
PANGO_PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-dejavu-core")


def notify(line: str) -> None:
    """Prints a line for the person at the terminal."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def ensure_supported_python() -> None:
    """Restarts in a supported Python when this one is too old; exits with a message when none is installed."""
    if sys.version_info >= OLDEST:
        return
    for minor in range(NEWEST_MINOR, OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found:
            os.execv(found, [found, *sys.argv])  # noqa: S606
    sys.exit(f"Kith needs Python 3.11 or newer; this is {platform.python_version()}. Install it and run make again.")


def run(*command: str) -> bool:
    """Runs a command with its output shown; returns whether it succeeded."""
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def create_venv() -> None:
    """Creates .venv unless a working one exists."""
    python = BIN / "python"
    if python.exists() and run(str(python), "-c", "import pip"):
        return
    notify("Creating .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    if not run(sys.executable, "-m", "venv", str(VENV)):
        sys.exit("Python could not create .venv. On Debian and Ubuntu, install the package python3-venv.")


def lock_entry(name: str, lock: Path) -> str:
    """Returns the entry of one package in a lock file, including its hashes."""
    lines = lock.read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"{name}=="))
    end = next(number for number in range(start, len(lines)) if not lines[number].endswith("\\"))
    return "\n".join(lines[start : end + 1]) + "\n"


def install_uv() -> bool:
    """Installs uv, which is several times faster than pip; returns whether it is available."""
    entry = lock_entry("uv", LOCKS["dev"])
    version = (
        subprocess.run([str(BIN / "uv"), "--version"], capture_output=True, text=True, check=False)
        if ((BIN / "uv").exists() or (BIN / "uv.exe").exists())
        else None
    )
    if version and version.stdout.split()[1] == entry.split()[0].partition("==")[2]:
        return True
    with tempfile.TemporaryDirectory() as folder:
        requirements = Path(folder) / "uv.txt"
        requirements.write_text(entry, encoding="utf-8")
        return run(str(BIN / "python"), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(requirements))


def stamp_file(kind: str) -> Path:
    """Returns the file that records which lock is installed."""
    return VENV / f".{kind}"


def stamp(kind: str) -> str:
    """Returns the content of the stamp file when the current lock is installed."""
    return f"{hashlib.sha256(LOCKS[kind].read_bytes()).hexdigest()} {platform.python_version()}\n"


def install(kind: str) -> None:
    """Installs a lock into .venv unless this lock is already installed."""
    lock, installed, current = LOCKS[kind], stamp_file(kind), stamp(kind)
    if installed.exists() and installed.read_text(encoding="utf-8") == current:
        return
    create_venv()
    notify(f"Installing {lock.name} into .venv")
    python = str(BIN / "python")
    with_uv = (str(BIN / "uv"), "pip", "install", "--python", python, "--compile-bytecode", "--require-hashes")
    with_pip = (python, "-m", "pip", "install", "--no-deps", "--require-hashes")
    # uv does not read the configuration of pip: fall back to pip when only pip is configured for a registry.
    if not (install_uv() and (run(*with_uv, "-r", str(lock)) or run(*with_pip, "-r", str(lock)))):
        sys.exit(
            f"The packages of {lock.name} could not be installed. Check the connection to the Python package "
            "index, or configure pip with another one (pip config set global.index-url …), and run make again."
        )
    installed.write_text(current, encoding="utf-8")
    if kind == "dev":
        # requirements-dev.txt contains all of requirements.txt.
        stamp_file("run").write_text(stamp("run"), encoding="utf-8")


def install_browser() -> None:
    """Installs Debian's Chromium for the browser tests, or prints a warning when that is not possible."""
    if any(map(shutil.which, BROWSERS)) or install_packages("Chromium for the browser tests", *BROWSER_PACKAGES):
        return
    notify("WARNING: Chromium is not installed and cannot be installed here, so the browser tests will be skipped.")


def install_pango() -> None:
    """Installs Pango for PDF reports, or prints a warning when that is not possible."""
    if all(map(ctypes.util.find_library, PANGO_LIBRARIES)) or install_packages("Pango for PDF", *PANGO_PACKAGES):
        return
    notify("WARNING: Pango is not installed and cannot be installed here, so reports cannot be written as PDF.")


def install_packages(what: str, *packages: str) -> bool:
    """Installs packages of Debian as root; returns whether that was possible."""
    if not (shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0):
        return False
    notify(f"Installing {what}")
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    apt = ("apt-get", "-qq", "-o", "Dpkg::Use-Pty=0")
    return run(*apt, "update") and run(*apt, "install", "-y", "--no-install-recommends", *packages)


if __name__ == "__main__":
    ensure_supported_python()
    for target in sys.argv[1:]:
        if target == "browser":
            install_browser()
        elif target == "pango":
            install_pango()
        else:
            install(target)

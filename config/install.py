"""Makes `.venv` from a hash-pinned lock and the secrets under `.local/`; does nothing twice.

Run by the machine's own python3, so it stays readable to old ones and says what is missing.
"""

import hashlib
import os
import subprocess
import sys

PROJECT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(PROJECT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
OLDEST = (3, 11)
LOCKS = {
    "run": "requirements.lock",
    "dev": "requirements-dev.lock",
    "bench": "bench/requirements.lock",
}


def main(kind):
    if sys.version_info < OLDEST:
        return (
            "Casetrail needs Python %d.%d or newer; %s is %d.%d. Name another, for example: "
            "make setup PYTHON=python3.12" % (*OLDEST, sys.executable, *sys.version_info[:2])
        )
    refusal = make_venv() or install(kind)
    if not refusal:
        subprocess.run(
            [PYTHON, "-c", "from config import local; local.prepare()"], cwd=PROJECT, check=True
        )
    return refusal


def make_venv():
    """A virtual environment of this very Python; one left by another version is made anew."""
    probe = "import sys; print(*sys.version_info[:3])"
    if os.path.exists(PYTHON):
        found = subprocess.run(
            [PYTHON, "-c", probe], stdout=subprocess.PIPE, universal_newlines=True
        )
        if found.stdout.split() == [str(part) for part in sys.version_info[:3]]:
            return ""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return (
            "This Python cannot make virtual environments. On Debian and Ubuntu: apt install "
            "python3-venv. Or name another Python: make setup PYTHON=/path/to/python3"
        )
    say("making .venv with %s" % sys.executable)
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], env=environment())
    return "" if made.returncode == 0 else ".venv could not be made; the lines above say why."


def install(kind):
    """Installs the lock unless the stamp says that this very lock is installed."""
    lock = os.path.join(PROJECT, LOCKS[kind])
    with open(lock, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    stamp = os.path.join(VENV, "installed-" + kind)
    if os.path.exists(stamp):
        with open(stamp) as file:
            if file.read() == digest:
                return ""
    say("installing the packages of %s" % LOCKS[kind])
    command = [PYTHON, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    command += [
        "--no-cache-dir",
        "--no-deps",
        "--only-binary=:all:",
        "--require-hashes",
        "-r",
        lock,
    ]
    done = subprocess.run(command, cwd=PROJECT, env=environment())
    if done.returncode != 0:
        return "The packages could not be installed; the lines above say why. Then: make setup"
    with open(stamp, "w") as file:
        file.write(digest)
    return ""


def environment():
    """Ours, so that pip installs here and nowhere else. It asks for rustc's version, too, and
    the rustc of rustup would make a folder in the home for that."""
    rustup = os.path.join(VENV, "rustup")
    return dict(os.environ, PIP_ROOT_USER_ACTION="ignore", PIP_USER="0", RUSTUP_HOME=rustup)


def say(text):
    sys.stderr.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]) or 0)

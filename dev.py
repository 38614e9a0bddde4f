#!/usr/bin/env python3
"""Set-up and chores of Frontdesk, with the standard library alone: `python3 dev.py` lists them.

Debian and Ubuntu are proved; Windows and macOS are written for, but unproved.
"""

import os
import sys

if sys.version_info < (3, 9):  # noqa: UP036 - this is where an older one is told
    sys.exit(
        "dev.py starts on Python 3.9 or newer, and Frontdesk itself runs on Python 3.11, 3.12 or 3.13.\n"
        "This is Python {}.{}. Install a newer one, then run dev.py with it.".format(*sys.version_info)
    )

import ctypes
import glob
import hashlib
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Callable, NamedTuple, NoReturn, Optional

ROOT = Path(__file__).resolve().parent
WINDOWS = sys.platform == "win32"
LINUX = sys.platform.startswith("linux")
SUPPORTED = ((3, 11), (3, 12), (3, 13))
SUPPORTED_TEXT = "Python 3.11, 3.12 or 3.13"

# What Qt loads at run time, and the Debian package it is in.
QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libX11.so.6": "libx11-6",
    "libbrotlidec.so.1": "libbrotli1",
}
QT_WINDOW_LIBRARIES = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}


def fail(message: str) -> NoReturn:
    """Ends with a message and exit status 1."""
    sys.exit(message)


def say(message: str) -> None:
    """Tells what happens now, before the output of what is called."""
    print(message, file=sys.stderr, flush=True)


# --- System packages ---------------------------------------------------------------------------------


def missing_qt_packages(with_window: bool) -> list[str]:
    """Debian packages of the libraries Qt needs and this system lacks."""
    if not LINUX:
        return []
    libraries = {**QT_LIBRARIES, **QT_WINDOW_LIBRARIES} if with_window else QT_LIBRARIES
    missing = [package for library, package in libraries.items() if not can_load(library)]
    return missing if has_fonts() else [*missing, "fonts-dejavu-core"]


def can_load(library: str) -> bool:
    """True when the dynamic loader finds the library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_fonts() -> bool:
    """True when there is any font for Qt to draw text with."""
    folders = ("/usr/share/fonts", "/usr/local/share/fonts", os.path.expanduser("~/.local/share/fonts"))
    return any(glob.glob(f"{folder}/**/*.[to]tf", recursive=True) for folder in folders)


def install_packages(packages: list[str]) -> None:
    """Installs Debian packages where that is allowed, else ends with the command that does it."""
    if not packages:
        return
    names = " ".join(packages)
    if shutil.which("apt-get") is None:
        fail(
            f"This system lacks libraries or programs that Debian and Ubuntu have in: {names}.\n"
            "Install the same with this system's package manager, then run this again."
        )
    prefix = privilege()
    if prefix is None:
        fail(
            "This system lacks some packages, and installing them takes an administrator. Run\n\n"
            f"    sudo apt-get update && sudo apt-get install -y {names}\n\n"
            "then run this again."
        )
    say(f"Installing system packages: {names}")
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    for step in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        if subprocess.run([*apt, *step], stdout=subprocess.DEVNULL).returncode != 0:
            fail(f"'{shlex.join([*apt, *step])}' failed; what it wrote is above.")


def privilege() -> Optional[list[str]]:
    """What to put before a command that needs root: nothing, sudo, or None when it cannot be had."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    return None


# --- Python and its environment ----------------------------------------------------------------------


class Environment(NamedTuple):
    """A virtual environment of this project."""

    folder: Path

    @property
    def python(self) -> str:
        """Path of its interpreter."""
        return self.program("python")

    def program(self, name: str) -> str:
        """Path of a program installed in it."""
        return str(self.folder / "Scripts" / f"{name}.exe" if WINDOWS else self.folder / "bin" / name)

    @property
    def version(self) -> Optional[tuple[int, int]]:
        """Its Python's version; None when it does not run, or was not made to its end."""
        return version_of(self.python) if os.path.exists(self.program("pip")) else None


def version_of(interpreter: str) -> Optional[tuple[int, int]]:
    """Version of an interpreter, None when it does not run."""
    code = "import sys; print(*sys.version_info[:2])"
    try:
        answer = subprocess.run([interpreter, "-c", code], capture_output=True, text=True)
        major, minor = answer.stdout.split()
    except (OSError, ValueError):
        return None
    return int(major), int(minor)


def find_python() -> str:
    """An interpreter that Frontdesk runs on: this one if it will do, else the newest to be found."""
    if sys.version_info[:2] in SUPPORTED:
        return sys.executable
    for version in reversed(SUPPORTED):
        for candidate in candidates(*version):
            if version_of(candidate) == version:
                return candidate
    fail(
        f"Frontdesk runs on {SUPPORTED_TEXT}; this is {sys.version.split()[0]}, and no other was found.\n"
        "Install one of them (on Debian 12: apt-get install python3 python3-venv; on Ubuntu 24.04 the same;\n"
        "elsewhere from python.org), or name it: python3 dev.py --python /path/to/python3.11 run"
    )


def candidates(major: int, minor: int) -> list[str]:
    """Where an interpreter of that version may be."""
    version = f"{major}.{minor}"
    pyenv = os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv"))
    found = [shutil.which(f"python{version}"), *glob.glob(f"{pyenv}/versions/{version}.*/bin/python")]
    if WINDOWS:
        programs = os.environ.get("LOCALAPPDATA", "") + r"\Programs\Python"
        found.append(rf"{programs}\Python{major}{minor}\python.exe")
    return [path for path in found if path]


def chosen_python(wanted: str) -> str:
    """The interpreter that --python names by version or by path."""
    version = re.fullmatch(r"(\d+)\.(\d+)", wanted)
    choices = candidates(int(version[1]), int(version[2])) if version else [wanted]
    for choice in choices:
        if version_of(choice) in SUPPORTED:
            return choice
    fail(f"--python {wanted}: not found, or not {SUPPORTED_TEXT}.")


def missing_venv_package(interpreter: str) -> list[str]:
    """The Debian package of Python's venv module, which Debian ships apart, if it is missing."""
    if subprocess.run([interpreter, "-c", "import venv, ensurepip"], capture_output=True).returncode == 0:
        return []
    major, minor = version_of(interpreter) or SUPPORTED[0]
    return [f"python{major}.{minor}-venv"]


def environment(wanted: Optional[str]) -> tuple[Environment, Optional[str]]:
    """The environment to use, and the interpreter to make it with unless it is there and runs.

    --python has an environment of its own for each version.
    """
    if wanted is None:
        named = Environment(ROOT / ".venv")
        return named, None if named.version in SUPPORTED else find_python()
    interpreter = chosen_python(wanted)
    version = version_of(interpreter)
    assert version is not None
    named = Environment(ROOT / f".venv-{version[0]}.{version[1]}")
    return named, None if named.version == version else interpreter


def make_environment(made: Environment, interpreter: str) -> None:
    """Makes the virtual environment, in place of one that does not run any more."""
    say(f"Making {made.folder.name} with {interpreter}")
    command = [interpreter, "-m", "venv", "--clear", str(made.folder)]
    if subprocess.run(command).returncode != 0:
        fail(f"'{shlex.join(command)}' failed; what it wrote is above.")


def install(made: Environment, name: str) -> None:
    """Installs requirements/NAME.txt, only when the file is not the one installed before."""
    requirements = ROOT / "requirements" / f"{name}.txt"
    stamp = made.folder / f"installed-{name}.sha256"
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say(f"Installing {requirements.relative_to(ROOT)} into {made.folder.name}")
    pip = [made.python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--quiet"]
    command = [*pip, "--require-hashes", "--compile", "-r", str(requirements)]
    if subprocess.run(command).returncode != 0:
        fail(
            "The packages could not be installed; pip's message is above. Without a network, try again later."
        )
    stamp.write_text(wanted)


def prepare(wanted: Optional[str], requirements: str, with_window: bool = False) -> Environment:
    """Everything a command needs: system packages, environment, and the packages in it."""
    made, interpreter = environment(wanted)
    packages = missing_qt_packages(with_window)
    install_packages(packages + missing_venv_package(interpreter) if interpreter else packages)
    if interpreter:
        make_environment(made, interpreter)
    install(made, requirements)
    return made


def call(command: list[str], **variables: str) -> int:
    """Runs a command with the project importable, and returns its exit status."""
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    variables["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    try:
        return subprocess.run(command, env={**os.environ, **variables}).returncode
    except KeyboardInterrupt:
        return 130


def compile_program(made: Environment) -> None:
    """Byte code for a quick start, also where PYTHONDONTWRITEBYTECODE is set."""
    subprocess.run([made.python, "-m", "compileall", "-q", str(ROOT / "frontdesk")])


# --- Commands ----------------------------------------------------------------------------------------

Arguments = list[str]


def run(arguments: Arguments, python: Optional[str]) -> int:
    """Open the program; further arguments are the program's own."""
    window = opens_a_window(arguments)
    if window and LINUX and not any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))):
        fail(
            "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can open.\n"
            "Run this on a desktop, or let it draw every screen into a folder: python3 dev.py shots DIR"
        )
    made = prepare(python, "run", with_window=window)
    compile_program(made)
    return call([made.python, "-m", "frontdesk", *arguments])


def opens_a_window(arguments: Arguments) -> bool:
    """True when the program is asked for its window and not for one of its commands."""
    rest = iter(arguments)
    for argument in rest:
        if argument == "--home":
            next(rest, None)
        elif argument in ("-h", "--help", "--version", "--self-check") or not argument.startswith("-"):
            return False
    return True


def test(arguments: Arguments, python: Optional[str]) -> int:
    """Run the tests; further arguments are pytest's (a path, -k, -m …)."""
    made = prepare(python, "dev")
    # Many tests start the program, each in a process of its own.
    compile_program(made)
    # One more than two processors can keep busy: tests wait for disks, servers and programs of their own.
    spread = ["-n", "3", "--dist", "worksteal"] if spreads(arguments) else []
    return call(
        [made.python, "-m", "pytest", f"--rootdir={ROOT}", *spread, *(arguments or [str(ROOT / "tests")])],
        QT_QPA_PLATFORM="offscreen",
    )


def spreads(arguments: Arguments) -> bool:
    """True for a run of everything: several processes pay off there, and there only."""
    chosen = any(argument.startswith(("-n", "--pdb", "--co")) for argument in arguments)
    return not chosen and not any(Path(argument.split("::")[0]).exists() for argument in arguments)


def long(arguments: Arguments, python: Optional[str]) -> int:
    """Run the long runs: kills and random operations."""
    return test(["-m", "long", "--timeout", "0", *arguments], python)


def lint(arguments: Arguments, python: Optional[str]) -> int:
    """Check style, types and layers (ruff, mypy, import-linter)."""
    made = prepare(python, "dev")
    folders = ["dev.py", "frontdesk", "tests", "tools", "benchmarks", "stubs"]
    checks = (
        [made.program("ruff"), "check", "."],
        [made.program("ruff"), "format", "--check", "."],
        [made.python, "-m", "mypy", *(folder for folder in folders if (ROOT / folder).exists())],
        [made.program("lint-imports"), "--no-logo"],
    )
    os.chdir(ROOT)
    failed = [Path(check[0]).stem + " " + " ".join(check[1:3]) for check in checks if call(check) != 0]
    if failed:
        say("Failed: " + "; ".join(failed))
    return 1 if failed else 0


def bench(arguments: Arguments, python: Optional[str]) -> int:
    """Measure, and print the tables."""
    made = prepare(python, "dev")
    compile_program(made)
    return call([made.python, "-m", "benchmarks", *arguments])


def shots(arguments: Arguments, python: Optional[str]) -> int:
    """Draw every screen and dialog of the demo studio into DIR."""
    made = prepare(python, "run")
    return call([made.python, "-m", "tools.shots", *arguments], QT_QPA_PLATFORM="offscreen")


def data(arguments: Arguments, python: Optional[str]) -> int:
    """Make a large studio to try or to measure with: M DIR or XL DIR."""
    made = prepare(python, "run")
    return call([made.python, "-m", "tools.data", *arguments])


def bundle(arguments: Arguments, python: Optional[str]) -> int:
    """Build the one-folder program into dist/."""
    if LINUX and shutil.which("objdump") is None:
        install_packages(["binutils"])  # PyInstaller calls objdump
    made = prepare(python, "dev")
    os.chdir(ROOT)
    return call([made.python, "-m", "PyInstaller", "--noconfirm", *arguments, "build.spec"])


def lock(arguments: Arguments, python: Optional[str]) -> int:
    """Choose and pin the packages anew from pyproject.toml (--upgrade for the newest)."""
    made = prepare(python, "lock")
    os.chdir(ROOT)
    options = ["--universal", "--generate-hashes", "--no-emit-index-url", "--no-annotate", "--no-header"]
    compile_ = [made.program("uv"), "pip", "compile", "--quiet", "--python-version", "3.11", *options]
    sources = {
        "run": ["pyproject.toml"],
        "dev": ["pyproject.toml", "--group", "dev"],
        "lock": ["--group", "lock"],
    }
    for name, source in sources.items():
        if call([*compile_, *arguments, *source, "-o", f"requirements/{name}.txt"]) != 0:
            return 1
    return 0


COMMANDS: dict[str, Callable[[Arguments, Optional[str]], int]] = {
    command.__name__: command for command in (run, test, lint, bench, shots, data, bundle, long, lock)
}


def main(arguments: Arguments) -> int:
    """Runs the command that the arguments name."""
    python = None
    if arguments[:1] == ["--python"] and len(arguments) > 1:
        python, arguments = arguments[1], arguments[2:]
    if not arguments or arguments[0] not in COMMANDS:
        lines = [f"    {name:8}{command.__doc__}" for name, command in COMMANDS.items()]
        usage = "python3 dev.py [--python VERSION or PATH] COMMAND …"
        print(f"{usage}\n\nFrontdesk runs on {SUPPORTED_TEXT}.\n\n" + "\n".join(lines))
        return 0 if arguments in ([], ["-h"], ["--help"]) else 2
    return COMMANDS[arguments[0]](arguments[1:], python)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

#!/usr/bin/env python3
"""
What does one type to work on Accompany?

    python3 dev.py            lists every command
    python3 dev.py demo       an invented world, loaded and served
    python3 dev.py test       all checks and tests

It needs nothing but Python's standard library and makes its own environment in `.venv`.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "Accompany needs Python 3.11 or newer; this is {}.{}. Nothing was done. "
        "If a newer one is installed, name it: python3.12 dev.py".format(*sys.version_info)
    )

import argparse
import contextlib
import hashlib
import importlib.util
import os
import secrets
import shlex
import shutil
import subprocess
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
REQUIREMENTS = ROOT / "requirements"
TEMPLATES = ROOT / "src" / "accompany" / "web" / "templates"
SOURCE_LINE = f"{ROOT / 'src'}\n"  # of a .pth file
JOURNEYS = ROOT / "tests" / "journeys"

RUNTIME = ("runtime",)
DEVELOPMENT = ("runtime", "dev")
COOLDOWN = "7 days"  # a poisoned release is mostly found within days
UNAVAILABLE = 69  # EX_UNAVAILABLE: what a step needs could not be had
NO_TESTS = 5  # pytest: no test was collected


class Stopped(Exception):
    """What was not done, why, and what to do now."""


# --- The environment


def prepare(*locks: str) -> None:
    """Make `.venv` hold what the lock files name; do nothing, and ask no network, if it does."""
    if not works(PYTHON):
        make_environment()
    stale = [name for name in locks if not is_installed(name)]
    if stale:
        print("Installing what Accompany needs into .venv (once) ...", file=sys.stderr)
    for name in stale:
        install(name)
    point_at_source()


def works(python: Path) -> bool:
    """Whether this interpreter starts and was made here; scripts of a moved one do not run."""
    is_environment = "import sys; sys.exit(sys.prefix == sys.base_prefix)"
    if not (python.exists() and succeeds([python, "-c", is_environment])):
        return False
    return not source_pointer().exists() or points_at_source()


def make_environment() -> None:
    """
    Make `.venv`, with a pip inside or, where Python lacks ensurepip, with one outside.

    Debian takes ensurepip, pip or both out of its Python.
    """
    if not (try_environment() or install_python_parts()):
        raise Stopped(
            "No environment was made: this Python has neither ensurepip nor pip. "
            "Type this line, then the same command again:\n"
            "    sudo apt-get install -y python3-venv python3-pip"
        )


def try_environment() -> bool:
    has_venv = importlib.util.find_spec("venv") is not None
    if has_venv and importlib.util.find_spec("ensurepip") and succeeds(venv_command()):
        return True
    return has_venv and outer_pip_works() and succeeds([*venv_command(), "--without-pip"])


def venv_command() -> list[str | Path]:
    return [sys.executable, "-m", "venv", "--clear", VENV]


def outer_pip_works() -> bool:
    return succeeds([sys.executable, "-m", "pip", "--python", sys.executable, "--version"])


def install_python_parts() -> bool:
    """As root on Debian, install the missing parts of Python, then make `.venv` with them."""
    if not apt_install("python3-venv", "python3-pip"):
        return False
    importlib.invalidate_caches()
    return try_environment()


def install(name: str) -> None:
    """Install one lock file: only the very files it names, and never code run to build them."""
    lock = REQUIREMENTS / f"{name}.txt"
    done = call(
        *pip_command(), "install", "-qq", "--disable-pip-version-check", "--no-input",
        "--require-hashes", "--only-binary", ":all:", "--requirement", lock,
    )  # fmt: skip
    if done != 0:
        raise Stopped(
            f"requirements/{name}.txt was not installed; pip says why above. "
            "Check the network, then type the same command again."
        )
    stamp_of(name).write_text(digest_of(name))


def pip_command() -> list[str | Path]:
    if succeeds([PYTHON, "-m", "pip", "--version"]):
        return [PYTHON, "-m", "pip"]
    return [sys.executable, "-m", "pip", "--python", PYTHON]


def is_installed(name: str) -> bool:
    stamp = stamp_of(name)
    return stamp.exists() and stamp.read_text() == digest_of(name)


def stamp_of(name: str) -> Path:
    return VENV / f"{name}.installed"


def digest_of(name: str) -> str:
    return hashlib.sha256((REQUIREMENTS / f"{name}.txt").read_bytes()).hexdigest()


def point_at_source() -> None:
    """Let `.venv` import from `src`, without a build: no build backend, no network."""
    if source_pointer().exists():
        return
    source_pointer().write_text(SOURCE_LINE)
    if os.name != "nt":
        script = BIN / "accompany"
        script.write_text(
            f"#!{PYTHON}\nimport sys\n\nfrom accompany.cli import main\n\nsys.exit(main())\n"
        )
        script.chmod(0o755)


def source_pointer() -> Path:
    return next(VENV.glob("[Ll]ib*/**/site-packages")) / "accompany.pth"


def points_at_source() -> bool:
    return source_pointer().read_text() == SOURCE_LINE


# --- Calls


def call(*command: str | Path, env: dict[str, str] | None = None) -> int:
    """Run a command in the project's folder, its output shown; answer its exit code."""
    return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode


def succeeds(command: Sequence[str | Path]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def become(*command: str | Path) -> int:
    """Hand over to a command, so that it alone gets the terminal and its signals."""
    if os.name != "nt":
        os.execv(command[0], [str(part) for part in command])
    return call(*command)


def tool(name: str) -> str:
    return str(BIN / name)


def apt_install(*packages: str) -> bool:
    """Install Debian packages if we are root on Debian; answer whether that was done."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return False
    print(f"Installing {' and '.join(packages)} with apt-get ...", file=sys.stderr)
    installation = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    return all(quietly(command) for command in (["apt-get", "update", "-qq"], installation))


def quietly(command: Sequence[str]) -> bool:
    """Run apt-get without its questions and its long account; what goes wrong is shown."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)
    return done.returncode == 0


# --- Steps of the test command


@dataclass(frozen=True)
class Step:
    """One check: its name, what it runs, and what it needs that a machine may lack."""

    name: str
    command: Sequence[str]
    is_pytest: bool = False
    lacking: Callable[[], str | None] = lambda: None


@dataclass(frozen=True)
class Result:
    """How one step went; `lacked` says why it could not be run."""

    step: Step
    code: int = 0
    lacked: str | None = None


def static_steps() -> list[Step]:
    """Every check that runs no code of ours but the settings and the models."""
    django = [str(PYTHON), "-m", "django"]
    return [
        Step("ruff check", [tool("ruff"), "check"]),
        Step("ruff format", [tool("ruff"), "format", "--check"]),
        Step("import layers", [tool("lint-imports")]),
        Step("types", [tool("mypy")]),
        Step("templates: format", [tool("djlint"), str(TEMPLATES), "--check"]),
        Step("templates: faults", [tool("djlint"), str(TEMPLATES), "--lint"]),
        Step("migrations", [*django, "makemigrations", "--check", "--dry-run"]),
        Step("translations", [str(PYTHON), "-m", "tests.messages", "check"]),
        Step("reference", [str(PYTHON), "docs/make_reference.py", "--check"]),
    ]


def pytest_steps(arguments: Sequence[str]) -> list[Step]:
    """The tests on SQLite and on PostgreSQL, then, if none are chosen, the browser's journeys."""
    pytest = [str(PYTHON), "-m", "pytest"]
    on_postgres = [str(PYTHON), "-m", "tests.postgres", *pytest]
    chosen = list(arguments) or ["--numprocesses=2", f"--ignore={JOURNEYS}"]
    steps = [
        Step("tests on SQLite", [*pytest, *chosen], is_pytest=True),
        Step("tests on PostgreSQL", [*on_postgres, *chosen], is_pytest=True),
    ]
    if not arguments:
        journeys = [*pytest, str(JOURNEYS)]
        steps.append(Step("journeys in Chromium", journeys, is_pytest=True, lacking=no_browser))
    return steps


def no_browser() -> str | None:
    """Find Chromium and what drives it, or install them; answer None, or what is lacking."""
    if not any(JOURNEYS.glob("test_*.py")):
        return "there are no journeys in tests/journeys"
    if not (driver_starts() or (apt_install("libatomic1") and driver_starts())):
        return "Playwright does not start; on Debian it needs libatomic1"
    if installed_chromium() or (apt_install("chromium") and installed_chromium()):
        return None
    if call(PYTHON, "-m", "playwright", "install", "chromium") == 0:
        return None
    return "no Chromium is here and none could be installed; name one in ACCOMPANY_CHROMIUM"


def driver_starts() -> bool:
    return succeeds([PYTHON, "-m", "playwright", "--version"])


def installed_chromium() -> str | None:
    """The path of this machine's Chromium; the tests find it in ACCOMPANY_CHROMIUM."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("ACCOMPANY_CHROMIUM") or next(
        filter(None, map(shutil.which, names)), None
    )
    if found:
        os.environ["ACCOMPANY_CHROMIUM"] = found
    return found


def run_steps(steps: Sequence[Step]) -> int:
    """Run every step, also after one failed; end with what failed and what could not be run."""
    with tempfile.TemporaryDirectory(prefix="accompany-") as folder, test_environment(folder):
        reports = Path(folder) / "reports"
        results = [run_step(step, reports / f"{place}.xml") for place, step in enumerate(steps)]
        return tell(results, count_tests(reports))


@contextlib.contextmanager
def test_environment(folder: str) -> Iterator[None]:
    """Keep every step away from a real record: its home is a folder that goes afterwards."""
    kept = dict(os.environ)
    for name in kept:
        if name.startswith("ACCOMPANY_") and name != "ACCOMPANY_CHROMIUM":
            del os.environ[name]
    os.environ.update(
        ACCOMPANY_HOME=str(Path(folder) / "home"),
        # Checks that only connect need no key; the tests choose for themselves.
        ACCOMPANY_PLAIN_SQLITE="1",
        DJANGO_SETTINGS_MODULE="accompany.config.settings",
        PYTHONUNBUFFERED="1",
    )
    (Path(folder) / "home").mkdir(mode=0o700)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(kept)


def run_step(step: Step, report: Path) -> Result:
    print(f"\n=== {step.name}", flush=True)
    lacked = step.lacking()
    if lacked:
        print(f"=== {step.name}: could not be run: {lacked}", flush=True)
        return Result(step, lacked=lacked)
    began = time.monotonic()
    code = run_loudly(step, report) if step.is_pytest else run_quietly(step)
    result = Result(step, code, lacked=why_not_run(step, code))
    outcome = result.lacked or ("ok" if code == 0 else f"FAILED ({code})")
    print(f"=== {step.name}: {outcome}, {time.monotonic() - began:.1f} s", flush=True)
    return result


def run_loudly(step: Step, report: Path) -> int:
    return call(*step.command, f"--junitxml={report}")


def run_quietly(step: Step) -> int:
    """Show the output of a check only if it has something to say."""
    done = subprocess.run(
        step.command, cwd=ROOT, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode != 0:
        sys.stdout.write(done.stdout.decode(errors="replace"))
    return done.returncode


def why_not_run(step: Step, code: int) -> str | None:
    if not step.is_pytest:
        return None
    return {NO_TESTS: "no test was found", UNAVAILABLE: "PostgreSQL did not start"}.get(code)


def count_tests(reports: Path) -> dict[str, int]:
    """Add up the counts of all pytest runs."""
    total = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
    for report in reports.glob("*.xml"):
        for suite in ET.parse(report).getroot().iter("testsuite"):
            for kind in total:
                total[kind] += int(suite.get(kind, 0))
    return total


def tell(results: Sequence[Result], total: dict[str, int]) -> int:
    """Print what failed, what could not be run and the sum; answer the exit code."""
    failed = [result for result in results if result.code and not result.lacked]
    not_run = [result for result in results if result.lacked]
    print()
    for result in failed:
        print(f"Failed: {result.step.name}. Alone: {alone(result.step)}")
    for result in not_run:
        print(f"Could not be run: {result.step.name}: {result.lacked}")
    if not (failed or not_run):
        print("Every step passed.")
    if any(result.step.is_pytest for result in results):
        print(closing_line(total))
    must_run_all = os.environ.get("CI", "").lower() in ("true", "1")
    return 1 if failed or (must_run_all and not_run) else 0


def alone(step: Step) -> str:
    """What to type, in the project's folder, to run one step again."""
    return shlex.join(step.command).replace(f"{ROOT}{os.sep}", "")


def closing_line(total: dict[str, int]) -> str:
    failed = total["failures"] + total["errors"]
    line = f"{total['tests'] - failed - total['skipped']} passed, {failed} failed"
    return line + (f", {total['skipped']} skipped" if total["skipped"] else "")


# --- Commands: the first line of each docstring is its help


def demo(arguments: list[str]) -> int:
    """Load an invented world, start the server, print address and sign-in."""
    return run(["demo", *arguments])


def run(arguments: list[str]) -> int:
    """Run the `accompany` command: run ARGS."""
    prepare(*RUNTIME)
    return become(PYTHON, "-m", "accompany", *arguments)


def test(arguments: list[str]) -> int:
    """Run all checks and tests on both databases; with PYTEST ARGS, only the tests they choose."""
    prepare(*DEVELOPMENT)
    steps = [] if arguments else static_steps()
    return run_steps([*steps, *pytest_steps(arguments)])


def walk(arguments: list[str]) -> int:
    """Walk every page and command as everybody, in full, on both databases: who may what."""
    prepare(*DEVELOPMENT)
    os.environ["WALK_IN_FULL"] = "1"
    return run_steps(pytest_steps(["tests/structure/test_walk.py", *arguments]))


def faults(arguments: list[str]) -> int:
    """Kill what can be killed, 200 times on each database, and report: faults [--times N]."""
    parser = argparse.ArgumentParser(prog="python3 dev.py faults")
    parser.add_argument("--times", type=int, default=200, help="kills on each database")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    asked, more = parser.parse_known_args(arguments)
    prepare(*DEVELOPMENT)
    print(f"The same again: python3 dev.py faults --times {asked.times} --seed {asked.seed}")
    os.environ.update(FAULTS_TIMES=str(asked.times), FAULTS_SEED=str(asked.seed))
    with tempfile.TemporaryDirectory(prefix="accompany-") as folder:
        notes = os.environ["FAULTS_NOTES"] = str(Path(folder) / "notes")
        code = run_steps(pytest_steps(["tests/faults", *more]))
        if Path(notes).exists():
            call(PYTHON, "-m", "tests.faults.report", notes, ROOT / "docs/reports/faults.md")
    return code


def noise(arguments: list[str]) -> int:
    """Try hostile inputs, 100,000 unless told: noise [--inputs N] [--seed S] [PYTEST ARGS]."""
    parser = argparse.ArgumentParser(prog="python3 dev.py noise")
    parser.add_argument("--inputs", type=int, default=100_000, help="a fifth of it on PostgreSQL")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1 << 32))
    asked, more = parser.parse_known_args(arguments)
    prepare(*DEVELOPMENT)
    print(f"The same again: python3 dev.py noise --inputs {asked.inputs} --seed {asked.seed}")
    os.environ.update(NOISE_INPUTS=str(asked.inputs), NOISE_SEED=str(asked.seed))
    return run_steps(pytest_steps(["tests/noise", "--numprocesses=2", *more]))


def lint(_arguments: list[str]) -> int:
    """Run the checks of `test` that need no test."""
    prepare(*DEVELOPMENT)
    return run_steps(static_steps())


def format_code(_arguments: list[str]) -> int:
    """Put code and templates into the house's form."""
    prepare(*DEVELOPMENT)
    codes = [call(tool("ruff"), "check", "--fix"), call(tool("ruff"), "format")]
    djlint = call(tool("djlint"), TEMPLATES, "--reformat", "--quiet")
    return max(*codes, djlint if djlint > 1 else 0)  # 1 says that it changed a file


def advisories(arguments: list[str]) -> int:
    """Look for known faults of the libraries in requirements/*.txt; needs the network."""
    prepare(*DEVELOPMENT)
    # A tool of its own, asked for when needed: what it finds today says nothing of a change, and
    # a check that asks a host would make every run of `test` hang on it.
    found = 0
    for name in DEVELOPMENT:
        found |= call(
            tool("uv"), "tool", "run", "--exclude-newer", COOLDOWN, "pip-audit", "--strict",
            "--disable-pip", "--require-hashes", "--requirement",
            REQUIREMENTS.relative_to(ROOT) / f"{name}.txt", *arguments,
        )  # fmt: skip
    return found


def lock(arguments: list[str]) -> int:
    """Make requirements/*.txt from *.in again; --upgrade takes newer versions, a week old."""
    prepare(*DEVELOPMENT)
    for name in DEVELOPMENT:
        made = call(
            tool("uv"), "pip", "compile", "--quiet", REQUIREMENTS.relative_to(ROOT) / f"{name}.in",
            "--output-file", REQUIREMENTS.relative_to(ROOT) / f"{name}.txt",
            "--universal", "--python-version", "3.11", "--generate-hashes",
            "--only-binary", ":all:", "--exclude-newer", COOLDOWN,
            "--custom-compile-command", "python3 dev.py lock", *arguments,
        )  # fmt: skip
        if made != 0:
            return made
    return 0


def wheel(_arguments: list[str]) -> int:
    """Build the wheel into dist/, with the pinned build backend of the environment."""
    prepare(*DEVELOPMENT)
    return become(PYTHON, "-m", "hatchling", "build", "-t", "wheel", "-d", "dist")


def bench(arguments: list[str]) -> int:
    """Measure against the floors: bench ARGS."""
    prepare(*DEVELOPMENT)
    return become(PYTHON, "-m", "benchmarks", *arguments)


def messages(_arguments: list[str]) -> int:
    """Collect the sentences to translate and compile the translations."""
    prepare(*DEVELOPMENT)
    return become(PYTHON, "-m", "tests.messages", "update")


def reference(arguments: list[str]) -> int:
    """Make docs/reference/ from the code; --check says whether it is current."""
    prepare(*DEVELOPMENT)
    return become(PYTHON, "docs/make_reference.py", *arguments)


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "demo": demo, "run": run, "test": test, "lint": lint, "format": format_code,
    "lock": lock, "advisories": advisories, "wheel": wheel, "bench": bench, "messages": messages,
    "reference": reference, "walk": walk, "noise": noise, "faults": faults,
}  # fmt: skip


def overview() -> str:
    lines = [
        f"  {name:10}{(command.__doc__ or '').strip().splitlines()[0]}"
        for name, command in COMMANDS.items()
    ]
    return "\n".join(["python3 dev.py COMMAND [ARGS]", "", *lines])


def main() -> int:
    name, *arguments = sys.argv[1:] or ["--help"]
    if name in ("--help", "-h", "help"):
        print(overview())
        return 0
    if name not in COMMANDS:
        print(f"dev.py knows no command {name!r}.\n\n{overview()}", file=sys.stderr)
        return 2
    try:
        return COMMANDS[name](arguments)
    except Stopped as stopped:
        print(stopped, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())

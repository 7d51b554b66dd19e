"""Disks that are small, or may only be read: mounted for a test, where it is allowed to mount."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest


@contextmanager
def small_disk(size: int) -> Iterator[Path]:
    """A folder on a disk of its own, of so many MB."""
    skip_unless_mounting()
    place = Path(tempfile.mkdtemp(prefix="full-"))
    try:
        _mount("-t", "tmpfs", "-o", f"size={size}m,mode=755", "tmpfs", str(place))
        yield place
    finally:
        _unmount(place)
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def only_read(folder: Path) -> Iterator[None]:
    """A folder in which nobody may write, its owner and root neither."""
    if os.geteuid() != 0:
        mode = folder.stat().st_mode
        folder.chmod(0o500)
        try:
            yield
        finally:
            folder.chmod(mode)
        return
    skip_unless_mounting()
    try:
        _mount("--bind", str(folder), str(folder))
        _mount("-o", "remount,ro,bind", str(folder))
        yield
    finally:
        _unmount(folder)


def fill(folder: Path, *, but: int = 0) -> Path:
    """Fill the disk of a folder, but for so many bytes; the file to be removed to make room."""
    ballast = folder / "ballast"
    left = shutil.disk_usage(folder).free - but
    with ballast.open("wb") as file:
        for _ in range(left // 4096):
            file.write(bytes(4096))
    return ballast


def skip_unless_mounting() -> None:
    """Skip a test that needs a disk of its own where none may be mounted."""
    if not may_mount():
        pytest.skip("a small disk can be mounted by root alone, and not in every container")


@cache
def may_mount() -> bool:
    """Whether this process may mount a disk."""
    place = Path(tempfile.mkdtemp(prefix="mount-"))
    try:
        _mount("-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place))
    except (OSError, subprocess.CalledProcessError):
        return False
    else:
        _unmount(place)
        return True
    finally:
        place.rmdir()


def _mount(*how: str) -> None:
    subprocess.run(["mount", *how], check=True, capture_output=True)


def _unmount(place: Path) -> None:
    # Lazily: whoever still has a file open there keeps it, and nobody else sees it.
    subprocess.run(["umount", "-l", str(place)], check=False, capture_output=True)

"""What must be so before anything is served."""

import shutil
from pathlib import Path

import pytest
from django.conf import settings

from accompany.cli import serving
from tests.shell import SRC

SOURCE = SRC / "accompany" / "web" / "static"


@pytest.fixture
def laid_out():
    """The folder of what pages need, empty again afterwards."""
    folder = Path(settings.STATIC_ROOT)
    yield folder
    shutil.rmtree(folder)
    folder.mkdir()


def test_a_file_that_was_half_laid_out_when_the_disk_was_full_is_laid_out_again(laid_out):
    file = next(SOURCE.rglob("*.css")).relative_to(SOURCE)
    half = laid_out / file
    half.parent.mkdir(parents=True)
    half.write_text("body {")
    serving.prepare("127.0.0.1", 0)
    assert half.read_bytes() == (SOURCE / file).read_bytes()

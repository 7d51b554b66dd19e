"""How does a file from a browser reach the disk? Sealed, frame by frame, as it arrives."""

from io import BytesIO
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from accompany.access.terms import Permission
from accompany.exchange.incoming import Sink, open_sink


class SealedUpload(UploadedFile):
    """An uploaded file that lies sealed under an id of its own. Its bytes are not at hand here."""

    def __init__(self, key: UUID, name: str, size: int) -> None:
        super().__init__(file=BytesIO(), name=name, size=size)
        self.key = key


class SealedUploadHandler(FileUploadHandler):
    """Takes every upload; Django's own handlers would write it to the disk in the clear."""

    chunk_size = 65_536
    _sink: Sink | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        # A form is read before the door asks: strangers send nothing to the disk.
        user = getattr(self.request, "user", None)
        if user is None or not user.is_authenticated:
            raise SkipFile
        if Permission.RECEIVE_LISTS not in user.permissions:
            raise SkipFile
        self._sink = open_sink()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self._sink is not None:
            self._sink.write(raw_data)

    def file_complete(self, file_size: int) -> SealedUpload | None:
        sink, self._sink = self._sink, None
        if sink is None:
            return None
        sink.close()
        return SealedUpload(sink.key, self.file_name or "", file_size)

    def upload_interrupted(self) -> None:
        # Django says so of a file that was skipped, too.
        if self._sink is not None:
            self._sink.drop()

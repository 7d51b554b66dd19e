"""How does a file from a browser reach the disk? Sealed, frame by frame, up to a limit."""

from io import BytesIO
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from accompany.access import watching
from accompany.access.terms import Permission, Vain
from accompany.exchange.incoming import Sink, forget_upload, open_sink


class SealedUpload(UploadedFile):
    """An uploaded file that lies sealed under an id of its own. Its bytes are not at hand here."""

    is_taken = False  # until a page notes it down

    def __init__(self, key: UUID, name: str, size: int) -> None:
        super().__init__(file=BytesIO(), name=name, size=size)
        self.key = key


_TOO_LARGE = "upload_is_too_large"


def is_too_large(request: Any) -> bool:
    """Whether a file of this request was not kept, as it is larger than the limit."""
    return getattr(request, _TOO_LARGE, False)


def let_go(request: Any) -> None:
    """A request is over, however it ended: what it sent and no page took is kept no longer."""
    for handler in request.upload_handlers:
        handler.let_go()


class SealedUploadHandler(FileUploadHandler):
    """Takes every upload; Django's own handlers would write it to the disk in the clear."""

    chunk_size = 65_536
    _sink: Sink | None = None
    _taken = 0  # bytes, of all files of the request

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._complete: list[SealedUpload] = []

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 - so named by Django
        content_length: int,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """Of a request that says itself that it is too large, nothing is written at all."""
        form = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        self._refuse_above(settings.ACCOMPANY_UPLOAD_LIMIT + form, content_length)

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        # A form is read before the door asks: strangers send nothing to the disk.
        user = getattr(self.request, "user", None)
        if user is None or not user.is_authenticated:
            watching.note(Vain.UPLOAD)
            raise SkipFile
        if Permission.RECEIVE_LISTS not in user.permissions:
            watching.note(Vain.UPLOAD)
            raise SkipFile
        if is_too_large(self.request):
            raise SkipFile
        self._sink = open_sink()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self._sink is None:
            return
        self._taken += len(raw_data)
        self._refuse_above(settings.ACCOMPANY_UPLOAD_LIMIT, self._taken)
        if is_too_large(self.request):
            self.upload_interrupted()
            # The rest is read and let go: a browser shows no answer before it has sent everything.
            raise SkipFile
        self._sink.write(raw_data)

    def _refuse_above(self, limit: int, size: int) -> None:
        if size > limit and not is_too_large(self.request):
            watching.note(Vain.UPLOAD)
            setattr(self.request, _TOO_LARGE, True)

    def file_complete(self, file_size: int) -> SealedUpload | None:
        sink, self._sink = self._sink, None
        if sink is None:
            return None
        sink.close()
        upload = SealedUpload(sink.key, self.file_name or "", file_size)
        self._complete.append(upload)
        return upload

    def upload_interrupted(self) -> None:
        # Django says so of a file that was skipped, too.
        if self._sink is not None:
            self._sink.drop()
            self._sink = None

    def let_go(self) -> None:
        """Drop what broke off, and forget what is whole and was not taken."""
        self.upload_interrupted()
        for upload in self._complete:
            if not upload.is_taken:
                forget_upload(upload.key)

"""What happens when many do the same at the same moment?"""

from collections.abc import Callable
from threading import Barrier, Thread

from django.db import connection

from accompany.base.refusal import Refused

AT_ONCE = 8


def at_once(work: Callable[[], object]) -> list[object]:
    """What each of some threads gets, which begin together."""
    found: list[object] = []
    ready = Barrier(AT_ONCE)

    def one() -> None:
        ready.wait(timeout=10)
        try:
            found.append(work())
        except Refused as refused:
            found.append(refused)
        finally:
            connection.close()

    threads = [Thread(target=one) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == AT_ONCE
    return found

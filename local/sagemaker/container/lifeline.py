"""Ties a process to the one that started it, so that nothing outlives the runtime.

Two independent ways: on Linux the kernel sends SIGKILL when the parent dies (PR_SET_PDEATHSIG); everywhere the
starter keeps our standard input open, and end of file there means that it is gone.
"""

import ctypes
import os
import signal
import sys
import threading

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform.startswith("linux") else None


def die_with_parent() -> None:
    """Asks the kernel to kill this process when its parent dies; does nothing where the kernel can't."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def end_group() -> None:
    """Kills this process and, when it leads its process group, everything that it started."""
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(137)


def watch_standard_input() -> None:
    """Ends the whole group as soon as standard input closes."""

    def wait_for_end() -> None:
        try:
            while os.read(0, 4096):
                pass
        except OSError:
            pass
        end_group()

    threading.Thread(target=wait_for_end, name="lifeline", daemon=True).start()

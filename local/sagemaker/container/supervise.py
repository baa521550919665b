"""Runs one command as the main process of a "container": `supervise.py -- command arguments...`.

It passes SIGTERM on to the command, ends the command when the runtime is gone, and exits with its exit code
(128 + n for signal n, as a shell does).
"""

import os
import signal
import subprocess
import sys
import threading
from typing import IO, Callable, Mapping, Optional, Sequence

import lifeline
from literal_paths import refuse_literal_paths


def run(
    command: Sequence[str],
    cwd: Optional[str] = None,
    env: Optional[Mapping[str, str]] = None,
    on_error_line: Optional[Callable[[bytes], None]] = None,
) -> int:
    """Runs the command to its end and returns its exit code.

    With `on_error_line` each line that the command writes to standard error is handed over as well as printed.
    """
    child = subprocess.Popen(
        list(command),
        cwd=cwd,
        env=None if env is None else dict(env),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE if on_error_line is not None else None,
        preexec_fn=lifeline.die_with_parent,
    )
    signal.signal(signal.SIGTERM, lambda number, frame: child.send_signal(number))
    reader = None
    if on_error_line is not None:
        reader = threading.Thread(target=_copy_errors, args=(child.stderr, on_error_line), daemon=True)
        reader.start()
    code = child.wait()
    if reader is not None:
        reader.join(timeout=0.5)
    return 128 - code if code < 0 else code


def _copy_errors(stream: IO[bytes], on_line: Callable[[bytes], None]) -> None:
    for line in stream:
        sys.stderr.buffer.write(line)
        sys.stderr.buffer.flush()
        on_line(line)


def main(arguments: Sequence[str]) -> int:
    if len(arguments) < 2 or arguments[0] != "--":
        print("usage: supervise.py -- command [argument...]", file=sys.stderr)
        return 2
    lifeline.watch_standard_input()
    command = list(arguments[1:])
    try:
        refuse_literal_paths([argument for argument in command if os.path.isfile(argument)])
        return run(command)
    except OSError as error:
        print(f"The command {command[0]} can't be started: {error}", file=sys.stderr)
        return 127
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

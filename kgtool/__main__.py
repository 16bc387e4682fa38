"""`python -m kgtool` is `kgtool`: the program's first lines, before anything is imported that takes time, and its last."""

import atexit
import gc
import os
import sys
from typing import NoReturn


def main() -> None:
    """Run the program; an interrupt while it is still being imported ends it as quietly as one later."""
    gc.disable()  # what importing makes is never garbage; the command line switches it on again
    try:
        from kgtool.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(130)
    except SystemExit as leaving:
        _leave(leaving.code)


def _leave(status: object) -> NoReturn:
    """End the process without taking each of its objects apart, which is a tenth of a small check's time.

    What was registered for the end is run, and what is still to be written is written. Where somebody watches (warnings,
    a trace, a profile), another thread is at work, or writing fails, Python's own end follows.
    """
    from kgtool.trial import watched

    if not isinstance(status, int) or watched():
        raise SystemExit(status)
    atexit._run_exitfuncs()  # noqa: SLF001 - what os._exit leaves out; nothing public runs it
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream:
                stream.flush()
    except (OSError, ValueError):
        raise SystemExit(status) from None
    os._exit(status)


if __name__ == "__main__":
    main()

"""`python -m kgtool` is `kgtool`: the program's first lines, before anything is imported that takes time."""

import gc
import sys


def main() -> None:
    """Run the program; an interrupt while it is still being imported ends it as quietly as one later."""
    gc.disable()  # what importing makes is never garbage; the command line switches it on again
    try:
        from kgtool.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()

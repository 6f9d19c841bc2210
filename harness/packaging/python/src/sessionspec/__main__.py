"""`python -m sessionspec` is the command `sessionspec`."""

import os
import subprocess
import sys

from sessionspec import _binary


def main():
    try:
        program = _binary.find()
    except _binary.NoBinary as error:
        print("sessionspec: %s" % error, file=sys.stderr)
        return 2
    arguments = [program] + sys.argv[1:]
    if os.name == "nt":  # There `execv` would return to the shell at once.
        return subprocess.call(arguments)
    os.execv(program, arguments)


if __name__ == "__main__":
    sys.exit(main())

"""Where the command is: the program that the wheel has brought along."""

import os
import shutil
import sys
import sysconfig

NAME = "sessionspec.exe" if os.name == "nt" else "sessionspec"


class NoBinary(Exception):
    """There is no program that could be run."""


def find():
    """The path of the program: what SESSIONSPEC_BINARY names, or else the one that was installed with this module."""
    chosen = os.environ.get("SESSIONSPEC_BINARY")
    if chosen:
        if not os.path.isfile(chosen):
            raise NoBinary("SESSIONSPEC_BINARY names no file: %s" % chosen)
        return chosen
    schemes = [sysconfig.get_path("scripts"), os.path.dirname(sys.executable)]
    if hasattr(sysconfig, "get_preferred_scheme"):  # From Python 3.10 on
        schemes.append(sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user")))
    # `pip install --target` puts it beside the modules.
    schemes.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "bin"))
    for folder in schemes:
        found = os.path.join(folder, NAME)
        if os.path.isfile(found):
            return found
    on_path = shutil.which("sessionspec")
    if on_path:
        return on_path
    raise NoBinary("the program `sessionspec` is not installed beside this module; install the wheel again, or name the "
                   "program in SESSIONSPEC_BINARY")

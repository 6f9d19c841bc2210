"""Backends that are started for real, for whatever measures them: the reference and the peers."""

import contextlib
import os
import pathlib
import socket
import subprocess
import sys
import time
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
PEERS = ROOT / "fixtures/peers"
PROGRAM = os.environ.get("SESSIONSPEC", str(ROOT / "target/debug/sessionspec"))

sys.path.append(str(PEERS))
from port import claim_port  # noqa: E402


@contextlib.contextmanager
def started(name, lifetime=3):
    """The backend's probe, started for real: its port, its path, and its process. Where a peer takes a lifetime, its permanent
    sessions live for so many seconds."""
    port = claim_port()
    environment, folder = {**os.environ, "SESSIONSPEC_PROBE": "1"}, ROOT
    if name == "reference":
        command, path = [PROGRAM, "serve", "--addr", f"127.0.0.1:{port}"], "/probe"
    else:
        manifest = tomllib.loads((PEERS / f"{name}.toml").read_text())
        subprocess.run(manifest["provision"], cwd=PEERS, check=True)
        command = [word.replace("{port}", str(port)).replace("{lifetime}", str(lifetime)) for word in manifest["launch"]]
        environment |= {key: value.replace("{lifetime}", str(lifetime)) for key, value in manifest.get("environment", {}).items()}
        path, folder = manifest["path"], PEERS
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    service = subprocess.Popen(command, cwd=folder, env=environment, **silent)
    try:
        while socket.socket().connect_ex(("127.0.0.1", port)):
            if service.poll() is not None:
                sys.exit(f"{name} ended before it listened")
            time.sleep(0.05)
        yield port, path, service
    finally:
        if service.returncode is None:
            service.terminate()
            service.wait()

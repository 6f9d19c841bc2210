"""The probes: one module for each framework, over the core in `sessionspec.probe`."""

"""Tests web-session backends: the command `sessionspec`, the probes that it needs, and a plugin of pytest."""

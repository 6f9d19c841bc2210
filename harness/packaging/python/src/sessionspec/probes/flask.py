"""The probe for Flask. It stands in `sessionspec.probe`, which is one file so that it can be copied."""

from __future__ import absolute_import

from sessionspec.probe import create_app, main, mount

__all__ = ["create_app", "main", "mount"]

if __name__ == "__main__":
    main()

"""`python -m anwei` is the same as `anwei`."""

from anwei.portal.cli import main

if __name__ == "__main__":
    raise SystemExit(main())

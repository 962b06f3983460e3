"""``python -m d2lkit``."""

from d2lkit.cli import main

if __name__ == "__main__":
    main(prog_name="python -m d2lkit")

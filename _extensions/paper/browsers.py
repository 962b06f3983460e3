"""Where the system's Chromium or Chrome lies: it prints the book and tests the site."""

import shutil

# The first has no windows, whose own parts take most of the processor time of a short visit.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
NAMES += ("google-chrome-stable", "chrome")


def find_browser():
    """The path of an installed Chromium or Chrome.

    Raises:
        FileNotFoundError: if there is none.
    """
    for name in NAMES:
        if found := shutil.which(name):
            return found
    raise FileNotFoundError(f"Chromium or Chrome is needed; none of {', '.join(NAMES)} was found")

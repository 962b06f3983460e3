"""Where the system's Chromium or Chrome lies: it prints the book and tests the site."""

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find_browser():
    """The path of an installed Chromium or Chrome.

    Raises:
        FileNotFoundError: if there is none.
    """
    for name in NAMES:
        if found := shutil.which(name):
            return found
    raise FileNotFoundError(f"Chromium or Chrome is needed; none of {', '.join(NAMES)} was found")

"""Ask for every DOI, arXiv number and address of the bibliography whether it still leads somewhere.

Usage: python tests/book/alive.py

Needs the network, so no test runs it; a workflow does once a week. The form of each is checked by
``test_bibliography.py``. An address whose server refuses programs (401, 403, 405, 429) is there.
"""

import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from pybtex.database import BibliographyData, parse_file

SOURCE = Path(__file__).resolve().parents[2] / "references.bib"
REFUSED = {401, 403, 405, 429}
PLACES = {
    "doi": "https://doi.org/api/handles/{}",  # what doi.org knows, not what a publisher shows
    "eprint": "https://export.arxiv.org/abs/{}",
    "url": "{}",
}
PAUSE = 1.0  # seconds between two questions


def addresses(data: BibliographyData) -> dict[str, str]:
    """Where every entry leads, with the key of the entry that says so."""
    return {
        place.format(entry.fields[field]): key
        for key, entry in data.entries.items()
        for field, place in PLACES.items()
        if entry.fields.get(field)
    }


def status(address: str) -> int:
    """The HTTP status of an address; 0 if no server answers."""
    request = urllib.request.Request(address, headers={"User-Agent": "d2lkit bibliography"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def dead(places: dict[str, str], ask=status, pause: float = PAUSE) -> list[str]:
    """Name the addresses that lead nowhere, asked twice."""
    faults = []
    for address, key in places.items():
        for _ in range(2):
            code = ask(address)
            time.sleep(pause)
            if code == 200 or code in REFUSED:
                break
        else:
            faults.append(f"{key}: {address} answers {code or 'nothing'}; look it up again")
    return faults


def main() -> int:
    """Ask for all of them; 1 if one leads nowhere."""
    places = addresses(parse_file(SOURCE))
    faults = dead(places)
    print(*faults, f"{len(places)} addresses, {len(faults)} lead nowhere", sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

"""Make one script of the modules of a demo.

The modules in `demos/` import each other by name, as any browser understands. A page that lies on
the disk may not load modules, though, and each file would be a request. So the build puts the
modules of a demo behind each other, each in a function of its own, what it exports as its result.
A worker may not be loaded from the disk either: `import { script } from "./worker.js?script"` gives
the whole script of a worker as a text, from which the page makes one.
"""

import json
import re
from pathlib import Path

DEMOS = Path(__file__).resolve().parents[2] / "demos"
_IMPORT = re.compile(r'^import \{([^}]*)\} from "([^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?(?:function\*?|const|class) (\w+))", re.MULTILINE)
_SEVERAL = re.compile(r"^export const \w+ = [^({\[`\"'\n]*,\s*\w+ = .*", re.MULTILINE)
_AS_TEXT = "?script"
_LEFT = re.compile(r"^\s*(?:import|export)\b.*", re.MULTILINE)


def bundle(entry: Path, language: str = "en") -> str:
    """Give one script with a module and all that it imports, in the words of a language.

    Raises:
        ValueError: for a circle of imports, or one that is written in another way.
    """
    pieces, waiting = {}, []

    def take(path):
        if path in waiting:
            raise ValueError(f"{path.name} imports itself, through {waiting[-1].name}")
        if path in pieces:
            return
        waiting.append(path)
        text = path.read_text(encoding="utf-8")
        for _, address in _IMPORT.findall(text):
            if address.endswith(_AS_TEXT):
                continue
            take(_found(path, address, language))
        pieces[path] = _as_function(text, path, language)
        waiting.pop()

    take(Path(entry).resolve())
    return '(() => {\n"use strict";\n' + "".join(pieces.values()) + "})();\n"


def exports(entry: Path, language: str = "en") -> str:
    """Give a script whose value is an object with all that a module exports."""
    name = _name(Path(entry).resolve())
    script = bundle(entry, language).removesuffix("})();\n")
    return f"{script}return {name};\n}})()"


def _found(path, address, language):
    found = (path.parent / address).resolve()
    near = [folder.name for folder in found.parents[:2]]
    return found.with_name(f"{language}.js") if "texts" in near else found


def _name(path):
    return "_".join(["", path.parent.name, *re.findall(r"\w+", path.stem)])


def _as_function(text, path, language):
    names, several = [one for _, one in _EXPORT.findall(text)], _SEVERAL.search(text)

    def other(match):
        if match[2].endswith(_AS_TEXT):
            script = bundle(path.parent / match[2].removesuffix(_AS_TEXT), language)
            return f"const{match[1]}= {json.dumps(script)};\n"
        return f"const {{{match[1]}}} = {_name(_found(path, match[2], language))};\n"

    text = _EXPORT.sub(r"\1", _IMPORT.sub(other, text))
    if lost := several or _LEFT.search(text):
        raise ValueError(f"{path.name}: {lost[0].strip()!r} is not written as the others")
    returned = ", ".join(names)
    return f"const {_name(path)} = (() => {{\n{text}return {{ {returned} }};\n}})();\n"

"""One script of the modules of a demo; the directive; words in one table."""

import re

import pytest
from demo_figures import names, texts
from demo_scripts import DEMOS, bundle, exports
from py_mini_racer import MiniRacer

MADE = {*DEMOS.glob("weights/*.js"), DEMOS / "pictures/handwritten.js"}  # by a script
MODULES = sorted(set(DEMOS.rglob("*.js")) - MADE)


def write(folder, **modules):
    for name, text in modules.items():
        (folder / f"{name}.js").write_text(text, encoding="utf-8")
    return folder


def test_modules_see_what_they_import_and_nothing_else(tmp_path):
    write(
        tmp_path,
        a='import { two, add } from "./b.js";\nexport const three = add(two, 1);\n',
        b="const one = 1;\nexport const two = one + one;\nexport function add(x, y) {\n"
        "  return x + y;\n}\n",
    )
    with MiniRacer() as engine:
        assert engine.eval(f"{exports(tmp_path / 'a.js')}.three") == 3
        assert engine.eval(f"typeof {exports(tmp_path / 'b.js')}.one") == "undefined"
        engine.eval(bundle(tmp_path / "a.js"))
        assert engine.eval("typeof three + typeof two") == "undefined" * 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('import { a } from "./a.js";\n', "imports itself"),
        ('import a from "./b.js";\n', "not written as the others"),
        ("export default 1;\n", "not written as the others"),
        ("const a = 1;\nexport { a };\n", "not written as the others"),
        ("export const a = 1, b = 2;\n", "a = 1, b = 2;' is not written as the others"),
    ],
)
def test_what_cannot_be_put_together(tmp_path, text, message):
    write(tmp_path, a=text, b="")
    with pytest.raises(ValueError, match=message):
        bundle(tmp_path / "a.js")


def test_a_worker_comes_as_text(tmp_path):
    write(
        tmp_path,
        view='import { script } from "./worker.js?script";\nexport const given = script;\n',
        worker='import { one } from "./one.js";\nself.two = one + one;\n',
        one="export const one = 1;\n",
    )
    with MiniRacer() as engine:
        text = engine.eval(f"{exports(tmp_path / 'view.js')}.given")
        assert engine.eval(f"var self = {{}}; {text}; self.two") == 2


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_module_is_small_and_the_engine_has_no_page(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 250
    if "texts" not in path.parts:
        assert max(map(len, text.splitlines())) <= 140
    if "engine" in path.parts:
        assert not re.search(r"\b(document|window|location|navigator)\.|views/|texts/", text)
    text = text.replace("http://www.w3.org/2000/svg", "")  # a name, not an address
    assert not re.search(r"https?://|\bfetch\(|innerHTML", text)


def test_words_stand_in_the_table():
    found = texts("en")
    assert set(names()) == set(found) - {"common", "explorer"}  # has a page of its own
    drawing = [*DEMOS.glob("views/*.js"), *DEMOS.glob("explorer/*.js")]
    used = "".join(path.read_text(encoding="utf-8") for path in drawing)
    used += (DEMOS.parent / "_extensions/pages/demo_figures.py").read_text(encoding="utf-8")
    for part, words in found.items():
        idle = [word for word in words if not re.search(rf"\b{word}\b", used)]
        assert not idle, f"nobody says {idle} of {part}"


def test_another_language_is_another_table(tmp_path):
    write(tmp_path, view='import { words } from "./texts/en.js";\nexport const said = words.a;\n')
    (tmp_path / "texts").mkdir()
    write(tmp_path / "texts", en='export const words = { a: "one" };\n')
    write(tmp_path / "texts", vi='export const words = { a: "một" };\n')
    with MiniRacer() as engine:
        assert engine.eval(f"{exports(tmp_path / 'view.js')}.said") == "one"
        assert engine.eval(f"{exports(tmp_path / 'view.js', 'vi')}.said") == "một"

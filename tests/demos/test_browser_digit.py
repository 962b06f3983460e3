"""Move the digit: what a reader does, and what three networks say of it."""

import pytest
import torch
from demo_scripts import DEMOS, bundle
from trial import trial

NAME = "move-the-digit"
KINDS = {"mlp": "MLP", "cnn": "CNN", "pooled": "CNN, pooled"}


@pytest.fixture(scope="module")
def asked(script, stored):
    """What torch says of a digit at a place, in percent: answer(kind, digit, rows, columns)."""
    from test_digits import network_of

    names = script.chapter()
    nets = {kind: network_of(script, names, stored, kind) for kind in KINDS}
    shuffled = {
        kind: network_of(script, names, stored, f"{kind}-shuffled") for kind in ("cnn", "pooled")
    }
    shuffled["mlp"] = script.twin(network_of(script, names, stored, "mlp"))
    samples = script.samples(names)[:, None]

    @torch.no_grad()
    def answer(kind, digit, rows=0, columns=0, shuffle=False):
        picture = names["place"](samples[digit : digit + 1], rows, columns) / 255
        picture = (picture - stored["mean"]) / stored["std"]
        net = (shuffled if shuffle else nets)[kind]
        return (100 * net(script.shuffle(picture) if shuffle else picture)[0].softmax(0)).tolist()

    return answer


def shares(demo, kind):
    lines = demo.box.locator(f'.demo-bars[aria-label="{KINDS[kind]}"] li').all_inner_texts()
    return [int(line.split()[-2]) for line in lines]


def read_by(stored, kind, rows, columns):
    return int(stored["read"][kind].split()[(rows + 4) * 9 + columns + 4])


def test_a_guess_comes_first_and_then_the_answer(browser, tmp_path, stored, asked):
    readers = [kind for kind in KINDS if read_by(stored, kind, 0, 2) > stored["tested"] / 2]
    assert readers == ["pooled"]
    with trial(browser, tmp_path, NAME) as demo:
        assert demo.box.locator(".demo-bars").first.is_hidden()
        assert demo.said() == "0 down, 0 to the right"
        demo.box.get_by_label("none of them").check()
        demo.box.get_by_role("button", name="Check").click()
        only = "only the CNN with global pooling"
        assert demo.status == f"You said none of them; it is {only}."
        # The digit has moved as the question said.
        for kind in KINDS:
            assert shares(demo, kind) == pytest.approx(asked(kind, 7, 0, 2), abs=0.6)
        line = demo.box.locator(".demo-sum").inner_text()
        for kind, name in KINDS.items():
            assert f"{name} reads {read_by(stored, kind, 0, 2)}" in line
        assert f"Of {stored['tested']} test digits" in line
        assert not demo.complaints


def best(values):
    return values.index(max(values))


def test_keys_move_the_digit_and_the_address_keeps_it(browser, tmp_path, asked):
    with trial(browser, tmp_path, NAME) as demo:
        demo.box.get_by_text("Show me").click()
        assert demo.window.evaluate("e => e === document.activeElement")
        demo.press("ArrowUp", "ArrowRight")
        said = "; ".join(f"{KINDS[k]} says {best(asked(k, 7, -1, 3))}" for k in KINDS)
        assert demo.said() == f"-1 down, 3 to the right: {said}".replace("-", "−", 1)
        for kind in KINDS:
            assert shares(demo, kind) == pytest.approx(asked(kind, 7, -1, 3), abs=0.6)
        demo.choose("Digit", "4")
        assert shares(demo, "pooled") == pytest.approx(asked("pooled", 4, -1, 3), abs=0.6)
        address = demo.address()
        assert address == "digit:4;at:-1,3"
    with trial(browser, tmp_path, NAME, query=address) as demo:
        assert demo.said().startswith("−1 down, 3 to the right")


def test_the_mouse_drags_the_digit(browser, tmp_path, asked):
    with trial(browser, tmp_path, NAME) as demo:
        demo.box.get_by_text("Show me").click()
        demo.box.scroll_into_view_if_needed()
        box = demo.window.bounding_box()
        x, y, cell = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, box["width"] / 8
        demo.page.mouse.move(x, y)
        demo.page.mouse.down()
        demo.page.mouse.move(x - 5 * cell, y + 2 * cell, steps=4)
        demo.page.mouse.up()
        assert demo.said().startswith("2 down, −3 to the right")
        assert shares(demo, "cnn") == pytest.approx(asked("cnn", 7, 2, -3), abs=0.6)


def test_a_finger_drags_the_handle(browser, tmp_path):
    with trial(browser, tmp_path, NAME, width=390, has_touch=True, is_mobile=True) as demo:
        demo.box.get_by_text("Show me").tap()
        handle, cell = demo.box.locator(".demo-handle"), demo.window.bounding_box()["width"] / 8
        box = handle.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        client = demo.page.context.new_cdp_session(demo.page)
        for kind, by in (("touchStart", 0), ("touchMove", 1), ("touchMove", 2), ("touchEnd", None)):
            points = [] if by is None else [{"x": x, "y": y + by * cell}]
            client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        assert demo.said().startswith("2 down, 2 to the right")


def test_turning_by_hand_and_by_number(browser, tmp_path):
    with trial(browser, tmp_path, NAME, query="digit:6") as demo:
        demo.box.get_by_text("Show me").click()
        before = shares(demo, "mlp")
        for _ in range(3):
            demo.box.get_by_role("button", name="15° right").click()
        assert demo.box.get_by_label("Turned by, degrees").input_value() == "45"
        assert shares(demo, "mlp") != before
        assert "upright test digits only" in demo.box.locator(".demo-sum").inner_text()
        assert "MLP says" in demo.status
        demo.box.get_by_label("Turned by, degrees").fill("0")
        assert shares(demo, "mlp") == before
        assert demo.address() == "digit:6;at:0,2"


def test_shuffled_pixels_leave_the_mlp_what_it_was(browser, tmp_path, stored, asked):
    with trial(browser, tmp_path, NAME) as demo:
        demo.box.get_by_text("Show me").click()
        demo.press("ArrowLeft", "ArrowLeft")
        before = shares(demo, "mlp")
        demo.box.get_by_label("Shuffle the pixels").check()
        assert shares(demo, "mlp") == before
        for kind in KINDS:
            expected = asked(kind, 7, shuffle=True)
            assert shares(demo, kind) == pytest.approx(expected, abs=0.6)
        line = demo.box.locator(".demo-sum").inner_text()
        for kind, name in KINDS.items():
            assert f"{name} reads {read_by(stored, f'{kind}-shuffled', 0, 0)}" in line
        assert demo.box.get_by_label("What the networks see").is_visible()


def test_one_draws_and_then_moves_the_drawing(browser, tmp_path):
    with trial(browser, tmp_path, NAME) as demo:
        demo.box.get_by_text("Show me").click()
        demo.choose("Digit", "none")
        demo.choose("Tool", "draw")
        pad = demo.box.locator(".demo-pad")
        pad.focus()
        demo.press("ArrowUp", "ArrowUp", "ArrowUp", "Space", *["ArrowDown"] * 6, "Space")
        assert demo.status == "Pen at row 12, column 9, lifted"
        drawn = shares(demo, "pooled")
        box = pad.bounding_box()
        demo.page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.4 * box["height"])
        demo.page.mouse.down()
        demo.page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.4 * box["height"], steps=4)
        demo.page.mouse.up()
        assert demo.status.startswith("MLP says")
        assert shares(demo, "pooled") != drawn
        demo.choose("Tool", "move")
        mlp, pooled = shares(demo, "mlp"), shares(demo, "pooled")
        demo.window.focus()
        demo.press("ArrowRight", "ArrowDown")
        assert shares(demo, "pooled") == pytest.approx(pooled, abs=1)
        assert shares(demo, "mlp") != mlp
        address = demo.address()
    with trial(browser, tmp_path, NAME, query=address) as demo:
        demo.box.get_by_text("Show me").click()
        demo.press("ArrowLeft", "ArrowDown")
        assert shares(demo, "pooled") == pytest.approx(pooled, abs=1)


def test_every_control_is_reached_by_tab(browser, tmp_path):
    with trial(browser, tmp_path, NAME) as demo:
        demo.box.get_by_text("Show me").click()
        demo.page.evaluate("document.activeElement.blur()")
        reached = []
        for _ in range(14):
            demo.press("Tab")
            reached.append(
                demo.page.evaluate(
                    "document.activeElement.getAttribute('aria-label')"
                    " ?? document.activeElement.closest('label')?.textContent"
                    " ?? document.activeElement.textContent"
                )
            )
        text = " | ".join(reached)
        for name in (
            "Digit",
            "Tool",
            "Turned by",
            "15° left",
            "Shuffle",
            "Place of the digit",
            "Copy",
        ):
            assert name in text


@pytest.mark.parametrize("width", [320, 1400])
@pytest.mark.parametrize("query", ["shuffle:1", "tool:draw"])
def test_it_fits_and_is_accessible(browser, tmp_path, width, query):
    with trial(browser, tmp_path, NAME, width=width, query=query) as demo:
        demo.box.get_by_text("Show me").click()
        faults = demo.faults()
    assert not faults, "\n".join(faults)


def test_its_script_comes_when_a_reader_comes_near(browser, tmp_path):
    for name in ("later", NAME):
        script = bundle(DEMOS / f"views/{name}.js")
        (tmp_path / f"{name}.js").write_text(script, encoding="utf-8")
    page_of = (
        '<!DOCTYPE html><html lang="en"><head><script defer src="later.js"></script></head><body>'
        '<div style="height: 4000px"></div>'
        f'<div class="demo" id="demo-{NAME}" data-demo="{NAME}" data-later="1">'
        '<div class="demo-still">Still</div></div></body></html>'
    )
    (tmp_path / "page.html").write_text(page_of, encoding="utf-8")
    context = browser.new_context(viewport={"width": 900, "height": 800})
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[1]))
    page.goto((tmp_path / "page.html").as_uri())
    page.wait_for_timeout(300)
    assert asked == ["page.html", "later.js"]
    page.locator(".demo").scroll_into_view_if_needed()
    page.locator(".demo-ready").wait_for()
    assert asked[2:] == [f"{NAME}.js?v=1"]
    assert page.locator(".demo-live").count() == 1
    context.close()

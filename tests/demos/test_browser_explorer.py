"""The explorer: one file, opened without a network; what it shows is what torch computes."""

from contextlib import contextmanager

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn
from trial import Trial

from d2lkit import demos

NAME = "explorer"
MEAN, STD = 0.25, 0.5


@pytest.fixture(scope="module")
def net():
    torch.manual_seed(3)
    net = nn.Sequential(
        nn.Conv2d(1, 3, 3, stride=2, padding=1),  # 0: (3, 6, 5)
        nn.BatchNorm2d(3),
        nn.ReLU(),
        nn.Conv2d(3, 4, (2, 3)),  # 3: (4, 5, 3)
        nn.MaxPool2d(2, stride=1),  # 4: (4, 4, 2)
        nn.Flatten(),
        nn.Linear(32, 5),  # 6
    )
    nn.init.normal_(net[1].running_mean)
    return net.eval().requires_grad_(False)


@pytest.fixture(scope="module")
def images():
    return torch.randint(0, 256, (3, 1, 11, 10), generator=torch.Generator().manual_seed(1)).byte()


@contextmanager
def opened(browser, folder, net, images, query="", width=1000, show=True, **options):
    names = ["ant", "bee", "cat", "dog", "eel"]
    explorer = demos.explore(net, images, [0, 4, 2], class_names=names, mean=MEAN, std=STD)
    path = explorer.save(folder / "explorer.html")
    context = browser.new_context(viewport={"width": width, "height": 900}, **options)
    context.set_offline(True)
    trial = Trial(context.new_page(), NAME)
    trial.page.goto(path.as_uri() + (f"?{NAME}={query}" if query else ""))
    if show:
        trial.box.get_by_text("Show me").click()
    yield trial
    assert not trial.complaints
    context.close()


def levels(net, pixels):
    """What each layer gives for a picture of pixels from 0 to 1."""
    found = [(pixels[None] - MEAN) / STD]
    for layer in net:
        found.append(layer(found[-1]))
    return [level[0] for level in found]


def shown(value):
    return f"{round(float(value), 3) + 0:g}".replace("-", "−")


def signed(value):
    return f"({shown(value)})" if value < 0 else shown(value)


def seen(demo):
    """The pixels that the page shows, from 0 to 1."""
    rgba = demo.box.locator(".demo-pad canvas").evaluate(
        "c => { const copy = document.createElement('canvas');"
        " Object.assign(copy, {width: c.width, height: c.height});"
        " const context = copy.getContext('2d', {willReadFrequently: true});"
        " context.drawImage(c, 0, 0);"
        " return [c.height, c.width, ...context.getImageData(0, 0, c.width, c.height).data] }"
    )
    pixels = torch.tensor(rgba[2:], dtype=torch.float32).reshape(rgba[0], rgba[1], 4)
    return pixels[None, ..., 0] / 255


def click(demo, layer, map, row, column, size):
    """Press a unit of a map; all count from 0."""
    level = demo.box.locator(".demo-level", has=demo.page.get_by_role("button", name=layer))
    canvas = level.locator("canvas").nth(map)
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    place = [
        (column + 0.5) / size[1] * box["width"],
        (row + 0.5) / size[0] * box["height"],
    ]
    canvas.click(position={"x": place[0], "y": place[1]})


def answer(demo):
    lines = demo.box.locator(".demo-bars li").all_inner_texts()
    return [int(line.split()[-2]) for line in lines]


def head(demo):
    return demo.box.locator(".demo-inspector .demo-title").inner_text()


def sums(demo):
    return demo.box.locator(".demo-sum").inner_text()


def test_a_guess_comes_first_and_then_the_answer(browser, tmp_path, net, images):
    scores = levels(net, images[0] / 255)[-1]
    best = ["ant", "bee", "cat", "dog", "eel"][scores.argmax()]
    with opened(browser, tmp_path, net, images, show=False) as demo:
        assert demo.box.locator(".demo-bars").is_hidden()
        assert demo.box.locator(".demo-levels").is_hidden()
        demo.box.get_by_label(best, exact=True).check()
        demo.box.get_by_role("button", name="Check").click()
        assert demo.status == f"Yes: {best}."
        expected = (100 * scores.softmax(0)).tolist()
        assert answer(demo) == pytest.approx(expected, abs=0.51)


def test_a_class_among_many_is_taken_from_a_list(browser, tmp_path):
    torch.manual_seed(0)
    net = nn.Sequential(nn.Flatten(), nn.Linear(12, 13)).requires_grad_(False)
    images = torch.rand(1, 1, 3, 4)
    best = f"class {net(images).argmax()}"
    path = tmp_path / "explorer.html"
    demos.explore(net, images, class_names=[f"class {i}" for i in range(13)]).save(path)
    context = browser.new_context()
    demo = Trial(context.new_page(), NAME)
    demo.page.goto(path.as_uri())
    assert demo.box.locator(".demo-bars").is_hidden()
    check = demo.box.get_by_role("button", name="Check")
    check.click()
    assert demo.status == "What will the network say about this picture?"
    demo.box.get_by_label("Your guess").select_option(label=best)
    check.click()
    assert demo.status == f"Yes: {best}."
    assert demo.box.locator(".demo-bars").is_visible()
    assert demo.complaints == []
    context.close()


def test_every_layer_and_the_sum_of_a_pressed_unit_are_torchs(browser, tmp_path, net, images):
    expected = levels(net, images[1] / 255)
    with opened(browser, tmp_path, net, images, query="picture:1") as demo:
        for layer, map, row, column in (
            ("0 Conv2d", 2, 5, 4),
            ("1 BatchNorm2d", 1, 2, 3),
            ("2 ReLU", 0, 1, 1),
            ("3 Conv2d", 3, 4, 2),
            ("4 MaxPool2d", 2, 3, 1),
        ):
            maps = expected[int(layer[0]) + 1]
            click(demo, layer, map, row, column, maps.shape[1:])
            value = shown(maps[map, row, column])
            place = f"{layer}, map {map + 1}, row {row + 1}, column {column + 1}: {value}"
            assert head(demo) == demo.said() == demo.status == place
            assert sums(demo).strip(".").endswith(value) or sums(demo).endswith(f"= {value}")
        click(demo, "6 Linear", 0, 0, 3, (1, 5))
        assert head(demo) == f"6 Linear, unit 4: {shown(expected[7][3])}"


def test_the_window_shows_values_weights_and_products(browser, tmp_path, net, images):
    expected = levels(net, images[0] / 255)
    with opened(browser, tmp_path, net, images) as demo:
        click(demo, "3 Conv2d", 1, 2, 1, (5, 3))
        demo.choose("Channel read", "2")
        read, weight = expected[3][1, 2:4, 1:4], net[3].weight[1, 1]
        for name, values in (("Values", read), ("Weights", weight), ("Products", read * weight)):
            numbers = [[float(x.replace("−", "-")) for x in row] for row in demo.grid(name)]
            torch.testing.assert_close(torch.tensor(numbers), values, atol=0.0051, rtol=0)
        terms = zip(expected[3][:, 2:4, 1:4].flatten(), net[3].weight[1].flatten(), strict=True)
        line = " + ".join(f"{shown(value)}·{signed(weight)}" for value, weight in terms)
        value = shown(expected[4][1, 2, 1])
        assert sums(demo) == f"{line} + bias {signed(net[3].bias[1])} = {value}"
        # of more than 25 products the sum for each channel is shown
        click(demo, "6 Linear", 0, 0, 2, (1, 5))
        products = (expected[6] * net[6].weight[2]).reshape(4, 8).sum(1)
        line = " + ".join(map(signed, products))
        value = shown(expected[7][2])
        assert sums(demo) == (
            f"Sums of the channels: {line} + bias {signed(net[6].bias[2])} = {value}"
        )
        # in the corner the window reads zeros of the frame
        click(demo, "0 Conv2d", 0, 0, 0, (6, 5))
        assert demo.grid("Values")[0] == ["0", "0", "0"]
        assert demo.box.locator('[aria-label="Values"] .demo-frame').count() == 5


def test_the_way_leads_back_to_the_pixels(browser, tmp_path, net, images):
    expected = levels(net, images[0] / 255)
    with opened(browser, tmp_path, net, images) as demo:
        click(demo, "6 Linear", 0, 0, 1, (1, 5))
        unit = (net[6].weight[1] * expected[6]).abs().argmax().item()
        back = demo.box.get_by_role("button", name="Where does it come from?")
        back.click()
        assert head(demo) == f"5 Flatten, unit {unit + 1}: {shown(expected[6][unit])}"
        assert "hands the value on" in sums(demo)
        for name in ("4 MaxPool2d", "3 Conv2d", "2 ReLU", "1 BatchNorm2d", "0 Conv2d", "Input"):
            back.click()
            assert head(demo).startswith(name)
        map, row, column = (
            int(part.split()[-1]) - 1 for part in head(demo).split(":")[0].split(",")[1:]
        )
        assert head(demo).endswith(f": {shown(expected[0][map, row, column])}")
        assert back.count() == 0
        field = demo.box.locator(".demo-pad .demo-window").evaluate("e => e.style.gridArea")
        assert field == f"{row + 1} / {column + 1} / {row + 2} / {column + 2}"


def test_keys_move_the_unit_and_the_address_keeps_it(browser, tmp_path, net, images):
    expected = levels(net, images[0] / 255)
    with opened(browser, tmp_path, net, images) as demo:
        demo.box.get_by_role("button", name="3 Conv2d").press("Enter")
        demo.box.get_by_label("Map", exact=True).locator("visible=true").first.fill("3")
        demo.window.focus()
        demo.press("ArrowDown", "ArrowRight", "ArrowDown")
        # from the middle of 5 × 3 units to the corner
        value = shown(expected[4][2, 4, 2])
        assert demo.said() == f"3 Conv2d, map 3, row 5, column 3: {value}"
        assert demo.window.evaluate("e => e === document.activeElement")
        address = demo.address()
        assert address == f"at:4,{2 * 15 + 4 * 3 + 2}"
    with opened(browser, tmp_path, net, images, query=address) as demo:
        assert head(demo) == f"3 Conv2d, map 3, row 5, column 3: {value}"


@pytest.mark.parametrize("by", ["mouse", "touch", "keys"])
def test_a_drawing_is_what_the_network_sees(browser, tmp_path, net, images, by):
    options = {"has_touch": True, "is_mobile": True, "width": 400} if by == "touch" else {}
    with opened(browser, tmp_path, net, images, **options) as demo:
        demo.box.get_by_role("button", name="Clear").click()
        assert seen(demo).max() == 0
        pad = demo.box.locator(".demo-pad")
        pad.scroll_into_view_if_needed()
        box = pad.locator("canvas").bounding_box()
        ends = [(box["x"] + box["width"] * s, box["y"] + box["height"] * t)
                for s, t in ((0.3, 0.2), (0.3, 0.8), (0.7, 0.8))]  # fmt: skip
        if by == "mouse":
            demo.page.mouse.move(*ends[0])
            demo.page.mouse.down()
            for end in ends[1:]:
                demo.page.mouse.move(*end, steps=5)
            demo.page.mouse.up()
        elif by == "touch":
            client = demo.page.context.new_cdp_session(demo.page)
            for kind, points in (("touchStart", ends[:1]), ("touchMove", ends[1:2]),
                                 ("touchMove", ends[2:]), ("touchEnd", [])):  # fmt: skip
                points = [{"x": x, "y": y} for x, y in points]
                client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        else:
            pad.focus()
            demo.press("ArrowUp", "ArrowUp", "ArrowUp", "Space")
            assert demo.status == "Pen at row 3, column 6, down"
            demo.press(*["ArrowDown"] * 5, *["ArrowRight"] * 3, "Space")
        pixels = seen(demo)
        assert pixels.max() > 0.9
        assert 0.05 < (pixels > 0).float().mean() < 0.5
        # What is painted has 256 steps; the network got the numbers behind it.
        expected = levels(net, pixels)[-1].softmax(0)
        assert answer(demo) == pytest.approx((100 * expected).tolist(), abs=1.5)
        best = ["ant", "bee", "cat", "dog", "eel"][expected.argmax()]
        assert by == "keys" or demo.status.startswith(f"The network says {best}, ")
        address = demo.address()
        assert address.startswith("picture:-1;pen:")
    with opened(browser, tmp_path, net, images, query=address, **options) as demo:
        assert torch.equal(seen(demo), pixels)


def test_a_file_is_read(browser, tmp_path, net, images):
    picture = np.zeros((22, 20), dtype=np.uint8)
    picture[:, 10:] = 255
    Image.fromarray(picture).save(tmp_path / "half.png")
    (tmp_path / "text.png").write_text("no picture", encoding="utf-8")
    with opened(browser, tmp_path, net, images) as demo:
        demo.box.get_by_label("Load a file").set_input_files(tmp_path / "half.png")
        demo.page.wait_for_function("document.querySelector('select').value === ' -2'")
        assert seen(demo)[0, :, :4].max() < 0.2
        assert seen(demo)[0, :, 6:].min() > 0.8
        demo.box.get_by_label("Swap black and white").check()
        assert seen(demo)[0, :, :4].min() > 0.8
        demo.box.get_by_label("Load a file").set_input_files(tmp_path / "text.png")
        demo.page.wait_for_timeout(300)
        assert demo.status == "text.png is no picture that this browser can read."


def test_it_stands_in_a_notebook(browser, tmp_path, net, images):
    explorer = demos.explore(net, images)
    host = tmp_path / "host.html"
    host.write_text(
        f'<!DOCTYPE html><html data-theme="dark"><body>{explorer._repr_html_()}</body></html>',
        encoding="utf-8",
    )
    context = browser.new_context(viewport={"width": 800, "height": 700})
    page = context.new_page()
    page.goto(host.as_uri())
    inside = page.frame_locator("iframe")
    inside.get_by_text("Show me").click()
    assert inside.locator(".demo-bars li").count() == 5
    assert inside.locator("html").get_attribute("data-theme") == "dark"
    assert inside.get_by_text("Copy a link").count() == 0
    page.wait_for_timeout(200)
    high = inside.locator("body").evaluate("b => b.scrollHeight")
    assert page.locator("iframe").bounding_box()["height"] == pytest.approx(high, abs=8)
    context.close()


@pytest.mark.parametrize("width", [320, 1400])
def test_it_fits_and_is_accessible(browser, tmp_path, net, images, width):
    with opened(browser, tmp_path, net, images, width=width) as demo:
        click(demo, "3 Conv2d", 1, 2, 1, (5, 3))
        faults = demo.faults()
    assert not faults, "\n".join(faults)


def test_every_control_is_reached_by_tab(browser, tmp_path, net, images):
    with opened(browser, tmp_path, net, images) as demo:
        click(demo, "3 Conv2d", 1, 2, 1, (5, 3))
        demo.page.evaluate("document.activeElement.blur()")
        reached = []
        for _ in range(24):
            demo.press("Tab")
            reached.append(
                demo.page.evaluate(
                    "document.activeElement.getAttribute('aria-label')"
                    " ?? document.activeElement.closest('label')?.textContent"
                    " ?? document.activeElement.textContent"
                )
            )
        text = " | ".join(reached)
        controls = ("Picture", "Clear", "Load a file", "Swap", "Arrow keys move the pen", "Input")
        layers = [f"{i} {type(layer).__name__}" for i, layer in enumerate(net)]
        inspector = ("Map", "Where does it come from?", "Unit", "Channel read", "Start again")
        for name in (*controls, *layers, *inspector, "Copy a link"):
            assert name in text, reached

"""Slide the window: what a reader does, and the numbers on the page."""

import pytest
from scipy.signal import convolve2d
from sums import calculation_faults
from trial import trial

EXAMPLE, KERNEL = (["103", "114", "224"], [[0, 2], [1, -1]])  # of the chapter
NAME = "slide-the-window"
KEYS = {"touch": {"has_touch": True, "is_mobile": True}, "desk": {}}


def test_a_guess_comes_first_and_then_the_answer(browser, tmp_path):
    with trial(browser, tmp_path, NAME) as demo:
        assert demo.grid("Output") == [["", ""], ["", ""]]
        assert demo.grid("Products") == [["", ""], ["", ""]]
        demo.window.focus()
        demo.press("ArrowRight", "ArrowLeft")
        assert demo.grid("Output") == [["", ""], ["", ""]]
        demo.guess("much")
        assert demo.status == "“much” is not a number."
        demo.guess(1)
        assert demo.status == "You said 1; it is 0."
        assert demo.grid("Output") == [["0", ""], ["", ""]]
        assert demo.grid("Products") == [["0", "0"], ["1", "−1"]]
        assert demo.box.locator("form").is_hidden()
        assert not demo.complaints


def test_the_keyboard_moves_the_window(browser, tmp_path):
    with trial(browser, tmp_path, NAME) as demo:
        demo.guess(0)
        assert demo.status == "Yes: 0."
        demo.press("ArrowRight")  # the window has the focus now
        assert demo.said() == "row 1, column 2: 3"
        assert "0·0 + 2·3 + 1·1 + (−1)·4 = 3" in demo.box.locator(".demo-sum").inner_text()
        demo.press("End")
        assert demo.said() == "row 2, column 2: 6"
        assert demo.grid("Output") == [["0", "3"], ["", "6"]]
        demo.press("ArrowDown")
        assert demo.said() == "row 2, column 2: 6"
        assert demo.address() == "at:1,1"
        demo.press("Home")
        assert demo.window.get_attribute("aria-valuenow") == "1"


def test_every_control_is_reached_by_tab(browser, tmp_path):
    with trial(browser, tmp_path, NAME) as demo:
        demo.guess(0)
        reached = []
        demo.page.evaluate("document.activeElement.blur()")
        for _ in range(20):
            demo.press("Tab")
            reached.append(
                demo.page.evaluate(
                    "(document.activeElement.getAttribute('aria-label')"
                    " ?? document.activeElement.closest('label')?.firstElementChild.nextSibling"
                    "?.textContent ?? document.activeElement.textContent)"
                )
            )
        text = " | ".join(reached)
        for name in ("Window", "Picture, row 1", "Kernel, row 1", "Fill in all", "Copy a link"):
            assert name in text


def test_typed_numbers_change_the_output(browser, tmp_path):
    with trial(browser, tmp_path, NAME) as demo:
        demo.guess(0)
        demo.box.get_by_text("Fill in all").click()
        assert demo.grid("Output") == [["0", "3"], ["2", "6"]]
        demo.field("Picture", 2, 2).fill("-2")
        assert demo.grid("Output") == [["3", "0"], ["−4", "6"]]
        demo.field("Kernel", 1, 1).fill("1/2")
        assert demo.grid("Output")[0] == ["3.5", "0"]
        assert calculation_faults(demo.lines) == []
        demo.field("Kernel", 1, 1).fill("x")
        assert demo.field("Kernel", 1, 1).get_attribute("aria-invalid") == "true"
        assert demo.grid("Output")[0] == ["3.5", "0"]
        demo.press("ArrowRight")
        assert demo.field("Kernel", 1, 2).evaluate("e => e === document.activeElement")
        address = demo.address()
    with trial(browser, tmp_path, NAME, query=address) as demo:
        demo.box.get_by_text("Show me").click()
        assert demo.status == "It is 3.5."


@pytest.mark.parametrize("by", ["handle", "picture"])
def test_the_mouse_drags_the_window(browser, tmp_path, by):
    with trial(browser, tmp_path, NAME, settings="picture:seven") as demo:
        demo.box.get_by_text("Show me").click()
        demo.box.scroll_into_view_if_needed()
        cell = demo.field("Picture", 1, 1).bounding_box()
        start = demo.box.locator(".demo-handle").bounding_box() if by == "handle" else cell
        x, y = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2
        demo.page.mouse.move(x, y)
        demo.page.mouse.down()
        demo.page.mouse.move(x + 2 * cell["width"], y + 3 * cell["height"], steps=4)
        demo.page.mouse.up()
        # the stroke of the seven lies under the stroke of the kernel
        assert demo.said() == "row 4, column 3: 3"
        assert demo.grid("Output")[3][2] == "3"


def test_a_finger_drags_the_handle_and_scrolls_elsewhere(browser, tmp_path):
    with trial(browser, tmp_path, NAME, width=390, **KEYS["touch"]) as demo:
        demo.box.get_by_text("Show me").tap()
        handle = demo.box.locator(".demo-handle")
        assert handle.evaluate("e => getComputedStyle(e).touchAction") == "none"
        assert demo.window.evaluate("e => getComputedStyle(e).pointerEvents") == "none"
        box, cell = handle.bounding_box(), demo.field("Picture", 1, 1).bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        client = demo.page.context.new_cdp_session(demo.page)

        def touch(kind, *points):
            client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

        touch("touchStart", {"x": x, "y": y})
        for share in (0.5, 1):
            touch("touchMove", {"x": x + share * cell["width"], "y": y})
        touch("touchEnd")
        assert demo.said() == "row 1, column 2: 3"


def test_turning_makes_a_convolution(browser, tmp_path):
    with trial(browser, tmp_path, NAME) as demo:
        demo.guess(0)
        demo.box.get_by_label("Turn the kernel").check()
        assert demo.box.get_by_label("Turn the kernel").evaluate(
            "e => e === document.activeElement"
        )
        demo.box.get_by_text("Fill in all").click()
        assert demo.grid("Kernel, turned") == [["−1", "1"], ["2", "0"]]
        picture, kernel = ([[int(x) for x in row] for row in p] for p in (EXAMPLE, KERNEL))
        theirs = convolve2d(picture, kernel, mode="valid")
        assert demo.grid("Output") == theirs.astype(str).tolist()
        assert demo.address() == "turn:1"


def test_the_photograph_shows_its_edges(browser, tmp_path):
    middle = "canvas => [...canvas.getContext('2d').getImageData(30, 30, 1, 1).data]"
    with trial(browser, tmp_path, NAME) as demo:
        demo.choose("Picture", "photograph")
        output = demo.box.get_by_label("Output", exact=True)
        assert output.evaluate(middle) == [128, 128, 128, 255]
        demo.box.get_by_label("A black ground").check()
        demo.box.get_by_text("Check").click()
        assert demo.status == "Yes: A black ground, bright where the picture changes."
        edges = output.evaluate(middle)
        assert edges != [128, 128, 128, 255]
        demo.choose("Kernel", "B")
        blurred = output.evaluate(middle)
        assert blurred != edges
        for row in range(1, 4):
            for column in range(1, 4):
                demo.field("Kernel", row, column).fill("1" if (row, column) == (2, 2) else "0")
        photograph = demo.box.get_by_label("Photograph", exact=True)
        shifted = middle.replace("30, 30", "31, 31")
        assert output.evaluate(middle) == photograph.evaluate(shifted)


def test_it_plays_a_row_and_then_asks(browser, tmp_path):
    with trial(browser, tmp_path, NAME, settings="picture:seven;play:1") as demo:
        demo.box.locator("form").wait_for(state="visible", timeout=10_000)
        output = demo.grid("Output")
        assert output[0] == ["1", "1", "1", "1", "2"]
        assert output[1] == [""] * 5
        demo.guess(0)
        assert demo.status == "You said 0; it is 1."
        demo.box.get_by_role("button", name="Play").click()
        demo.page.wait_for_timeout(900)
        demo.box.get_by_role("button", name="Pause").click()
        assert demo.grid("Output")[1][1] != ""


def test_nothing_moves_for_those_who_do_not_want_it(browser, tmp_path):
    with trial(
        browser, tmp_path, NAME, settings="picture:seven;play:1", reduced_motion="reduce"
    ) as demo:
        assert demo.grid("Output")[0] == ["1", "1", "1", "1", "2"]
        assert demo.box.locator("form").is_visible()
        demo.guess(1)
        assert demo.box.get_by_role("button", name="Play").is_hidden()


def test_start_again_asks_again(browser, tmp_path):
    with trial(browser, tmp_path, NAME) as demo:
        demo.guess(0)
        demo.field("Picture", 1, 1).fill("9")
        demo.box.get_by_role("button", name="Start again").click()
        assert demo.grid("Picture")[0][0] == "1"
        assert demo.box.locator("form").is_visible()
        assert demo.address() is None


@pytest.mark.parametrize("width", [320, 1400])
@pytest.mark.parametrize("settings", ["", "picture:seven", "picture:photograph", "turn:1"])
def test_it_fits_and_is_accessible(browser, tmp_path, width, settings):
    with trial(browser, tmp_path, NAME, settings=settings, width=width) as demo:
        faults = demo.faults()
        demo.box.get_by_text("Show me").click()
        faults += demo.faults()
    assert not faults, "\n".join(faults)


def test_a_link_to_the_setting_is_copied(browser, tmp_path):
    clipboard = "Object.defineProperty(navigator, 'clipboard', { configurable: true, value: %s })"
    with trial(browser, tmp_path, NAME) as demo:
        demo.guess(0)
        demo.press("ArrowDown", "ArrowRight")
        demo.page.evaluate(clipboard % "{ writeText: async (text) => { window.taken = text; } }")
        demo.box.get_by_role("button", name="Copy a link").click()
        assert demo.status == "The link is copied."
        taken = demo.page.evaluate("taken")
        assert taken == demo.page.url
        assert taken.endswith(f"?{NAME}=at:1,1#demo-{NAME}")
        demo.page.evaluate(clipboard % "{ writeText: () => Promise.reject(new Error('no')) }")
        demo.box.get_by_role("button", name="Copy a link").click()
        assert demo.status == "The address of this page now holds the setting."
        assert not demo.complaints

"""Training in the page: what a reader does there, and that the page stays smooth."""

import re

import pytest
from trial import trial

NAME = "training-in-the-page"
WATCH = """() => { window.long = []; new PerformanceObserver((list) => {
  for (const one of list.getEntries()) window.long.push(one.duration);
}).observe({ type: "longtask" }); }"""


def numbers(demo):
    return demo.box.locator(".demo-numbers").inner_text()


def steps(demo):
    return int(re.match(r"Step (\d+),", numbers(demo))[1])


def wait(demo, least):
    """Until so many steps are shown."""
    demo.page.wait_for_function(
        "n => Number(document.querySelector('.demo-numbers')?.textContent.match(/Step (\\d+)/)?.[1]"
        " ?? -1) >= n",
        arg=least,
    )


def press(demo, name):
    demo.box.get_by_role("button", name=name, exact=True).click()


def test_train_pause_and_the_page_stays_smooth(browser, tmp_path):
    with trial(browser, tmp_path, NAME) as demo:
        wait(demo, 0)
        demo.page.evaluate(WATCH)
        press(demo, "Train")
        wait(demo, 100)
        assert demo.status == "The network is learning."  # and not each step anew
        press(demo, "Pause")
        demo.page.wait_for_function(
            "() => document.querySelector('.demo-status').textContent.startsWith('Step')"
        )
        stood = steps(demo)
        demo.page.wait_for_timeout(400)
        assert steps(demo) == stood
        accuracy = int(re.search(r"accuracy (\d+) %", numbers(demo))[1])
        assert accuracy >= 90
        assert demo.page.evaluate("window.long") == []
        wrong = int(re.search(r"(\d+) of 300 wrong", numbers(demo))[1])
        group = demo.box.get_by_role("group", name="Mistakes on held-out pictures")
        assert group.locator("canvas").count() == min(wrong, 12)
        filters = demo.box.get_by_role("group", name="Filters of the first convolution")
        assert filters.locator("canvas").count() == 8
        assert not demo.complaints


def test_a_reset_with_the_seed_gives_the_same_numbers(browser, tmp_path):
    with trial(browser, tmp_path, NAME) as demo:
        courses = []
        for _ in range(2):
            wait(demo, 0)
            course = [numbers(demo)]
            for step in range(3):
                press(demo, "One step")
                wait(demo, step + 1)
                course.append(numbers(demo))
            courses.append(course)
            press(demo, "Reset")
            demo.page.wait_for_function(
                "() => document.querySelector('.demo-numbers').textContent.startsWith('Step 0')"
            )
        assert courses[0] == courses[1]
        assert len(set(courses[0])) == 4
        demo.box.get_by_label("Seed").fill("7")
        demo.page.wait_for_function(
            "old => document.querySelector('.demo-numbers').textContent !== old", arg=courses[0][0]
        )
        assert numbers(demo).startswith("Step 0")
        assert demo.address() == "seed:7"
        assert not demo.complaints


def test_layers_come_and_go_and_faults_are_said(browser, tmp_path):
    with trial(browser, tmp_path, NAME) as demo:
        wait(demo, 0)
        items = demo.box.locator(".demo-layers > li")
        assert items.count() == 7
        demo.box.get_by_role("button", name="Remove layer 6").click()  # flatten
        fault = demo.box.get_by_role("alert")
        assert "Put a flatten layer before it" in fault.inner_text()
        assert fault.inner_text().startswith("Layer 6: ")
        assert demo.box.get_by_role("button", name="Train", exact=True).is_disabled()
        demo.box.get_by_role("button", name="Add a layer after layer 5").click()
        demo.choose("Layer 6", "flatten")
        assert fault.inner_text() == ""
        kernel = items.nth(3).get_by_label("kernel")
        kernel.fill("9")
        demo.press("Tab")
        assert "the kernel spans 9 pixels, and 8 × 4 × 4 arrives" in fault.inner_text()
        items.nth(3).get_by_label("kernel").fill("3")
        demo.press("Tab")
        press(demo, "One step")
        wait(demo, 1)
        assert not demo.complaints


def test_a_setting_from_the_address_and_a_rate_that_is_too_large(browser, tmp_path):
    query = "layers:flatten-linear10;rate:9"
    with trial(browser, tmp_path, NAME, query=query) as demo:
        wait(demo, 0)
        assert demo.box.locator(".demo-layers > li").count() == 2
        assert demo.box.get_by_label("Rate").input_value() == "9"
        demo.box.get_by_label("Rate").fill("0.5")
        assert demo.address() == "layers:flatten-linear10;rate:0.5"
        demo.box.get_by_label("Rate").fill("much")
        assert demo.box.get_by_label("Rate").get_attribute("aria-invalid") == "true"


def test_shapes_and_own_drawings_are_learnt(browser, tmp_path):
    with trial(browser, tmp_path, NAME) as demo:
        demo.choose("Pictures", "shapes")
        demo.page.wait_for_function(
            "() => document.querySelector('.demo-numbers').textContent.includes('of 200')"
        )
        demo.choose("Pictures", "own")
        train = demo.box.get_by_role("button", name="Train", exact=True)
        assert train.is_disabled()
        for name, keys in (("A", ["ArrowUp"] * 4), ("B", ["ArrowLeft"] * 4)):
            for _ in range(3):
                demo.box.get_by_role("application").focus()
                demo.press(" ", *keys, " ")
                press(demo, f"Keep as {name}")
        assert demo.status == "Drawings so far: A: 3, B: 3, C: 0."
        train.click()
        wait(demo, 20)
        assert "of 2 wrong" in numbers(demo)
        assert not demo.complaints


@pytest.mark.parametrize("width", [320, 1400])
def test_it_fits_and_is_accessible(browser, tmp_path, width):
    with trial(browser, tmp_path, NAME, width=width, reduced_motion="reduce") as demo:
        wait(demo, 0)
        faults = demo.faults()
        demo.choose("Pictures", "own")
        faults += demo.faults()
        demo.box.get_by_role("button", name="Remove layer 4").click()
        faults += demo.faults()
    assert not faults, "\n".join(faults)

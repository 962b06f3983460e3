"""Training in the page: what a reader does there, and that the page stays smooth."""

import json
import re
from contextlib import contextmanager

import pytest
from trial import PHONE, trial

NAME = "training-in-the-page"
PATIENCE = 120_000  # ms: a worker that shares its processor with other tests takes long


@contextmanager
def training(browser, folder, **options):
    """The page with time to wait."""
    with trial(browser, folder, NAME, **options) as demo:
        demo.page.set_default_timeout(PATIENCE)
        yield demo


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


def begin(demo):
    """Do without a guess, and stand at the start again."""
    press(demo, "Show me")
    wait(demo, 100)
    press(demo, "Reset")
    at_start(demo)


def at_start(demo):
    demo.page.wait_for_function(
        "() => document.querySelector('.demo-numbers').textContent.startsWith('Step 0,')"
    )


def said(demo, start):
    demo.page.wait_for_function(
        "start => document.querySelector('.demo-status').textContent.startsWith(start)", arg=start
    )


def drawn(demo):
    """What the legend calls each line of the chart, and how high the line ends, from 0 to 1."""
    return demo.box.evaluate(
        """box => Object.fromEntries([...box.querySelectorAll(".demo-key")].map(key => {
          const name = `.${[...key.querySelector("path").classList].join(".")}`;
          const line = box.querySelector(`.demo-chart ${name}`);
          const end = line.getAttribute("d").match(/([\\d.]+)$/)[1];
          return [key.parentElement.textContent.trim(), 1 - end / 200];
        }))"""
    )


def test_a_guess_and_then_a_hundred_steps(browser, tmp_path):
    with training(browser, tmp_path) as demo:
        assert demo.box.get_by_role("button", name="Train", exact=True).count() == 0  # hidden
        demo.box.get_by_label("a quarter to three quarters").check()
        press(demo, "Check")
        said(demo, "You said")
        assert demo.status == "You said a quarter to three quarters; it is nine tenths or more."
        assert steps(demo) == 100
        accuracy = int(re.search(r"accuracy (\d+) %", numbers(demo))[1])
        wrong = int(re.search(r"(\d+) of 300 wrong", numbers(demo))[1])
        assert accuracy == round(100 * (300 - wrong) / 300) >= 90
        shown = r"loss ([\d.]+); held out: loss ([\d.]+), accuracy"
        loss, held_out = map(float, re.search(shown, numbers(demo)).groups())
        most = float(re.search(r"Top of the chart: loss ([\d.]+),", demo.box.inner_text())[1])
        assert drawn(demo) == {
            "loss in training": pytest.approx(loss / most, abs=0.001),
            "loss, held out": pytest.approx(held_out / most, abs=0.001),
            "accuracy, held out": pytest.approx(1 - wrong / 300, abs=0.001),
        }
        ends = sorted([loss / most, held_out / most, 1 - wrong / 300])
        assert min(ends[1] - ends[0], ends[2] - ends[1]) > 0.002  # they can be told apart
        group = demo.box.get_by_role("group", name="Mistakes on held-out pictures")
        assert group.locator("canvas").count() == min(wrong, 12)
        assert re.match(r"\d read as \d", group.locator("figcaption").first.inner_text())
        filters = demo.box.get_by_role("group", name="Filters of the first convolution")
        assert filters.locator("canvas").count() == 8
        about = demo.box.locator(".demo-results > .demo-hint").last.inner_text()
        assert about.startswith("3,818 weights learn from 1,197 pictures, ")
        maps = demo.box.get_by_role("group", name="Maps of one held-out picture")
        assert maps.locator("canvas").count() == 1 + 8 + 8 + 8 + 16 + 16
        assert demo.box.get_by_role("button", name="Train", exact=True).evaluate(
            "e => e === document.activeElement"
        )
        assert not demo.complaints


def test_train_and_pause(browser, tmp_path):
    with training(browser, tmp_path) as demo:
        begin(demo)
        press(demo, "Train")
        wait(demo, 20)
        assert demo.status == "The network is learning."  # and not each step anew
        press(demo, "Pause")
        said(demo, "Step ")
        stood = steps(demo)
        assert demo.status == numbers(demo)
        demo.page.wait_for_timeout(400)
        assert steps(demo) == stood
        press(demo, "One step")
        wait(demo, stood + 1)
        assert steps(demo) == stood + 1
        assert not demo.complaints


def longest_task(trace):
    """Milliseconds of processor that the longest task of the page's own thread took."""
    events = json.loads(trace)["traceEvents"]
    mains = {
        (one["pid"], one["tid"])
        for one in events
        if one["name"] == "thread_name" and one["args"]["name"] == "CrRendererMain"
    }
    tasks = [
        one["tdur"] / 1000
        for one in events
        if one["name"].endswith("RunTask") and (one["pid"], one["tid"]) in mains and "tdur" in one
    ]
    return len(tasks), max(tasks)


def test_the_page_stays_smooth(browser, tmp_path):
    """No task takes 50 ms while the worker learns; waiting for a processor does not count."""
    with training(browser, tmp_path) as demo:
        begin(demo)
        browser.start_tracing(page=demo.page, categories=["toplevel"])
        press(demo, "Train")
        wait(demo, 200)
        press(demo, "Pause")
        said(demo, "Step ")
        count, longest = longest_task(browser.stop_tracing())
        assert count > 20
        assert longest < 50


def test_a_reset_with_the_seed_gives_the_same_numbers(browser, tmp_path):
    with training(browser, tmp_path) as demo:
        begin(demo)
        courses = []
        for _ in range(2):
            course = [numbers(demo)]
            for step in range(3):
                press(demo, "One step")
                wait(demo, step + 1)
                course.append(numbers(demo))
            courses.append(course)
            press(demo, "Reset")
            at_start(demo)
        assert courses[0] == courses[1]
        assert len(set(courses[0])) == 4
        demo.box.get_by_label("Seed").fill("7")
        demo.page.wait_for_function(
            "old => ![old, ''].includes(document.querySelector('.demo-numbers').textContent)",
            arg=courses[0][0],
        )
        assert numbers(demo).startswith("Step 0,")
        assert demo.address() == "seed:7"
        assert not demo.complaints


def test_layers_come_and_go_and_faults_are_said(browser, tmp_path):
    with training(browser, tmp_path) as demo:
        begin(demo)
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
        demo.choose("Network", "linear")
        assert items.count() == 2
        assert demo.address() == "layers:flatten-linear10"
        assert not demo.complaints


def test_a_setting_from_the_address_and_a_rate_that_is_too_large(browser, tmp_path):
    query = "layers:flatten-linear10;rate:10"
    with training(browser, tmp_path, query=query) as demo:
        begin(demo)
        assert demo.box.locator(".demo-layers > li").count() == 2
        rate = demo.box.get_by_label("Rate")
        assert rate.input_value() == "10"
        rate.fill("0.5")
        assert demo.address() == "layers:flatten-linear10;rate:0.5"
        rate.fill("much")
        assert rate.get_attribute("aria-invalid") == "true"
        assert demo.address() == "layers:flatten-linear10;rate:0.5"


def test_a_rate_that_explodes_is_said(browser, tmp_path):
    query = "layers:flatten-linear64-linear64-linear64-linear10;rate:10"
    with training(browser, tmp_path, query=query) as demo:
        press(demo, "Show me")
        said(demo, "It is ")
        assert demo.status == "It is fewer than a quarter."
        assert "loss not a number" in numbers(demo)
        assert not demo.complaints


def test_shapes_and_own_drawings_are_learnt(browser, tmp_path):
    with training(browser, tmp_path) as demo:
        demo.choose("Pictures", "shapes")
        begin(demo)
        assert "of 200 wrong" in numbers(demo)
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
        press(demo, "Forget all drawings")
        assert train.is_disabled()
        assert not demo.complaints


@pytest.mark.parametrize("by", ["mouse", "finger"])
def test_drawings_by_mouse_and_by_finger(browser, tmp_path, by):
    with training(browser, tmp_path, **(PHONE if by == "finger" else {})) as demo:
        demo.choose("Pictures", "own")
        pad = demo.box.get_by_role("application")
        draw = demo.swipe if by == "finger" else demo.drag
        for name, right, down in (("A", 0, 60), ("B", 60, 0)):
            for _ in range(3):
                x, y = demo.middle(pad)
                draw((x - right / 2, y - down / 2), right, down)
                press(demo, f"Keep as {name}")
        assert demo.status == "Drawings so far: A: 3, B: 3, C: 0."
        press(demo, "Train")
        wait(demo, 5)
        assert "of 2 wrong" in numbers(demo)
        assert not demo.complaints


@pytest.mark.parametrize("width", [320, 1400])
def test_it_fits_and_is_accessible(browser, tmp_path, width):
    with training(browser, tmp_path, width=width, reduced_motion="reduce") as demo:
        faults = demo.faults()
        begin(demo)
        faults += demo.faults()
        demo.choose("Pictures", "own")
        faults += demo.faults()
        demo.box.get_by_role("button", name="Remove layer 4").click()
        faults += demo.faults()
    assert not faults, "\n".join(faults)

"""Uses the playground of the lab's page, and trains what it shows with the program."""
import csv
import subprocess

from rotation import settle

# Seconds that a command may take.
PATIENCE = 300
# Updates whose losses are compared with the program's, and the largest difference.
UPDATES, TOLERANCE = 100, 1e-6
# Milliseconds between two downloads: Chromium drops the eleventh that a page asks for within a second, without a word.
BETWEEN_DOWNLOADS = 150
# Settings whose losses are compared: the model, and the positions of the sliders. The batch sizes are the whole table,
# 8 and 64; the last batch of a pass with 64 is smaller. Learning rates are powers of ten.
SETTINGS = [
    {"model": "linear", "batch-size": 7, "noise": 0, "learning-rate": -0.5},
    {"model": "mlp", "batch-size": 7, "hidden": 8, "noise": 0, "learning-rate": 0},
    {"model": "mlp", "batch-size": 3, "hidden": 5, "noise": 0.5, "learning-rate": -1},
    {"model": "mlp", "batch-size": 6, "hidden": 16, "noise": 0.2, "learning-rate": -0.5},
]


def updates(page):
    return int(page.locator(".playground").get_attribute("data-updates"))


def reach(page, least):
    """Waits until the playground has made some updates. The page's policy forbids Playwright's own waiting."""
    for _ in range(500):
        if updates(page) >= least:
            return
        page.wait_for_timeout(20)
    raise AssertionError(f"the playground stops at {updates(page)} updates, before {least}")


def pictures(page):
    settle(page)
    return page.evaluate("[...document.querySelectorAll('.playground canvas')].map((canvas) => canvas.toDataURL())")


def play(page, where, failures):
    """Uses the buttons and a slider of the playground by keyboard."""
    begin = pictures(page)
    button = lambda name: page.locator(f".playground button[data-part={name}]")
    button("step").focus()
    page.keyboard.press("Enter")
    reach(page, 1)
    if updates(page) != 1:
        failures.append(f"{where}: one update makes {updates(page)}")
    button("run").focus()
    page.keyboard.press("Space")
    reach(page, 20)
    page.keyboard.press("Space")
    settle(page)
    ran = updates(page)
    pictures_then = pictures(page)
    if updates(page) != ran:
        failures.append(f"{where}: goes on when it is paused")
    if any(old == new for old, new in zip(begin, pictures_then)):
        failures.append(f"{where}: a picture of the playground does not change while it runs")
    slider = page.locator('.playground input[name="learning-rate"]')
    told = slider.get_attribute("aria-valuetext")
    slider.focus()
    page.keyboard.press("ArrowRight")
    reach(page, max(ran, UPDATES))
    if slider.get_attribute("aria-valuetext") == told:
        failures.append(f"{where}: the slider tells the same value")
    if any(old == new for old, new in zip(pictures_then, pictures(page))):
        failures.append(f"{where}: a picture of the playground does not follow the slider")
    button("reset").click()
    settle(page)
    if updates(page) != 0 or pictures(page)[1] != begin[1]:
        failures.append(f"{where}: does not start again")


def save(page, name, folder):
    with page.expect_download() as download:
        page.locator(f'.playground a[download="{name}"]').click()
    download.value.save_as(folder / name)
    page.wait_for_timeout(BETWEEN_DOWNLOADS)
    return folder / name


def compare_with_program(page, emberlab, folder, failures):
    """Trains what the playground shows with the program, and compares the losses of the first updates."""
    page.locator(".playground summary").click()
    for number, settings in enumerate(SETTINGS):
        for name, value in settings.items():
            if name == "model":
                page.locator(f'.playground input[value="{value}"]').check()
            else:
                page.locator(f'.playground input[name="{name}"]').fill(str(value))
        reach(page, UPDATES)
        place = folder / f"playground-{number}"
        place.mkdir()
        for name in ["points.csv", "playground.toml"]:
            save(page, name, place)
        with open(save(page, "losses.csv", place)) as file:
            shown = [float(row["loss"]) for row in csv.DictReader(file)]
        command = [emberlab, "train", "playground.toml", "--dashboard", "none"]
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=PATIENCE)
        if done.returncode != 0:
            failures.append(f"{settings}: {done.stderr}")
            continue
        with open(place / "artifacts" / "playground" / "metrics.csv") as file:
            rows = csv.DictReader(file)
            trained = [float(row["value"]) for row in rows if (row["split"], row["metric"]) == ("train", "loss")]
        if min(len(shown), len(trained)) < UPDATES:
            failures.append(f"{settings}: {len(shown)} losses on the page, {len(trained)} of the program")
        difference = max(abs(one - other) for one, other in zip(shown[:UPDATES], trained))
        print(f"{settings}: loss {shown[0]:.4f} to {shown[UPDATES - 1]:.4f}, largest difference {difference:.1e}")
        if difference > TOLERANCE:
            failures.append(f"{settings}: the losses differ by {difference}")

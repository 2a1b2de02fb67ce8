#!/usr/bin/env python3
"""Opens every page that emberlab writes in a headless Chromium, narrow and wide, light and dark, and uses it.

    pages.py EMBERLAB CHROMIUM

Checks that a page asks for nothing, says no error, does not scroll sideways, shows every image, has no text of a
drawing cut off or over another, has no faint text, tells the values of metrics.csv under the pointer and by keyboard, switches its
axes, rotates its scatter plot, and can be printed; and that the playground of the lab makes the program's updates.
"""
import csv
import pathlib
import subprocess
import sys
import tempfile

from playwright.sync_api import sync_playwright

from playground import compare_with_program, play
from rotation import rotate

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from random_images import write_random_images  # noqa: E402

WIDTHS = [400, 1000, 1600]
# Seconds that a command may take.
PATIENCE = 300
PLANE = """
name = "plane"
[data]
source = "synthetic"
n_samples = 120
n_features = 2
n_informative = 2
n_redundant = 0
validation_fraction = 0.2
[model]
kind = "mlp"
hidden = [4]
gradient = "manual"
[training]
epochs = 20
batch_size = 8
[training.optimizer]
learning_rate = 0.1
"""
TABLE = """
name = "table"
[data]
source = "csv"
file = "table.csv"
[model]
kind = "linear"
[training]
epochs = 5
[training.optimizer]
learning_rate = 0.1
"""
IMAGES = """
name = "images of a run whose name is nearly as long as the name of a run may be - a test of titles"
[data]
source = "cifar10"
[model]
kind = "cnn"
channels = [4]
hidden = [8]
[training]
epochs = 2
batch_size = 32
[training.optimizer]
learning_rate = 0.1
"""
# Names that would be elements, attributes or scripts where they are not escaped.
HOSTILE = ["<script>alert(1)</script>", "\"><img src=x onerror=alert(2)>", "a very long name of a class, as some have"]
TEXTS = """() => {
  const boxes = [];
  for (const svg of document.querySelectorAll('svg')) {
    if (!svg.getBoundingClientRect().width) continue;
    const frame = svg.viewBox.baseVal;
    const texts = [...svg.querySelectorAll('text')].map((text) => {
      const box = text.getBBox(), at = text.getCTM(), own = svg.getCTM();
      const corner = (x, y) => new DOMPoint(x, y).matrixTransform(own.inverse().multiply(at));
      const a = corner(box.x, box.y), b = corner(box.x + box.width, box.y + box.height);
      return { text: text.textContent.trim(), left: Math.min(a.x, b.x), right: Math.max(a.x, b.x),
               top: Math.min(a.y, b.y), bottom: Math.max(a.y, b.y) };
    });
    for (const one of texts) {
      if (one.left < -1 || one.top < -1 || one.right > frame.width + 1 || one.bottom > frame.height + 1)
        boxes.push(`cut off: ${one.text}`);
      for (const other of texts) {
        const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
        const along = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
        // Lines of text may touch; letters are lower than their boxes.
        if (one !== other && across > 2 && along > 7) boxes.push(`overlap: ${one.text} and ${other.text}`);
      }
    }
  }
  return [...new Set(boxes)];
}"""

# Text whose colour is too near to that of its background: below 4.5, or 3 where it is large (WCAG 2.1, 1.4.3).
FAINT = """() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = (colour) => {
    const [r, g, b] = numbers(colour).slice(0, 3).map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const opaque = (colour) => { const parts = numbers(colour); return parts.length < 4 || parts[3] === 1; };
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (colour !== 'transparent' && opaque(colour)) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const element = text.parentElement;
    if (!text.textContent.trim() || element.closest('svg, script, style') || !element.checkVisibility()) continue;
    const style = getComputedStyle(element), [a, b] = [luminance(style.color), luminance(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) found.add(`faint, ${ratio.toFixed(2)}: ${text.textContent.trim().slice(0, 40)}`);
  }
  return [...found];
}"""


def make_pages(emberlab, folder):
    def run(*arguments):
        done = subprocess.run([emberlab, *arguments], cwd=folder, capture_output=True, text=True, timeout=PATIENCE)
        assert done.returncode == 0, (arguments, done.stderr)

    write_random_images(folder, 200, 60)
    with open(folder / "table.csv", "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["<i>x</i>", "width of a leaf", "length of a leaf in centimetres", "w", "label"])
        for row in range(60):
            table.writerow([row % 7, row % 5, row * 0.1, 1, HOSTILE[row % 3]])
    names = [text.split('"')[1] for text in [PLANE, TABLE, IMAGES]]
    for name, text in zip(names, [PLANE, TABLE, IMAGES]):
        (folder / "run.toml").write_text(text)
        run("train", "run.toml", "--dashboard", "none")
        run("report", name)
    run("compare", *names, "--html", "comparison.html")
    sets = ["data.train_samples=150", "data.test_samples=50", "training.epochs=20"]
    run("lab", *[argument for one in sets for argument in ("--set", one)])
    run("lab", "--exercises", "--student", "ada", "--student", "grace of the long name")
    run("grade", "exercises")
    pages = [folder / "artifacts" / name / "report.html" for name in names]
    exercises = [folder / "exercises" / "ada" / "index.html", folder / "exercises" / "grades.html"]
    return [*pages, folder / "comparison.html", *exercises, folder / "artifacts" / "lab" / "index.html"]


def check(page, where, failures):
    """What must hold of every page as it is shown now."""
    wide, room = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    if wide > room:
        failures.append(f"{where}: scrolls sideways, {wide} of {room} pixels")
    broken = page.evaluate("[...document.images].filter((i) => !(i.complete && i.naturalWidth)).length")
    if broken:
        failures.append(f"{where}: {broken} images are not shown")
    failures += [f"{where}: {text}" for script in [TEXTS, FAINT] for text in page.evaluate(script)]


def first_loss(run):
    rows = csv.DictReader(open(run / "metrics.csv"))
    return [float(row["value"]) for row in rows if (row["split"], row["metric"]) == ("train", "loss")]


def use(page, path, failures):
    """Points at a curve, walks along it by keyboard, and switches its axis."""
    figure = page.locator("figure:has(.switch)").first
    picture = figure.locator(".pointed").first
    values = figure.locator(".values").first
    losses = first_loss(path.parent)
    told = lambda loss: f": {float(f'{loss:.5g}'):.15g}"
    picture.focus()
    page.keyboard.press("Home")
    if "update 1" not in values.inner_text() or told(losses[0]) not in values.inner_text():
        failures.append(f"{path}: Home tells `{values.inner_text()}`, not {losses[0]}")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    if "update 3" not in values.inner_text() or told(losses[2]) not in values.inner_text():
        failures.append(f"{path}: two steps tell `{values.inner_text()}`, not {losses[2]}")
    page.keyboard.press("End")
    if f"update {len(losses)}" not in values.inner_text():
        failures.append(f"{path}: End tells `{values.inner_text()}`")
    page.keyboard.press("Escape")
    if values.inner_text():
        failures.append(f"{path}: Escape leaves `{values.inner_text()}`")
    picture.hover()
    if "update " not in values.inner_text():
        failures.append(f"{path}: nothing is told under the pointer")
    buttons = figure.locator("button")
    buttons.nth(1).focus()
    page.keyboard.press("Enter")
    views = figure.locator(".view")
    if views.nth(0).is_visible() or not views.nth(1).is_visible():
        failures.append(f"{path}: the switch does not show the logarithmic axis")
    views.nth(1).locator(".pointed").hover()
    if "update " not in views.nth(1).locator(".values").inner_text():
        failures.append(f"{path}: nothing is told on the logarithmic axis")
    check(page, f"{path.name} on a logarithmic axis", failures)


def main():
    emberlab, chromium = (str(pathlib.Path(argument).resolve()) for argument in sys.argv[1:3])
    failures, shown = [], 0
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        pages = make_pages(emberlab, pathlib.Path(folder))
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for path in pages:
            for width in WIDTHS:
                for scheme in ["light", "dark"]:
                    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
                    where = f"{path.relative_to(folder)} at {width}, {scheme}"
                    page.on("console", lambda said: failures.append(f"{where}: console: {said.text}"))
                    page.on("pageerror", lambda error: failures.append(f"{where}: {error}"))
                    page.on("dialog", lambda dialog: (failures.append(f"{where}: a dialog"), dialog.dismiss()))
                    asked = []
                    page.on("request", lambda request: asked.append(request.url))
                    page.goto(path.as_uri())
                    check(page, where, failures)
                    if path.name == "report.html":
                        use(page, path, failures)
                    for state in rotate(page, where, failures):
                        check(page, f"{where}, {state}", failures)
                    if path.parent.name == "lab":
                        play(page, where, failures)
                        check(page, f"{where}, the playground", failures)
                        if (width, scheme) == (1000, "light"):
                            compare_with_program(page, emberlab, pathlib.Path(folder), failures)
                    elsewhere = [url for url in asked if not url.startswith("data:")]
                    if elsewhere != [path.as_uri()]:
                        failures.append(f"{where}: asks for {elsewhere}")
                    if (width, scheme) == (1000, "light") and not page.pdf().startswith(b"%PDF"):
                        failures.append(f"{where}: cannot be printed")
                    page.close()
                    shown += 1
        browser.close()
    for failure in dict.fromkeys(failures):
        print(failure, file=sys.stderr)
    print(f"{shown} views of {len(pages)} pages, {len(set(failures))} failures")
    sys.exit(bool(failures))


main()

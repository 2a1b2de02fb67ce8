"""Rotates the scatter plots of a page."""

# The middles of the discs of the picture, and of the one that is rotated, with those of the legends.
DISCS = r"""(picture) => {
  const paths = [...picture.querySelectorAll('svg.turned path')].map((path) => path.getAttribute('d'));
  const places = paths.flatMap((d) => [...d.matchAll(/M(\S+) (\S+?)m-5 0a/g)].map((found) => [+found[1], +found[2]]));
  const circles = [...picture.querySelectorAll('svg:not(.turned) circle')];
  return [circles.map((circle) => [+circle.getAttribute('cx'), +circle.getAttribute('cy')]), places];
}"""
# The narrowest page whose picture is drawn as it came, and the pixels by which discs may be moved by rounding.
WIDE, ROUNDING = 700, 2


def rotate(page, where, failures):
    """Rotates each scatter plot by keyboard and by dragging. Yields the name of each view that is then shown."""
    for picture in page.locator(".rotated").all():
        drawn = lambda: picture.locator("svg.turned").inner_html()
        values = picture.locator("xpath=following-sibling::*[contains(@class, 'values')]")
        settle(page)
        first = drawn()
        discs, own = picture.evaluate(DISCS)
        far = lambda disc: min(max(abs(disc[0] - x), abs(disc[1] - y)) for x, y in own) > ROUNDING
        if page.viewport_size["width"] > WIDE and (not discs or len(discs) != len(own) or any(map(far, discs))):
            failures.append(f"{where}: the scatter plot is not the picture before it is rotated")
        picture.focus()
        for key, times in [("ArrowLeft", 5), ("ArrowUp", 4), ("ArrowRight", 20), ("ArrowDown", 12)]:
            before = drawn()
            for _ in range(times):
                page.keyboard.press(key)
            settle(page)
            if drawn() == before:
                failures.append(f"{where}: {key} does not rotate the scatter plot")
            yield f"after {key}"
        if "rotated by" not in values.inner_text():
            failures.append(f"{where}: the rotation is not told, only `{values.inner_text()}`")
        page.keyboard.press("Home")
        settle(page)
        if drawn() != first:
            failures.append(f"{where}: Home does not return to the first side")
        picture.scroll_into_view_if_needed()
        box = picture.bounding_box()
        middle = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
        page.mouse.move(*middle)
        page.mouse.down()
        page.mouse.move(middle[0] + 60, middle[1] + 25, steps=3)
        page.mouse.up()
        settle(page)
        if drawn() == first:
            failures.append(f"{where}: dragging does not rotate the scatter plot")
        yield "after dragging"
        page.emulate_media(media="print")
        shown = [svg.is_visible() for svg in picture.locator("svg").all()]
        if shown != [False, True]:
            failures.append(f"{where}: prints {shown}, not the picture alone")
        page.emulate_media(media="screen")


def settle(page):
    """Waits until what was asked for is drawn."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

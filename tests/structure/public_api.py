#!/usr/bin/env python3
"""Compares the public interface of each crate, as rustdoc shows it, with its list in docs/api, and fails if they differ.

    public_api.py DOC [--write]

DOC is the folder that `cargo doc --workspace --no-deps` wrote, `target/doc`. `--write` writes the lists. An item is listed
with its declaration, and below it the methods of its own; implementations of traits are left out.
"""
import difflib
import html.parser
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
LISTS = ROOT / "docs/api"
VOID = {"br", "hr", "img", "input", "link", "meta", "wbr", "source"}


def crates():
    """The name of each library of the workspace."""
    for manifest in sorted(ROOT.glob("crates/*/Cargo.toml")):
        if (manifest.parent / "src/lib.rs").is_file():
            yield re.search(r'^name = "([^"]+)"', manifest.read_text(), re.MULTILINE)[1]


class Items(html.parser.HTMLParser):
    """The pages that `all.html` lists."""

    def __init__(self, page):
        super().__init__()
        self.found, self.inside = [], False
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.inside = self.inside or attributes.get("class", "").startswith("all-items")
        if tag == "a" and self.inside:
            self.found.append(attributes["href"])


class Item(html.parser.HTMLParser):
    """The declaration of an item, and its methods."""

    def __init__(self, page):
        super().__init__()
        self.declaration, self.methods, self.open = "", [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if tag in VOID:
            return
        attributes = dict(attributes)
        self.open.append((tag, attributes.get("id", ""), attributes.get("class", "")))
        if self.in_method():
            if tag == "h4":
                self.methods.append("")

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def in_method(self):
        """Whether this is the heading of a method of the item itself."""
        ids = [id for _, id, _ in self.open]
        return (
            "implementations-list" in ids
            and any(re.match(r"(method|associatedconstant|associatedtype)\.", id) for id in ids)
            and any(tag == "h4" and "code-header" in kind for tag, _, kind in self.open)
        )

    def handle_data(self, data):
        if any(tag == "pre" and "item-decl" in kind for tag, _, kind in self.open):
            self.declaration += data
        elif self.in_method():
            self.methods[-1] += data


def one_line(text):
    return " ".join(text.split())


def interface(doc, crate):
    """The lines of a crate's list."""
    folder = doc / crate.replace("-", "_")
    lines = []
    for page in sorted(set(Items((folder / "all.html").read_text()).found)):
        item = Item((folder / page).read_text())
        path = "::".join([*page.split("/")[:-1], ""])
        lines.append(f"{path}{one_line(item.declaration)}")
        lines += sorted(f"    {one_line(method)}" for method in item.methods)
    return [f"{line}\n" for line in lines]


def main(arguments):
    doc = pathlib.Path(arguments[0])
    differ = False
    for crate in crates():
        found, path = interface(doc, crate), LISTS / f"{crate}.txt"
        if "--write" in arguments:
            LISTS.mkdir(exist_ok=True)
            path.write_text("".join(found))
            continue
        listed = path.read_text().splitlines(keepends=True) if path.is_file() else []
        change = list(difflib.unified_diff(listed, found, str(path.relative_to(ROOT)), "the sources"))
        sys.stdout.writelines(change)
        differ = differ or bool(change)
    if differ:
        sys.exit("the public interface has changed: say so in CHANGELOG.md, and run `just api`")


if __name__ == "__main__":
    main(sys.argv[1:])

#!/usr/bin/env python3
"""Draws the imports between folders of the sources, and fails if files of different folders import each other in a circle.

    imports.py [--files]

A path counts as an import of the file that defines its last name: re-exports (`pub use`) are followed and do not count
themselves. Unit tests are left out. `--files` draws files in place of folders.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PATH = re.compile(r"(?<![\w:])((?:\w+::)+)(\w+|\{|\*)")
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
STRING = re.compile(r'r(#*)".*?"\1|"(?:\\.|[^"\\])*"', re.DOTALL)


def without_tests(text):
    """The source without comments, strings and items under `#[cfg(test)]`."""
    text = STRING.sub('""', COMMENT.sub("", text))
    while (start := text.find("#[cfg(test)]")) >= 0:
        depth, end = 0, start
        for end in range(start, len(text)):
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            if depth == 0 and text[end] in ";}":
                break
        text = text[:start] + text[end + 1:]
    return text


def closing(text, start):
    """The index of the brace that closes the one at `start`."""
    depth = 0
    for index in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[index], 0)
        if depth == 0:
            return index
    raise ValueError("a brace is not closed")


def split(text):
    """The parts of a use tree's braces."""
    parts, depth, last = [], 0, 0
    for index, letter in enumerate(text):
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            parts.append(text[last:index])
            last = index + 1
    return [part.strip() for part in [*parts, text[last:]] if part.strip()]


def leaves(tree, prefix=()):
    """Yields (path, name it gets here) for each leaf of a use tree."""
    brace = tree.find("{")
    if brace < 0:
        path, _, alias = tree.partition(" as ")
        path = (*prefix, *(name.strip() for name in path.split("::")))
        path = path[:-1] if path[-1] == "self" and len(path) > 1 else path
        yield path, alias.strip() or path[-1]
        return
    prefix = (*prefix, *(name.strip() for name in tree[:brace].split("::") if name.strip()))
    for part in split(tree[brace + 1:closing(tree, brace)]):
        yield from leaves(part, prefix)


class Sources:
    """Every module of the workspace's crates: its file, and what it re-exports."""

    def __init__(self):
        self.files, self.texts, self.exports = {}, {}, {}
        for manifest in sorted(ROOT.glob("crates/*/Cargo.toml")):
            crate = re.search(r'^name = "(.+)"', manifest.read_text(), re.MULTILINE)[1].replace("-", "_")
            source = manifest.parent / "src"
            for file in sorted(source.rglob("*.rs")):
                parts = list(file.relative_to(source).with_suffix("").parts)
                if "tests" in parts:
                    continue
                if parts[-1] in ("mod", "lib", "main"):
                    parts.pop()
                module = (crate, *parts)
                if file.name == "main.rs" and module in self.files:
                    continue
                self.files[module] = file
                self.texts[module] = without_tests(file.read_text())
        for module, text in self.texts.items():
            self.exports[module] = {}
            for tree in re.findall(r"\bpub(?:\([^)]*\))? use ([^;]+);", text):
                for path, name in leaves(" ".join(tree.split())):
                    self.exports[module][name] = path

    def absolute(self, path, module):
        """A path as written in a module, from its crate; None where it leads out of the workspace."""
        if path[0] == "crate":
            return (module[0], *path[1:])
        if path[0] in ("self", "super"):
            here = module
            while path and path[0] in ("self", "super"):
                here = here[:-1] if path[0] == "super" else here
                path = path[1:]
            return (*here, *path)
        if (path[0],) in self.files:
            return path
        return (*module, *path) if (*module, path[0]) in self.files else None

    def home(self, path, depth=0):
        """The module that defines what an absolute path names."""
        length = max((n for n in range(1, len(path) + 1) if path[:n] in self.files), default=0)
        if length == 0 or depth > 20:
            return None
        module, rest = path[:length], path[length:]
        if rest and rest[0] in self.exports[module]:
            target = self.absolute(self.exports[module][rest[0]], module)
            return self.home((*target, *rest[1:]), depth + 1) if target else None
        return module

    def imports(self, module):
        """The modules that a module's paths lead to."""
        text = re.sub(r"\bpub(?:\([^)]*\))? use [^;]+;", "", self.texts[module])
        paths = [path for tree in re.findall(r"\buse ([^;]+);", text) for path, _ in leaves(" ".join(tree.split()))]
        text = re.sub(r"\buse [^;]+;", "", text)
        paths += [tuple(start.rstrip(":").split("::")) + (last,) for start, last in PATH.findall(text) if last.isidentifier()]
        homes = (self.home(path) for path in (self.absolute(path, module) for path in paths) if path)
        return {home for home in homes if home and home != module}


def circles(graph):
    """The strongly connected components with more than one member (Tarjan)."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in graph[node]:
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            component = stack[stack.index(node):]
            del stack[stack.index(node):]
            if len(component) > 1:
                found.append(sorted(component))

    for node in graph:
        if node not in index:
            visit(node)
    return found


def draw(edges):
    for start in sorted(edges):
        targets = sorted(edges[start] - {start})
        print(f"{start} -> {', '.join(targets) if targets else '(nothing)'}")


def main():
    sys.setrecursionlimit(10_000)
    sources = Sources()
    name = {module: str(file.relative_to(ROOT / "crates")) for module, file in sources.files.items()}
    graph = {name[module]: {name[home] for home in sources.imports(module)} for module in sources.files}
    if "--files" in sys.argv[1:]:
        draw(graph)
    else:
        folders = {}
        for file, targets in graph.items():
            folders.setdefault(str(pathlib.Path(file).parent), set()).update(str(pathlib.Path(target).parent) for target in targets)
        draw(folders)
    wrong = [circle for circle in circles(graph) if len({pathlib.Path(file).parent for file in circle}) > 1]
    for circle in wrong:
        print(f"\na circle of {len(circle)} files:")
        for file in circle:
            print(f"  {file} -> {', '.join(sorted(set(circle) & graph[file]))}")
    if wrong:
        sys.exit(f"\n{len(wrong)} circles between files of different folders")
    print(f"\n{len(graph)} files, no circle between files of different folders")


if __name__ == "__main__":
    main()

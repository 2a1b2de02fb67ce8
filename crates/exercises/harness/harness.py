"""Calls the functions of tasks.py that standard input names, and writes what they return to the file RESULTS."""
import os
import sys
import traceback

RESULTS = sys.argv[1]


def read_array(np, line):
    shape, values = line[len("array"):].split(":")
    numbers = np.array([float(word) for word in values.split()])
    shape = [int(word) for word in shape.split()]
    return numbers.reshape(shape) if shape else float(numbers[0])


def written(np, value):
    array = np.asarray(value, dtype=float)
    shape = "".join(f" {length}" for length in array.shape)
    return f"array{shape} : " + " ".join(repr(float(number)) for number in array.flatten()) + "\n"


def failure(error):
    """The message of an exception with the line of tasks.py that it comes from."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith("tasks.py")]
    if isinstance(error, SyntaxError) and error.lineno:
        lines = [error.lineno]
    where = f"line {lines[-1]}: " if lines else ""
    return " ".join(f"{where}{type(error).__name__}: {error}".split())


def outcome(np, tasks, name, arguments):
    function = getattr(tasks, name, None)
    if function is None:
        return f"error there is no function {name}\n"
    given = [argument.copy() if hasattr(argument, "copy") else argument for argument in arguments]
    try:
        returned = function(*given)
        if returned is None:
            return "error it returns nothing; add a return statement\n"
        several = returned if isinstance(returned, (tuple, list)) else [returned]
        lines = f"result {len(several)}\n" + "".join(written(np, value) for value in several)
    except NotImplementedError:
        return "open\n"
    except BaseException as error:
        return f"error {failure(error)}\n"
    if any(not np.array_equal(one, other) for one, other in zip(given, arguments)):
        return "error it changes its arguments; work on a copy\n"
    return lines


def main():
    import numpy as np

    np.seterr(all="ignore")
    lines = sys.stdin.read().splitlines()
    with open(RESULTS, "w", buffering=1) as results:
        try:
            import tasks
        except BaseException as error:
            results.write(f"broken {failure(error)}\n")
            return
        at = 0
        while at < len(lines):
            _, name, count = lines[at].split()
            arguments = [read_array(np, line) for line in lines[at + 1:at + 1 + int(count)]]
            at += 1 + int(count)
            results.write(outcome(np, tasks, name, arguments))


if __name__ == "__main__":
    main()
    os._exit(0)

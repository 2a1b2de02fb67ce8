#!/usr/bin/env python3
"""Tables that pyarrow writes as Parquet, in each compression, page version, encoding and type that is read, and what they hold
as pyarrow reads them back: the inputs of the rows without a missing value, and their labels."""
import decimal
import json
import pathlib

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

HERE = pathlib.Path(__file__).resolve().parent
FOLDER = HERE / "parquet"
N = 60


def drawn(random, values, missing):
    """Values, an eighth of them missing."""
    values = values.tolist() if isinstance(values, np.ndarray) else list(values)
    return [None if missing and random.random_sample() < 0.03 else value for value in values]


def numbers(random, n, missing):
    """A column of each type of numbers, and the labels."""
    digits = random.randint(-10**9, 10**9, n)
    columns = {
        "int8": pa.array(drawn(random, random.randint(-128, 128, n), missing), pa.int8()),
        "int16": pa.array(drawn(random, random.randint(-2**15, 2**15, n), missing), pa.int16()),
        "int32": pa.array(drawn(random, random.randint(-2**31, 2**31, n), missing), pa.int32()),
        "int64": pa.array(drawn(random, random.randint(-2**62, 2**62, n), missing), pa.int64()),
        "uint8": pa.array(drawn(random, random.randint(0, 256, n), missing), pa.uint8()),
        "uint16": pa.array(drawn(random, random.randint(0, 2**16, n), missing), pa.uint16()),
        "uint32": pa.array(drawn(random, random.randint(2**31, 2**32, n), missing), pa.uint32()),
        "uint64": pa.array(drawn(random, [2**63 + int(value) for value in random.randint(0, 2**60, n)], missing), pa.uint64()),
        "half": pa.array([None if value is None else np.float16(value) for value in drawn(random, random.randn(n), missing)],
                         pa.float16()),
        "single": pa.array(drawn(random, random.randn(n) * 1e20, missing), pa.float32()),
        "double": pa.array(drawn(random, random.randn(n) * 10.0 ** random.randint(-30, 30, n), missing), pa.float64()),
        "boolean": pa.array(drawn(random, [bool(value) for value in random.randint(0, 2, n)], missing), pa.bool_()),
        "decimal": pa.array(drawn(random, [decimal.Decimal(int(value)).scaleb(-4) for value in digits], missing),
                            pa.decimal128(15, 4)),
        "long decimal": pa.array([decimal.Decimal(int(value)) * 10**20 for value in digits], pa.decimal128(38, 0)),
        "label": pa.array([["setosa", "dry, \"red\"", "état"][value] for value in random.randint(0, 3, n)], pa.string()),
    }
    return pa.table(columns)


def written(name, table, **options):
    path = FOLDER / f"{name}.parquet"
    pq.write_table(table, path, **options)
    read = pq.read_table(path).combine_chunks()
    keep = np.ones(len(read), bool)
    for column in read.columns:
        keep &= pc.is_valid(column).to_numpy()
    read = read.filter(pa.array(keep))
    inputs = [[float(value) for value in read[column].to_pylist()] for column in read.column_names if column != "label"]
    labels = [str(label) for label in read["label"].to_pylist()]
    return {"file": path.name, "inputs": np.array(inputs).T.tolist(), "labels": labels,
            "rows": np.flatnonzero(keep).tolist()}


def main():
    FOLDER.mkdir(exist_ok=True)
    random = np.random.RandomState(5)
    cases = [written(name, numbers(random, N, missing), **options) for name, missing, options in [
        ("snappy", True, {}),
        ("gzip", True, {"compression": "gzip", "row_group_size": 17}),
        ("lz4", True, {"compression": "lz4", "data_page_version": "2.0"}),
        ("zstd", True, {"compression": "zstd", "use_dictionary": False}),
        ("plain", False, {"compression": "none", "data_page_size": 64, "version": "1.0", "store_schema": False}),
        ("delta", True, {"use_dictionary": False, "column_encoding": {
            "int32": "DELTA_BINARY_PACKED", "int64": "DELTA_BINARY_PACKED", "double": "BYTE_STREAM_SPLIT",
            "single": "BYTE_STREAM_SPLIT", "label": "DELTA_LENGTH_BYTE_ARRAY"}}),
    ]]
    categories = pa.table({"x": pa.array(random.randn(N)),
                           "label": pa.array(random.randint(0, 3, N)).cast(pa.string()).dictionary_encode()})
    cases.append(written("categories", categories))
    whole = pa.table({"label": pa.array(random.randint(0, 3, N)), "x": pa.array(random.randn(N))})
    cases.append(written("whole_labels", whole))
    many = pa.table({"x": pa.array(random.randint(0, 50, 20000) / 8), "label": pa.array(random.randint(0, 2, 20000), pa.int8())})
    case = written("many_rows", many, row_group_size=9000)
    inputs = np.array(case.pop("inputs"))
    cases.append({**case, "inputs": [], "labels": [], "rows": [], "n": len(inputs), "sum": inputs.sum()})
    other = pa.table({"x": pa.array(random.randn(6)), "day": pa.array([1, 2, 3, 4, 5, 6], pa.date32()),
                      "when": pa.array([1] * 6, pa.timestamp("ns")), "list": pa.array([[1], [], [2, 3], None, [4], [5]]),
                      "pair": pa.array([{"a": 1, "b": 2}] * 6), "bytes": pa.array([b"a"] * 6),
                      "label": pa.array(["a", "b"] * 3)})
    pq.write_table(other, FOLDER / "other_types.parquet")
    # Text in Latin-1, which pyarrow does not check where the buffers are given.
    offsets, latin = np.arange(7, dtype=np.int32), "é".encode("latin-1") * 6
    text = pa.StringArray.from_buffers(6, pa.py_buffer(offsets.tobytes()), pa.py_buffer(latin))
    wide = pa.array([decimal.Decimal(value) for value in range(6)], pa.decimal256(60, 2))
    pq.write_table(pa.table({"x": other["x"], "text": text, "wide": wide, "label": other["label"]}),
                   FOLDER / "unreadable_values.parquet")
    (HERE / "parquet.json").write_text(json.dumps(cases) + "\n")


if __name__ == "__main__":
    main()

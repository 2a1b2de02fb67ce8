#!/usr/bin/env python3
"""Tables with missing values and words, read by pandas and prepared by scikit-learn's SimpleImputer, OneHotEncoder
and StandardScaler after `train_test_split`; and the scale of columns that are constant up to rounding."""
import io
import json
import pathlib

import numpy as np
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import OneHotEncoder, StandardScaler

HERE = pathlib.Path(__file__).resolve().parent
MISSING = ["", "NA", "N/A", "NaN", "nan", "null", "?"]


def text(rs, n, delimiter, decimal, header, missing):
    """A table of numbers, words, a column of both, a constant, and labels, with holes in it."""
    rows = []
    for _ in range(n):
        row = [f"{rs.randn() * 30:.3f}".replace(".", decimal), str(rs.randint(0, 50)),
               ["red", "green", "Blue", "état"][rs.randint(0, 4)], ["7", "A 5", "12"][rs.randint(0, 3)], "0" + decimal + "1"]
        row = [MISSING[rs.randint(0, len(MISSING))] if missing and column < 4 and rs.random_sample() < 0.08 else cell
               for column, cell in enumerate(row)]
        quoted = [f'"{cell}"' if rs.random_sample() < 0.1 or delimiter in cell else cell for cell in row]
        rows.append(delimiter.join(quoted + [["yes", "no"][rs.randint(0, 2)]]))
    names = delimiter.join(["height", "age", "colour", "code", "constant", "answer"])
    return "\n".join(([names] if header else []) + rows) + "\n"


def encoded(train, test, column, policy):
    """One column of both parts as scikit-learn makes inputs of it."""
    a, b = train[[column]], test[[column]]
    if pd.to_numeric(pd.concat([a, b])[column], errors="coerce").notna().sum() == pd.concat([a, b])[column].notna().sum():
        a, b = a.astype(float).to_numpy(), b.astype(float).to_numpy()
        if policy == "drop":
            return [a, b], [str(column)]
        imputer = SimpleImputer(strategy=policy).fit(a)
        return [imputer.transform(a), imputer.transform(b)], [str(column)]
    a, b = (part.astype(object).where(part.notna(), np.nan) for part in (a, b))
    encoder = OneHotEncoder(sparse_output=False, handle_unknown="ignore").fit(a)
    names = [f"{column}={'' if isinstance(word, float) else word}" for word in encoder.categories_[0]]
    return [encoder.transform(a), encoder.transform(b)], names


def table(seed, n, delimiter, decimal, header, policy):
    rs = np.random.RandomState(seed)
    content = text(rs, n, delimiter, decimal, header, True)
    frame = pd.read_csv(io.StringIO(content), sep=delimiter, header=0 if header else None, dtype=str,
                        keep_default_na=False, na_values=MISSING)
    if policy == "drop":
        frame = frame.dropna()
    label = frame.columns[-1]
    inputs = frame.drop(columns=label)
    for column in inputs:
        numbers = inputs[column].str.replace(decimal, ".", regex=False)
        if pd.to_numeric(numbers, errors="coerce").notna().sum() == numbers.notna().sum():
            inputs[column] = numbers
    train, test = train_test_split(np.arange(len(frame)), test_size=0.3, random_state=seed)
    made = [encoded(inputs.iloc[train], inputs.iloc[test], column, policy) for column in inputs]
    parts = [np.hstack([part[index] for part, _ in made]) for index in range(2)]
    scaler = StandardScaler().fit(parts[0])
    classes = sorted(frame[label].unique())
    return {"content": content, "seed": seed, "decimal": decimal, "missing": policy,
            "columns": [name for _, names in made for name in names],
            "rows": [frame.index[rows].tolist() for rows in (train, test)],
            "labels": [[classes.index(word) for word in frame[label].iloc[rows]] for rows in (train, test)],
            "features": [part.ravel().tolist() for part in parts],
            "scaled": [scaler.transform(part).ravel().tolist() for part in parts]}


def scale():
    """Columns that are constant, or nearly so, with the scale that scikit-learn divides by."""
    cases = []
    for n in (2, 7, 61, 1000):
        columns = [np.full(n, k / 100) for k in range(1, 100)]
        columns += [np.full(n, value) for value in (0.0, -0.3, 1e-300, 1e10 / 3, 1e150, 1 / 3)]
        step = np.arange(n) % 2
        columns += [0.1 + step * size for size in (1e-17, 1e-14, 1e-9)]
        columns += [1e8 + step * size for size in (1e-8, 1e-6, 1.0)]
        with np.errstate(over="ignore", invalid="ignore"):
            scales = [float(StandardScaler().fit(column[:, None]).scale_[0]) for column in columns]
        cases += [{"n": n, "even": column[0], "odd": column[1], "scale": value}
                  for column, value in zip(columns, scales)]
    return cases


tables = [table(1, 80, ",", ".", True, "mean"), table(2, 90, ";", ",", True, "median"),
          table(3, 70, "\t", ".", False, "mean"), table(4, 120, "|", ".", True, "drop")]
golden = {"tables": tables, "scale": scale()}
(HERE / "tables.json").write_text(json.dumps(golden, ensure_ascii=False, separators=(",", ":")) + "\n")

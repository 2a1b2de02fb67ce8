//! The layers of a network as a table that fits into 80 columns, with equal residual blocks in a row shown once.

use super::layer_report::{BYTES_PER_VALUE, bytes};
use emberlab_data::text::thousands;
use emberlab_models::{Architecture, LayerRow, LayerSpec, Shape};

/// The width of the table, unless names and numbers need more.
const WIDTH: usize = 80;
/// The least width of the column of layers.
const LEAST_WIDTH: usize = 20;
const GAP: &str = "  ";

/// A line of the table.
struct Line {
    name: String,
    layer: String,
    /// Output, parameters, multiply-adds and memory.
    numbers: [String; 4],
}

/// The table, and the totals below it.
pub fn text(architecture: &Architecture, batch_size: usize) -> String {
    let mut lines = vec![
        Line::fixed("", "", ["", "param-", "mult-", ""]),
        Line::fixed("name", "layer", ["output", "eters", "adds", "memory"]),
        Line::fixed("input", "", [&short_shape(architecture.input()), "", "", ""]),
    ];
    let rows = architecture.rows();
    push(&mut lines, &rows, batch_size, 0);
    let blocks = rows.iter().find(|row| !row.inner.is_empty());
    aligned(&lines) + "\n" + &totals(architecture, batch_size) + &blocks.map(note).unwrap_or_default()
}

/// What the numbers of a residual block count.
fn note(block: &LayerRow<'_>) -> String {
    let first = block.inner.first().map_or("", |inner| inner.name.as_str());
    format!(
        "\nA residual block counts the layers indented under it too. Their tensors have its\n\
         name before their own, as in `{first}.weight`.\n"
    )
}

fn totals(architecture: &Architecture, batch_size: usize) -> String {
    let n_parameters = architecture.n_parameters();
    let samples = format!("{} {}", thousands(batch_size), if batch_size == 1 { "sample" } else { "samples" });
    format!(
        "total  {} parameters, {}\n       {} multiply-adds of one sample\n       {} of outputs of a batch of {samples}, in 32-bit numbers\n",
        thousands(n_parameters),
        scaled_bytes(n_parameters.saturating_mul(BYTES_PER_VALUE)),
        thousands(architecture.multiply_adds()),
        scaled_bytes(bytes(architecture.n_kept(), batch_size)),
    )
}

/// Adds the lines of rows, in equal groups once.
fn push(lines: &mut Vec<Line>, rows: &[LayerRow<'_>], batch_size: usize, depth: usize) {
    let mut first = 0;
    while first < rows.len() {
        let (length, times) = repeated(&rows[first..]);
        for offset in 0..length {
            let equal: Vec<&LayerRow<'_>> =
                (0..times).map(|time| &rows[first + time * length + offset]).collect();
            lines.push(Line::of(&equal, batch_size, depth));
            push(lines, &equal[0].inner, batch_size, depth + 1);
        }
        first += length * times;
    }
}

/// The length of the group that rows begin with, and how often it follows in a row: a residual block and the layers up to the
/// next one, or a single layer.
fn repeated(rows: &[LayerRow<'_>]) -> (usize, usize) {
    let is_block = |row: &LayerRow<'_>| matches!(row.layer, LayerSpec::Residual { .. });
    let next = rows.iter().skip(1).position(is_block).map(|position| position + 1);
    let Some(length) = next.filter(|_| rows.first().is_some_and(is_block)) else { return (1, 1) };
    let (group, rest) = rows.split_at(length);
    let equal =
        rest.chunks_exact(length).take_while(|other| group.iter().zip(*other).all(|(a, b)| a.equals(b)));
    match equal.count() {
        0 => (1, 1),
        more => (length, more + 1),
    }
}

impl Line {
    fn fixed(name: &str, layer: &str, numbers: [&str; 4]) -> Self {
        Self { name: name.to_owned(), layer: layer.to_owned(), numbers: numbers.map(str::to_owned) }
    }

    /// The line of equal layers.
    fn of(equal: &[&LayerRow<'_>], batch_size: usize, depth: usize) -> Self {
        let row = equal[0];
        let names: Vec<&str> = equal.iter().map(|row| row.name.as_str()).collect();
        let name = match names[..] {
            [name] => within_block(name).to_owned(),
            [first, second, .., last] if names.len() > 3 => format!("{first}, {second}, …, {last}"),
            _ => names.join(", "),
        };
        let times = if equal.len() > 1 { format!(", {} times", equal.len()) } else { String::new() };
        Self {
            name: GAP.repeat(depth) + &name,
            layer: format!("{}{times}", row.layer),
            numbers: [
                short_shape(row.output()),
                thousands(row.n_parameters()),
                scaled(row.multiply_adds(), &["", " k", " M", " G", " T"]),
                scaled_bytes(bytes(row.n_kept(), batch_size)),
            ],
        }
    }
}

/// The name of a layer without that of the block around it: `layers.0` of `3.layers.0`.
fn within_block(name: &str) -> &str {
    ["layers.", "shortcut."]
        .iter()
        .filter_map(|part| name.rfind(&format!(".{part}")))
        .max()
        .map_or(name, |dot| &name[dot + 1..])
}

/// `16×32×32`, which is shorter than the shape in a sentence.
fn short_shape(shape: Shape) -> String {
    shape.to_string().replace(' ', "")
}

fn scaled_bytes(bytes: usize) -> String {
    scaled(bytes, &[" B", " kB", " MB", " GB", " TB"])
}

/// A number with the unit that leaves one to three digits before the point, and two digits in all where there are fewer.
fn scaled(number: usize, units: &[&str]) -> String {
    let (mut value, mut rest) = (number as f64, units);
    while value.round() >= 1000.0 && rest.len() > 1 {
        (value, rest) = (value / 1000.0, &rest[1..]);
    }
    let unit = rest.first().copied().unwrap_or_default();
    let digits = usize::from(value < 9.95 && rest.len() < units.len());
    format!("{value:.digits$}{unit}")
}

/// The lines in columns, names and layers to the left and numbers to the right. Layers that are too long for their column
/// continue on the next line.
fn aligned(lines: &[Line]) -> String {
    let width = |text: &str| text.chars().count();
    let name_width = lines.iter().map(|line| width(&line.name)).max().unwrap_or(0);
    let widths: [usize; 4] = std::array::from_fn(|column| {
        lines.iter().map(|line| width(&line.numbers[column])).max().unwrap_or(0)
    });
    let gaps = (widths.len() + 1) * GAP.len();
    let room = WIDTH.saturating_sub(name_width + gaps + widths.iter().sum::<usize>()).max(LEAST_WIDTH);
    let longest = lines.iter().map(|line| width(&line.layer)).max().unwrap_or(0);
    let layer_width = longest.min(room);
    let mut text = String::new();
    for line in lines {
        let mut parts = wrapped(&line.layer, layer_width).into_iter();
        let layer = parts.next().unwrap_or_default();
        let cells = line.numbers.iter().zip(widths).map(|(number, width)| format!("{GAP}{number:>width$}"));
        let first =
            format!("{:name_width$}{GAP}{layer:layer_width$}{}", line.name, cells.collect::<String>());
        text += &format!("{}\n", first.trim_end());
        for part in parts {
            text += &format!("{:name_width$}{GAP}{GAP}{part}\n", "");
        }
    }
    text
}

/// A text in parts of at most `width` characters, divided after commas; a longer part stays whole.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for piece in text.split_inclusive(", ") {
        let indent = if parts.len() > 1 { GAP.len() } else { 0 };
        match parts.last_mut() {
            Some(last) if (last.clone() + piece).trim_end().chars().count() + indent <= width => {
                *last += piece
            }
            _ => parts.push(piece.to_owned()),
        }
    }
    parts.into_iter().map(|part| part.trim_end().to_owned()).collect()
}

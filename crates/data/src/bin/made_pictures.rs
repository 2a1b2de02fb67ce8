//! Draws pictures of ten shapes in CIFAR-10's layout, which may be given away: `made_pictures FOLDER`.
//!
//! A picture is a bright shape of random colour, place and size on a dark background that grows brighter towards one side.
//! The pixels depend on the seed alone, on every machine.

use emberlab_data::cifar10::{FOLDER, IMAGE_SHAPE, N_CLASSES};
use emberlab_data::{DataError, RandomState};
use std::error::Error;
use std::fs;
use std::path::Path;

const SEED: u32 = 42;
/// Records of each file, as many as the lab draws.
const FILES: [(&str, usize); 2] = [("data_batch_1.bin", 1000), ("test_batch.bin", 200)];

/// A shape by its name; whether it covers a point, whose coordinates are 0 at its centre and ±1 at its edges.
type Shape = (&'static str, fn(f64, f64) -> bool);

const SHAPES: [Shape; N_CLASSES] = [
    ("disc", |x, y| x * x + y * y <= 1.0),
    ("ring", |x, y| (0.4..=1.0).contains(&(x * x + y * y))),
    ("square", |x, y| x.abs().max(y.abs()) <= 0.9),
    ("frame", |x, y| (0.6..=1.0).contains(&x.abs().max(y.abs()))),
    ("diamond", |x, y| x.abs() + y.abs() <= 1.1),
    ("triangle", |x, y| y <= 0.9 && 2.0 * x.abs() <= y + 0.9),
    ("plus", |x, y| x.abs().min(y.abs()) <= 0.25 && x.abs().max(y.abs()) <= 1.0),
    ("cross", |x, y| (x.abs() - y.abs()).abs() <= 0.35 && x.abs().max(y.abs()) <= 1.0),
    ("bars", |x, y| x.abs().max(y.abs()) <= 1.0 && y.abs() >= 0.4),
    ("columns", |x, y| x.abs().max(y.abs()) <= 1.0 && x.abs() >= 0.4),
];

fn main() -> Result<(), Box<dyn Error>> {
    let parent = std::env::args_os().nth(1).ok_or("name the folder to write to")?;
    let folder = Path::new(&parent).join(FOLDER);
    fs::create_dir_all(&folder)?;
    let mut random = RandomState::new(SEED);
    for (file, n) in FILES {
        let mut records = Vec::new();
        for index in 0..n {
            picture(index % N_CLASSES, &mut random, &mut records)?;
        }
        fs::write(folder.join(file), records)?;
    }
    let names: Vec<String> = SHAPES.iter().map(|(name, _)| format!("{name}\n")).collect();
    fs::write(folder.join("batches.meta.txt"), names.concat())?;
    Ok(())
}

/// Appends the record of a picture: its label, and its red, green and blue pixels row by row.
fn picture(label: usize, random: &mut RandomState, records: &mut Vec<u8>) -> Result<(), DataError> {
    let (_, covers) = SHAPES[label];
    let (middle_x, middle_y) = (random.uniform(12.5, 18.5), random.uniform(12.5, 18.5));
    let size = random.uniform(7.0, 12.0);
    let slope = [random.randint(-1, 2)?, random.randint(-1, 2)?];
    records.push(label as u8);
    for _channel in 0..IMAGE_SHAPE.channels {
        let (bright, dark) = (random.randint(130, 256)?, random.randint(0, 100)?);
        for row in 0..IMAGE_SHAPE.height {
            for column in 0..IMAGE_SHAPE.width {
                let (x, y) = ((column as f64 - middle_x) / size, (row as f64 - middle_y) / size);
                let shade = slope[0] * (column as i64 - 16) + slope[1] * (row as i64 - 16);
                let pixel = if covers(x, y) { bright } else { (dark + shade).clamp(0, 255) };
                records.push(pixel as u8);
            }
        }
    }
    Ok(())
}

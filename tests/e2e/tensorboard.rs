//! The event file for TensorBoard. `tests/interop/tensorboard_events.py` reads it with TensorBoard itself.

use crate::support::Lab;

const CONFIG: &str = r#"
name = "table"
[data]
source = "synthetic"
n_samples = 60
validation_fraction = 0.2
[model]
kind = "linear"
[training]
epochs = 3
batch_size = 8
[training.optimizer]
learning_rate = 0.1
[metrics]
tensorboard = true
"#;

/// CRC-32C bit by bit, then masked as TensorFlow does.
fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = !0u32;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0x82f6_3b78 } else { crc >> 1 };
        }
    }
    (!crc).rotate_right(15).wrapping_add(0xa282_ead8)
}

fn take<'a>(bytes: &mut &'a [u8], n: usize) -> &'a [u8] {
    let (taken, rest) = bytes.split_at(n);
    *bytes = rest;
    taken
}

fn number(bytes: &mut &[u8]) -> u32 {
    u32::from_le_bytes(take(bytes, 4).try_into().unwrap())
}

/// The events of a file, their checksums checked.
fn events(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut events = Vec::new();
    while !bytes.is_empty() {
        let length = take(&mut bytes, 8);
        assert_eq!(number(&mut bytes), checksum(length));
        let event = take(&mut bytes, u64::from_le_bytes(length.try_into().unwrap()) as usize);
        assert_eq!(number(&mut bytes), checksum(event));
        events.push(event.to_vec());
    }
    events
}

/// The end of an event: its tag and its value.
fn scalar(event: &[u8]) -> (String, f32) {
    let (rest, value) = event.split_at(event.len() - 4);
    let tag: Vec<u8> =
        rest[..rest.len() - 1].iter().rev().take_while(|byte| **byte >= 0x20).copied().collect();
    let tag = String::from_utf8(tag.into_iter().rev().collect()).unwrap();
    (tag, f32::from_le_bytes(value.try_into().unwrap()))
}

#[track_caller]
fn assert_events_are_the_metrics(lab: &Lab) {
    let events = events(&lab.bytes("artifacts/table/tensorboard/events.out.tfevents.0.emberlab"));
    assert!(String::from_utf8_lossy(&events[0]).ends_with("brain.Event:2"));
    let csv = lab.read("artifacts/table/metrics.csv");
    let expected = csv.lines().skip(1).map(|line| {
        let fields: Vec<&str> = line.split(',').collect();
        (format!("{}/{}", fields[0], fields[3]), fields[4].parse::<f32>().unwrap())
    });
    assert_eq!(
        events[1..].iter().map(|event| scalar(event)).collect::<Vec<_>>(),
        expected.collect::<Vec<_>>()
    );
}

#[test]
fn the_event_file_holds_what_metrics_csv_holds_also_after_a_resume() {
    let lab = Lab::new();
    lab.write("table.toml", CONFIG);
    lab.emberlab("train table.toml --dashboard none").succeeds();
    assert_events_are_the_metrics(&lab);
    lab.emberlab("train table.toml --dashboard none --resume --set training.epochs=5").succeeds();
    assert_events_are_the_metrics(&lab);
}

#[test]
fn there_is_none_unless_it_is_asked_for() {
    let lab = Lab::new();
    lab.write("table.toml", CONFIG);
    lab.emberlab("train table.toml --dashboard none --set metrics.tensorboard=false").succeeds();
    assert!(!lab.exists("artifacts/table/tensorboard"));
}

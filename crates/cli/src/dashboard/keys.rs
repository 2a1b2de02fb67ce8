//! Parses the bytes that a terminal sends into keys.
//!
//! crossterm reads keys too, but loops forever when the terminal is closed.

/// A key that the dashboard knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Left,
    Right,
    Up,
    Down,
    Escape,
    /// Ctrl-C or Ctrl-\.
    Interrupt,
    /// Ctrl-Z.
    Suspend,
    /// Ctrl-L.
    Redraw,
    Letter(char),
}

const ESCAPE: u8 = 0x1b;
/// The length of the longest sequence that a terminal sends.
const LONGEST: usize = 32;

/// Parses keys whose bytes may arrive in several pieces.
#[derive(Debug, Default)]
pub struct Keys(Vec<u8>);

impl Keys {
    /// Takes bytes and returns the keys that they complete. Skips unknown sequences.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Key> {
        let mut keys = Vec::new();
        for &byte in bytes {
            self.0.push(byte);
            if is_whole(&self.0) || self.0.len() >= LONGEST {
                keys.extend(key(&self.0));
                self.0.clear();
            }
        }
        // The Escape key alone: the bytes of a sequence arrive together.
        if self.0 == [ESCAPE] {
            self.0.clear();
            keys.push(Key::Escape);
        }
        keys
    }
}

fn is_whole(bytes: &[u8]) -> bool {
    match bytes {
        [ESCAPE] | [ESCAPE, b'[' | b'O'] => false,
        [ESCAPE, b'[', .., last] => (0x40..=0x7e).contains(last),
        _ => true,
    }
}

fn key(bytes: &[u8]) -> Option<Key> {
    match bytes {
        [0x03 | 0x1c] => Some(Key::Interrupt),
        [0x1a] => Some(Key::Suspend),
        [0x0c] => Some(Key::Redraw),
        [ESCAPE, b'[' | b'O', .., last] => match last {
            b'A' => Some(Key::Up),
            b'B' => Some(Key::Down),
            b'C' => Some(Key::Right),
            b'D' => Some(Key::Left),
            _ => None,
        },
        [letter] if letter.is_ascii_graphic() => Some(Key::Letter(char::from(*letter))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn letters_arrows_and_control_keys_are_known() {
        let mut keys = Keys::default();
        let found = keys.push(b"q\x1b[A\x1bOB\x1b[1;5C\x1b[D\x03\x1c\x1a\x0c");
        let wanted = [
            Key::Letter('q'),
            Key::Up,
            Key::Down,
            Key::Right,
            Key::Left,
            Key::Interrupt,
            Key::Interrupt,
            Key::Suspend,
            Key::Redraw,
        ];
        assert_eq!(found, wanted);
        assert_eq!(keys.push(b"\x1b"), [Key::Escape]);
    }

    #[test]
    fn a_sequence_may_arrive_in_pieces() {
        let mut keys = Keys::default();
        assert_eq!(keys.push(b"\x1b["), []);
        assert_eq!(keys.push(b"A"), [Key::Up]);
    }

    #[test]
    fn what_is_not_known_is_passed_over() {
        let mut keys = Keys::default();
        assert_eq!(keys.push("\x1b[200~é\x1b[15~\t\r".as_bytes()), []);
        assert_eq!(keys.push(b"k"), [Key::Letter('k')]);
    }

    proptest! {
        #[test]
        fn no_bytes_are_kept_for_ever(bytes: Vec<u8>) {
            let mut keys = Keys::default();
            keys.push(&bytes);
            keys.push(&[b'a'; LONGEST]);
            prop_assert_eq!(keys.push(b"q"), [Key::Letter('q')]);
        }
    }
}

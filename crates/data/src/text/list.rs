//! Lists and counts in messages.

use std::fmt::Display;

/// The most items of a list that a message shows.
pub const MAX_ITEMS: usize = 10;

/// The first ten items, separated by commas, and how many more there are: `a, b, and 1,000 more`.
pub fn listed<T: Display>(items: impl ExactSizeIterator<Item = T>) -> String {
    match cut(items, MAX_ITEMS) {
        (text, 0) => text,
        (text, more) => format!("{text}, and {} more", thousands(more)),
    }
}

/// The first `most` items, separated by commas, and how many more there are: `a, b and 3 more`.
pub fn first<T: Display>(items: impl ExactSizeIterator<Item = T>, most: usize) -> String {
    match cut(items, most) {
        (text, 0) => text,
        (text, more) => format!("{text} and {more} more"),
    }
}

fn cut<T: Display>(items: impl ExactSizeIterator<Item = T>, most: usize) -> (String, usize) {
    let more = items.len().saturating_sub(most);
    let shown: Vec<String> = items.take(most).map(|item| item.to_string()).collect();
    (shown.join(", "), more)
}

/// `1 row` or `2 rows`.
pub fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

/// A count with a comma after each three digits.
pub fn thousands(count: usize) -> String {
    let digits = count.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_show_ten_items_and_count_the_rest() {
        assert_eq!(listed([1, 2].iter()), "1, 2");
        assert_eq!(
            listed((0..99_999).collect::<Vec<_>>().iter()),
            "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, and 99,989 more"
        );
        assert_eq!(first(["a", "b", "c"].iter(), 2), "a, b and 1 more");
        assert_eq!([0, 999, 1000, 1_234_567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
    }
}

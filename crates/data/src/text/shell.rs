//! Words of a command line as a shell reads them.

/// A word, in single quotes where it holds what a shell does not take literally.
pub fn shell_word(word: &str) -> String {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "._-=/:+".contains(character);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_they_must_be() {
        assert_eq!(shell_word("training.epochs=10"), "training.epochs=10");
        assert_eq!(shell_word("model.hidden=[4, 8]"), "'model.hidden=[4, 8]'");
        assert_eq!(shell_word("name=\"it's\""), r#"'name="it'\''s"'"#);
        assert_eq!(shell_word(""), "''");
    }
}

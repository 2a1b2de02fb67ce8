//! Words with a code each.

use std::collections::HashMap;

/// Different words, each with its index in order of occurrence as its code.
#[derive(Clone, Debug, Default)]
pub(super) struct Dictionary {
    codes: HashMap<String, u32>,
    pub words: Vec<String>,
}

impl Dictionary {
    /// The code of a word, which is added if it is new.
    pub fn code(&mut self, word: &str) -> u32 {
        if let Some(&code) = self.codes.get(word) {
            return code;
        }
        let code = self.words.len() as u32;
        self.codes.insert(word.to_owned(), code);
        self.words.push(word.to_owned());
        code
    }
}

/// The words of each dictionary; none for inputs that are numbers.
pub(super) fn words(dictionaries: &[Option<Dictionary>]) -> Vec<Vec<String>> {
    let words = |dictionary: &Option<Dictionary>| match dictionary {
        Some(dictionary) => dictionary.words.clone(),
        None => Vec::new(),
    };
    dictionaries.iter().map(words).collect()
}

//! Pinyin initials of a name, syllable by syllable (阿依古丽·艾力 → ayglal): what a thumb types to find
//! a child. Made here, so that no phone carries a table of 20,000 characters.

use pinyin::ToPinyin;

/// The initials; what has no reading and is a letter or digit stands for itself, the rest is left out.
pub(super) fn initials(name: &str) -> String {
    name.chars()
        .filter_map(|letter| match letter.to_pinyin() {
            Some(reading) => reading.plain().chars().next(),
            None => letter.is_alphanumeric().then(|| letter.to_lowercase().next().unwrap_or(letter)),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names_by_syllable() {
        for (name, expect) in [("阿依古丽·艾力甲", "ayglalj"), ("袁小军", "yxj"), ("Анна 李2", "аннаl2")]
        {
            assert_eq!(initials(name), expect);
        }
    }
}

//! Names as people type them. Names are never cut and never guessed: blanks between the characters of
//! a Han name go, the many dots of keyboards become the one of names (U+00B7), and that is all.

/// A name, and what was done to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cleaned {
    pub(super) name: String,
    pub(super) spaces: bool,
    pub(super) dot: bool,
}

const DOTS: [char; 10] = ['.', '・', '･', '•', '‧', '∙', '⋅', '●', '。', '˙'];

/// Cleans a name whose cell text has been made plain.
pub(super) fn clean(text: &str) -> Cleaned {
    let mut dotted: String = text.chars().map(|c| if DOTS.contains(&c) { '·' } else { c }).collect();
    while let Some(at) = dotted.find(" ·").or_else(|| dotted.find("· ")) {
        let blank = if dotted.get(at..).is_some_and(|rest| rest.starts_with(' ')) {
            at
        } else {
            at + '·'.len_utf8()
        };
        dotted.remove(blank);
    }
    let dotted = dotted.trim_matches('·').to_owned();
    let parts: Vec<_> = dotted.split(' ').collect();
    // 王　芳, 欧阳 娜娜: at most four characters are one name written wide. More may be two parts of a
    // longer name, which nobody can join without asking.
    let wide = parts.len() > 1
        && dotted.chars().all(|c| c == ' ' || is_han(c))
        && dotted.chars().filter(|c| is_han(*c)).count() <= 4;
    let name = if wide { parts.concat() } else { dotted.clone() };
    Cleaned { spaces: wide, dot: dotted.contains('·') && !text.contains(&dotted), name }
}

const fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::as_it_should_be("王芳", "王芳", false, false)]
    #[case::wide("王 芳", "王芳", true, false)]
    #[case::wider("王 小 芳", "王小芳", true, false)]
    #[case::two_and_two("欧阳 娜娜", "欧阳娜娜", true, false)]
    #[case::not_joined("阿依古丽 艾力甲", "阿依古丽 艾力甲", false, false)]
    #[case::right_dot("阿依古丽·艾力甲", "阿依古丽·艾力甲", false, false)]
    #[case::full_stop("阿依古丽.艾力甲", "阿依古丽·艾力甲", false, true)]
    #[case::katakana("阿依古丽・艾力甲", "阿依古丽·艾力甲", false, true)]
    #[case::bullet("阿依古丽•艾力甲", "阿依古丽·艾力甲", false, true)]
    #[case::hyphenation("阿依古丽‧艾力甲", "阿依古丽·艾力甲", false, true)]
    #[case::blanks_around("阿依古丽 · 艾力甲", "阿依古丽·艾力甲", false, true)]
    #[case::latin("Aygul Ali", "Aygul Ali", false, false)]
    fn cleans_and_tells(#[case] text: &str, #[case] name: &str, #[case] spaces: bool, #[case] dot: bool) {
        assert_eq!(clean(text), Cleaned { name: name.into(), spaces, dot });
    }
}

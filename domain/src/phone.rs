//! Telephone numbers as people write them, and as a list may show them.

use crate::problem::Problem;

/// The digits of a mobile (`1[3-9]` and nine more) or landline number (`0` area, 7–8 digits).
/// Blanks, dashes and a leading +86 are dropped. The problem says what is off by its code.
pub fn parse(text: &str) -> Result<String, Problem> {
    let mut digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if text.trim_start().starts_with("+86") {
        digits.drain(..2);
    }
    if text
        .chars()
        .any(|c| !(c.is_ascii_digit() || matches!(c, ' ' | '-' | '－' | '+' | '\u{a0}' | '(' | ')')))
    {
        return Err(Problem::at("phone", "PHONE_BAD"));
    }
    let bytes = digits.as_bytes();
    match (bytes, bytes.len()) {
        ([b'1', b'3'..=b'9', ..], 11) | ([b'0', ..], 10..=12) => Ok(digits),
        ([] | [b'1', ..], len) if len < 11 => Err(Problem::at("phone", "PHONE_SHORT")),
        ([b'1', ..], len) if len > 11 => Err(Problem::at("phone", "PHONE_LONG")),
        _ => Err(Problem::at("phone", "PHONE_BAD")),
    }
}

/// `138****1234`: enough to recognise, not enough to call.
pub fn masked(digits: &str) -> String {
    match (digits.get(..3), digits.len().checked_sub(4).and_then(|from| digits.get(from..))) {
        (Some(head), Some(tail)) if digits.len() > 7 => format!("{head}****{tail}"),
        _ => "****".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("14400010001", Ok("14400010001"))]
    #[case("144 0001 0001", Ok("14400010001"))]
    #[case("+86 14400010001", Ok("14400010001"))]
    #[case("0990-1234567", Ok("09901234567"))]
    #[case("1440001000", Err("PHONE_SHORT"))]
    #[case(" ", Err("PHONE_SHORT"))]
    #[case("144000100011", Err("PHONE_LONG"))]
    #[case("12400010001", Err("PHONE_BAD"))]
    #[case("打不通", Err("PHONE_BAD"))]
    fn reads_or_says_why_not(#[case] text: &str, #[case] expect: Result<&str, &str>) {
        assert_eq!(parse(text).as_deref().map_err(|p| p.code.as_ref()), expect);
    }

    #[test]
    fn masks_the_middle() {
        assert_eq!(masked("14400010001"), "144****0001");
    }
}

//! 居民身份证号 (GB 11643): what the number itself can tell. Kept only on the server, enciphered
//! there; a pupil without one is a pupil all the same.

use crate::vocabulary::Gender;
use chrono::NaiveDate;

/// A checked resident id number. It never prints itself.
#[derive(Clone, PartialEq, Eq)]
pub struct IdNumber(String);

/// Why a text is not an id number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdNumberError {
    /// Not 17 digits and a digit or X.
    Shape,
    /// A spreadsheet turned it into a number and its last digits are gone.
    LostDigits,
    /// The eight digits of the birth date are no date.
    Birth,
    /// The last digit does not fit the others.
    Check,
}

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: &[u8; 11] = b"10X98765432";

impl IdNumber {
    /// Reads a number as people write it: blanks and a small x are mended, nothing else is.
    pub fn parse(text: &str) -> Result<Self, IdNumberError> {
        let number: String =
            text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
        if number.contains("E+") || (number.len() == 18 && number.ends_with("000") && !checks(&number)) {
            return Err(IdNumberError::LostDigits);
        }
        let (head, last) = number.split_at_checked(17).ok_or(IdNumberError::Shape)?;
        if !head.bytes().all(|b| b.is_ascii_digit()) || !matches!(last.as_bytes(), [b'0'..=b'9' | b'X']) {
            return Err(IdNumberError::Shape);
        }
        let parsed = Self(number);
        if parsed.birth_date().is_none() {
            return Err(IdNumberError::Birth);
        }
        if !checks(&parsed.0) {
            return Err(IdNumberError::Check);
        }
        Ok(parsed)
    }

    /// The birth date it carries.
    pub fn birth_date(&self) -> Option<NaiveDate> {
        NaiveDate::parse_from_str(self.0.get(6..14)?, "%Y%m%d").ok()
    }

    /// The gender its sequence number tells: odd is male.
    pub fn gender(&self) -> Gender {
        match self.0.as_bytes().get(16) {
            Some(digit) if digit % 2 == 1 => Gender::Male,
            _ => Gender::Female,
        }
    }

    /// The last four characters, the most that a list ever shows.
    pub fn last4(&self) -> &str {
        self.0.get(14..).unwrap_or_default()
    }

    /// The number itself, for the keyed hash and the cipher and nothing else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for IdNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdNumber(…)")
    }
}

fn checks(number: &str) -> bool {
    check_character(number).is_some_and(|check| number.as_bytes().get(17) == Some(&check))
}

/// The last character that the first seventeen ask for.
pub(crate) fn check_character(number: &str) -> Option<u8> {
    let sum: u32 =
        number.bytes().zip(WEIGHTS).map(|(b, weight)| u32::from(b.wrapping_sub(b'0')) * weight).sum();
    CHECKS.get((sum % 11) as usize).copied()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("99010120120315001X", Ok(()))]
    #[case("99010120120315001x", Ok(()))]
    #[case(" 990101201203150028 ", Ok(()))]
    #[case("990101201111300156", Ok(()))]
    #[case("990101201309011085", Ok(()))]
    #[case("990101201002280029", Ok(()))]
    #[case("990101201002290016", Err(IdNumberError::Birth))]
    #[case("990101201203150020", Err(IdNumberError::Check))]
    #[case("9.90101201203E+17", Err(IdNumberError::LostDigits))]
    #[case("990101201203150000", Err(IdNumberError::LostDigits))]
    #[case("99010120120315", Err(IdNumberError::Shape))]
    #[case("九九010120120315001X", Err(IdNumberError::Shape))]
    fn reads_or_says_why_not(#[case] text: &str, #[case] expect: Result<(), IdNumberError>) {
        assert_eq!(IdNumber::parse(text).map(|_| ()), expect);
    }

    #[test]
    fn tells_birth_and_gender_and_hides_the_rest() {
        let number = IdNumber::parse("99010120120315001X").unwrap();
        assert_eq!(number.birth_date(), NaiveDate::from_ymd_opt(2012, 3, 15));
        assert_eq!(number.gender(), Gender::Male);
        assert_eq!(number.last4(), "001X");
        assert_eq!(format!("{number:?}"), "IdNumber(…)");
    }
}

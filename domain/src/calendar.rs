//! The school calendar (校历): which days are school days. Dates are plain dates of the school's place;
//! instants are UTC and become dates only through `local_date`.

use chrono::{DateTime, Datelike, Days, FixedOffset, NaiveDate, NaiveTime, Utc, Weekday};
use serde::{Deserialize, Serialize};

/// China's one time zone, UTC+8 without summer time since 1991. A constant keeps a time zone
/// database out of the phone.
pub fn zone() -> FixedOffset {
    // 8 h is within the range that `east_opt` accepts; were it not, UTC is the honest fallback.
    FixedOffset::east_opt(8 * 3600)
        .unwrap_or_else(|| FixedOffset::east_opt(0).unwrap_or(chrono::offset::Offset::fix(&Utc)))
}

/// The date on the wall at that instant.
pub fn local_date(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&zone()).date_naive()
}

/// The instant of a time on the wall.
pub fn instant(on: NaiveDate, at: NaiveTime) -> DateTime<Utc> {
    on.and_time(at).and_utc() - zone()
}

/// The time on the wall at that instant.
pub fn local_time(at: DateTime<Utc>) -> NaiveTime {
    at.with_timezone(&zone()).time()
}

/// A term (学期) of a county or school.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// `2026-2027-1`: school year and 1 = autumn, 2 = spring.
    pub semester: String,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
}

/// 校历: terms, holidays and make-up days.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// Terms in order.
    pub terms: Vec<Term>,
    /// Weekdays without school.
    #[serde(default)]
    pub holidays: Vec<NaiveDate>,
    /// Weekend days with school (调休).
    #[serde(default)]
    pub makeup_days: Vec<NaiveDate>,
}

impl Calendar {
    /// What makes it no calendar, in words for whoever wrote it: terms that end before they begin or reach
    /// into each other, a holiday on a weekend, a make-up day in the week.
    pub fn wrong(&self) -> Option<String> {
        if self.terms.is_empty() {
            return Some("terms: there is none".into());
        }
        let backwards = self.terms.iter().find(|term| term.ends_on <= term.starts_on);
        if let Some(term) = backwards {
            return Some(format!("terms: {} ends before it begins", term.semester));
        }
        let met = self
            .terms
            .iter()
            .zip(self.terms.iter().skip(1))
            .find(|(one, next)| next.starts_on <= one.ends_on);
        if let Some((one, next)) = met {
            return Some(format!("terms: {} begins before {} has ended", next.semester, one.semester));
        }
        let is_weekend = |day: &&NaiveDate| matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        if let Some(day) = self.holidays.iter().find(is_weekend) {
            return Some(format!("holidays: {day} is on a weekend anyway"));
        }
        let day = self.makeup_days.iter().find(|day| !is_weekend(day))?;
        Some(format!("makeup_days: {day} is no day of a weekend"))
    }

    /// Whether there is school on that day. Days outside all terms count by their weekday, so that
    /// an unkept calendar delays nothing.
    pub fn is_school_day(&self, day: NaiveDate) -> bool {
        if self.makeup_days.contains(&day) {
            return true;
        }
        !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !self.holidays.contains(&day)
    }

    /// That day or the first school day after it.
    pub fn school_day_from(&self, day: NaiveDate) -> NaiveDate {
        // Ten weeks cover the longest holidays; after them a weekday is taken as it comes.
        (0..70).map(|n| day + Days::new(n)).find(|d| self.is_school_day(*d)).unwrap_or(day)
    }

    /// The first school day after that day.
    pub fn next_school_day(&self, day: NaiveDate) -> NaiveDate {
        self.school_day_from(day + Days::new(1))
    }

    /// The school day `n` school days after `day`; `n = 0` is the first school day from it.
    pub fn school_days_after(&self, day: NaiveDate, n: u16) -> NaiveDate {
        (0..n).fold(self.school_day_from(day), |at, _| self.next_school_day(at))
    }

    /// School days from `from` to `to`, both counted: 没到校第几天.
    pub fn school_days_between(&self, from: NaiveDate, to: NaiveDate) -> u16 {
        from.iter_days()
            .take_while(|d| *d <= to)
            .take(1000)
            .fold(0_u16, |n, day| n.saturating_add(u16::from(self.is_school_day(day))))
    }

    /// The term of a day.
    pub fn term_of(&self, day: NaiveDate) -> Option<&Term> {
        self.terms.iter().find(|t| t.starts_on <= day && day <= t.ends_on)
    }
}

/// The first calendar year of the school year a day belongs to; the year turns on 1 September
/// (domain 5.1, judgement).
pub fn school_year(day: NaiveDate) -> i32 {
    if day.month() >= 9 { day.year() } else { day.year() - 1 }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rstest::rstest;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn calendar() -> Calendar {
        Calendar {
            terms: vec![],
            holidays: vec![day("2026-10-01"), day("2026-10-02")],
            makeup_days: vec![day("2026-09-27")],
        }
    }

    #[rstest]
    #[case::weekday("2026-11-20", true)]
    #[case::saturday("2026-11-21", false)]
    #[case::holiday("2026-10-01", false)]
    #[case::made_up_sunday("2026-09-27", true)]
    fn knows_school_days(#[case] on: &str, #[case] expect: bool) {
        assert_eq!(calendar().is_school_day(day(on)), expect);
    }

    #[rstest]
    #[case::over_the_weekend("2026-11-20", 1, "2026-11-23")]
    #[case::from_a_saturday("2026-11-21", 0, "2026-11-23")]
    #[case::over_a_holiday("2026-09-30", 1, "2026-10-05")]
    fn counts_school_days_on(#[case] from: &str, #[case] n: u16, #[case] expect: &str) {
        assert_eq!(calendar().school_days_after(day(from), n), day(expect));
    }

    #[test]
    fn counts_the_days_missed() {
        assert_eq!(calendar().school_days_between(day("2026-11-18"), day("2026-11-20")), 3);
        assert_eq!(calendar().school_days_between(day("2026-11-20"), day("2026-11-23")), 2);
    }

    #[test]
    fn the_date_is_the_schools() {
        let at: DateTime<Utc> = "2026-11-20T16:30:00Z".parse().unwrap();
        assert_eq!(local_date(at), day("2026-11-21"));
        assert_eq!(school_year(day("2026-08-31")), 2025);
        assert_eq!(school_year(day("2026-09-01")), 2026);
    }
}

//! Dates and times as people say them (ux 13.6): 今天 17:38 · 昨天 · 周一 11-23 · 2025-11-23. In the
//! school's zone, whatever the phone's.

use crate::words::say;
use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use domain::calendar::{local_date, zone};

/// `17:38`
pub fn clock(at: DateTime<Utc>) -> String {
    let at = at.with_timezone(&zone());
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// Keeps what stands on either side of it in one line: browsers break a line after any hyphen.
const JOINED: char = '\u{2060}';

/// `11-23`
pub fn month_day(on: NaiveDate) -> String {
    format!("{:02}-{JOINED}{:02}", on.month(), on.day())
}

/// `11月23日`, for what is handed over or read aloud.
pub fn long_day(on: NaiveDate) -> String {
    format!("{}月{}日", on.month(), on.day())
}

/// 周一
pub fn weekday(on: NaiveDate) -> &'static str {
    const KEYS: [&str; 7] = ["day.mon", "day.tue", "day.wed", "day.thu", "day.fri", "day.sat", "day.sun"];
    KEYS.get(on.weekday().num_days_from_monday() as usize).map_or("", |key| say(key))
}

/// 今天 · 昨天 · 明天 · 周一 11-23 (within a week) · 11-23 (this year) · 2025-11-23.
pub fn day(on: NaiveDate, today: NaiveDate) -> String {
    match (on - today).num_days() {
        0 => say("day.today").to_owned(),
        -1 => say("day.yesterday").to_owned(),
        1 => say("day.tomorrow").to_owned(),
        -6..=7 => format!("{} {}", weekday(on), month_day(on)),
        _ if on.year() == today.year() => month_day(on),
        _ => format!("{}-{JOINED}{}", on.year(), month_day(on)),
    }
}

/// 今天 17:38, 11-20 17:38.
pub fn moment(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    format!("{} {}", day(local_date(at), local_date(now)), clock(at))
}

/// A day before which no phone that runs this can truly be.
pub fn never_before() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 9, 1).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_never_ends_within_a_date() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap_or_default();
        for days in [-400, -30, -2, 2, 30] {
            let said = day(today + chrono::Duration::days(days), today);
            let hyphens = said.matches('-').count();
            assert!(hyphens > 0 && said.matches("-\u{2060}").count() == hyphens, "{said}");
        }
    }
}

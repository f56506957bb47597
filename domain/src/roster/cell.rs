//! Cells as a spreadsheet keeps them, and what they say.

use super::merged::Merged;
use chrono::{Days, NaiveDate};

/// A cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text as it stands there.
    Text(String),
    /// A number, of which a spreadsheet keeps fifteen digits.
    Number(f64),
    /// A number that is shown as a date.
    Date(NaiveDate),
}

/// A sheet, with the numbers its rows have on the screen.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Rows with their numbers.
    pub rows: Vec<(u32, Vec<Cell>)>,
    /// Cells that reach over several of them.
    pub merged: Vec<Merged>,
}

/// A number too large for a spreadsheet to keep all its digits.
const KEPT: f64 = 1e15;

impl Cell {
    /// Text without what cannot be seen: full-width letters and digits become plain ones, blanks of
    /// all widths one blank, none at the ends.
    pub fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => plain(text),
            Self::Number(number) => format!("{number}"),
            Self::Date(date) => date.to_string(),
        }
    }

    /// Nothing to be seen in it.
    pub fn is_blank(&self) -> bool {
        self.text().is_empty()
    }

    /// A number whose last digits are gone.
    pub fn has_lost_digits(&self) -> bool {
        matches!(self, Self::Number(number) if number.abs() >= KEPT)
    }

    /// The date it says: text in the ways people write dates, a number of eight digits, or days since
    /// 1900 as spreadsheets count them. `Err` is what cannot be read.
    pub fn date(&self) -> Result<Option<NaiveDate>, String> {
        let text = self.text();
        let read = match self {
            Self::Date(date) => return Ok(Some(*date)),
            _ if text.is_empty() => return Ok(None),
            Self::Number(number) => whole(*number).and_then(of_number),
            _ => of_text(&text),
        };
        read.map(Some).ok_or(text)
    }
}

fn whole(number: f64) -> Option<u32> {
    // Days may carry a time of day behind the point.
    (number >= 1.0 && number < f64::from(u32::MAX)).then(|| number.trunc() as u32)
}

fn of_number(number: u32) -> Option<NaiveDate> {
    match number {
        // Serial dates from 1990 to 2050; outside of these no child was born.
        32_874..=55_152 => NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(number.into())),
        19_000_101..=20_991_231 => {
            NaiveDate::from_ymd_opt(i32::try_from(number / 10_000).ok()?, number / 100 % 100, number % 100)
        }
        _ => None,
    }
}

fn of_text(text: &str) -> Option<NaiveDate> {
    let date = text.split([' ', 'T']).next()?;
    if date.bytes().all(|b| b.is_ascii_digit()) {
        return of_number(date.parse().ok()?);
    }
    let date = date.strip_suffix(['日', '号']).unwrap_or(date);
    let parts: Vec<_> = date.split(['-', '.', '/', '年', '月', '－', '。', '、']).collect();
    let [year, month, day] = parts.as_slice() else { return None };
    if year.len() != 4 {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// Full-width letters and digits as plain ones; blanks of all widths as one; nothing invisible.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}' | '\u{ad}' => {}
            c if c.is_whitespace() || c.is_control() => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            '！'..='～' => out.extend(char::from_u32(u32::from(c) - 0xfee0)),
            c => out.push(c),
        }
    }
    let out = out.trim();
    // A mark that tells a spreadsheet to leave digits alone.
    out.strip_prefix('\'').unwrap_or(out).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn text(text: &str) -> Cell {
        Cell::Text(text.into())
    }

    #[rstest]
    #[case::eight_digits(text("20130911"), Some("2013-09-11"))]
    #[case::dashes(text("2013-09-11"), Some("2013-09-11"))]
    #[case::short(text("2013-9-1"), Some("2013-09-01"))]
    #[case::dots(text("2013.9.11"), Some("2013-09-11"))]
    #[case::slashes(text("2013/9/11"), Some("2013-09-11"))]
    #[case::chinese(text("2013年9月11日"), Some("2013-09-11"))]
    #[case::full_width(text("２０１３．９．１１"), Some("2013-09-11"))]
    #[case::with_a_time(text("2013-09-11 00:00:00"), Some("2013-09-11"))]
    #[case::blanks(text("　20130911 "), Some("2013-09-11"))]
    #[case::number(Cell::Number(20_130_911.0), Some("2013-09-11"))]
    #[case::serial(Cell::Number(41_528.0), Some("2013-09-11"))]
    #[case::serial_as_text(text("41528"), Some("2013-09-11"))]
    #[case::serial_with_a_time(Cell::Number(41_528.75), Some("2013-09-11"))]
    #[case::shown_as_a_date(Cell::Date(NaiveDate::from_ymd_opt(2013, 9, 11).unwrap()), Some("2013-09-11"))]
    #[case::nothing(text("　"), None)]
    fn reads_dates(#[case] cell: Cell, #[case] expect: Option<&str>) {
        assert_eq!(cell.date().unwrap().map(|d| d.to_string()).as_deref(), expect);
    }

    #[rstest]
    #[case(text("13.9"))]
    #[case(text("201309"))]
    #[case(text("2013-02-30"))]
    #[case(text("13-9-11"))]
    #[case(text("不详"))]
    #[case(Cell::Number(13.9))]
    #[case(Cell::Number(20_131_399.0))]
    fn says_which_dates_it_cannot_read(#[case] cell: Cell) {
        assert_eq!(cell.date().unwrap_err(), cell.text());
    }

    #[rstest]
    #[case(text(" 王　芳\u{200b} "), "王 芳")]
    #[case(text("'990101"), "990101")]
    #[case(text("２０２６０１"), "202601")]
    #[case(Cell::Number(202_601.0), "202601")]
    #[case(Cell::Number(7.5), "7.5")]
    fn shows_only_what_can_be_seen(#[case] cell: Cell, #[case] expect: &str) {
        assert_eq!(cell.text(), expect);
    }
}

//! Which class a cell means: the code of the template (202603), or what people say (七年级3班, 7-3).
//! A code of a year that is in school now makes a class; a spoken one must be there already, unless
//! the school has no class at all yet.

use super::Around;
use super::cell::plain;
use crate::calendar::school_year;
use crate::directory::Class;
use crate::vocabulary::{SchoolKind, Stage};
use chrono::{Datelike, NaiveDate};

/// What a cell says of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClassWord {
    /// 202603
    Code { year: i32, number: u16 },
    /// 七年级3班, grades counted from primary 1 to junior 9.
    Spoken { grade: i32, number: u16 },
}

const DIGITS: [char; 9] = ['一', '二', '三', '四', '五', '六', '七', '八', '九'];

/// Reads the class cell, with the grade's cell where a school keeps the two apart.
pub(super) fn read(class: &str, grade: &str) -> Option<ClassWord> {
    let (class, grade) = (squeezed(class), squeezed(grade));
    if class.is_empty() {
        return None;
    }
    code(&class).or_else(|| spoken(&class)).or_else(|| {
        // 年级 七年级 + 班级 3 or 3班
        let number = number(class.trim_end_matches('班'))?;
        let (grade, rest) = leading_grade(&grade)?;
        rest.trim_matches(['年', '级']).is_empty().then_some(ClassWord::Spoken { grade, number })
    })
}

/// The class that a staff list means, as a roster's class cell would; known or such as could be made.
pub fn class_named(text: &str, around: &Around<'_>) -> Option<Class> {
    let word = read(text, "")?;
    if let ClassWord::Code { year, number } = word {
        let known = around.classes.iter().find(|c| c.entry_year == year && c.number == number);
        if known.is_some() {
            return known.cloned();
        }
    }
    Classes::new(around, std::iter::empty()).find(word, None)
}

/// 7年级, 初一 → 7: grades counted from primary 1 to junior 9.
pub fn grade_named(text: &str) -> Option<i32> {
    let text = squeezed(text);
    let (grade, rest) = leading_grade(&text)?;
    matches!(rest, "" | "年级").then_some(grade)
}

fn code(text: &str) -> Option<ClassWord> {
    let (year, number_text) = match text.split_once('级') {
        Some((year, rest)) => (year, rest.trim_end_matches('班')),
        None => (text.get(..4)?, text.get(4..)?),
    };
    if year.len() != 4 || text.is_ascii() && text.len() != 6 {
        return None;
    }
    let year = year.parse().ok().filter(|y| (1990..=2100).contains(y))?;
    Some(ClassWord::Code { year, number: number(number_text)? })
}

fn spoken(text: &str) -> Option<ClassWord> {
    let (grade, rest) = leading_grade(text)?;
    let rest = rest.trim_start_matches(['年', '级', '-', '.', '_', '/', '第']).trim_end_matches('班');
    Some(ClassWord::Spoken { grade, number: number(rest)? })
}

fn leading_grade(text: &str) -> Option<(i32, &str)> {
    let (text, offset) = match text.strip_prefix("初中").or_else(|| text.strip_prefix('初')) {
        Some(rest) => (rest, 6),
        None => (text.strip_prefix("小学").unwrap_or(text), 0),
    };
    let mut chars = text.chars();
    let grade = digit(chars.next()?)?;
    // 初中七年级 says seven already.
    let grade = if offset > 0 && grade <= 3 { grade + offset } else { grade };
    Some((grade, chars.as_str()))
}

fn digit(c: char) -> Option<i32> {
    let han = DIGITS.iter().position(|d| *d == c).and_then(|at| i32::try_from(at + 1).ok());
    han.or_else(|| c.to_digit(10).and_then(|d| i32::try_from(d).ok()).filter(|d| *d > 0))
}

fn number(text: &str) -> Option<u16> {
    let mut chars = text.chars();
    let number = match (chars.next()?, chars.next(), chars.next()) {
        ('十', None, _) => 10,
        ('十', Some(one), None) => 10 + digit(one)?,
        (c, None, _) => digit(c)?,
        _ if text.len() <= 2 => text.parse().ok()?,
        _ => return None,
    };
    u16::try_from(number).ok().filter(|n| (1..=40).contains(n))
}

fn squeezed(text: &str) -> String {
    plain(text).chars().filter(|c| !matches!(c, ' ' | '(' | ')' | '【' | '】' | '[' | ']')).collect()
}

/// The school's classes while a roster is read.
pub(super) struct Classes {
    known: Vec<Class>,
    pub(super) made: Vec<Class>,
    school: crate::ids::SchoolId,
    kind: SchoolKind,
    today: NaiveDate,
    /// No class is known, not even from codes further down: spoken ones may make classes.
    begins: bool,
}

impl Classes {
    /// With the codes of the whole file, so that a spoken class may stand above its code.
    pub(super) fn new<'a>(
        around: &Around<'_>,
        words: impl Iterator<Item = (&'a Option<ClassWord>, Option<NaiveDate>)>,
    ) -> Self {
        let mut classes = Self {
            known: around.classes.to_vec(),
            made: Vec::new(),
            school: around.school.id,
            kind: around.school.kind.clone(),
            today: around.today,
            begins: false,
        };
        for (word, born) in words {
            if let Some(word @ ClassWord::Code { .. }) = word {
                classes.find(*word, born);
            }
        }
        classes.begins = classes.known.is_empty() && classes.made.is_empty();
        classes
    }

    /// The class of a word, made if that may be.
    pub(super) fn find(&mut self, word: ClassWord, born: Option<NaiveDate>) -> Option<Class> {
        let this_year = school_year(self.today);
        if let (ClassWord::Code { year, number }, None) = (word, born) {
            // Without an age the code alone says which stage, if it can.
            let of_code = |class: &&Class| (class.entry_year, class.number) == (year, number);
            if let Some(class) = self.known.iter().chain(&self.made).find(of_code) {
                return Some(class.clone());
            }
        }
        let (class, may_make) = match word {
            ClassWord::Code { year, number } => {
                (Class::of(self.school, self.stage(year, born), year, number), true)
            }
            ClassWord::Spoken { grade, number } => {
                let (stage, first) = if grade > 6 { (Stage::Junior, 7) } else { (Stage::Primary, 1) };
                (Class::of(self.school, stage, this_year - (grade - first), number), self.begins)
            }
        };
        let same = |known: &&Class| {
            (&known.stage, known.entry_year, known.number) == (&class.stage, class.entry_year, class.number)
        };
        if let Some(known) = self.known.iter().chain(&self.made).find(same) {
            return Some(known.clone());
        }
        let makes = may_make && self.is_in_school(&class);
        makes.then(|| {
            self.made.push(class.clone());
            class
        })
    }

    /// Whether children of that year sit in this school now, or will after this summer.
    fn is_in_school(&self, class: &Class) -> bool {
        let years = if class.stage == Stage::Junior { 3 } else { 6 };
        let fits = match self.kind {
            SchoolKind::Junior => class.stage == Stage::Junior,
            SchoolKind::Primary | SchoolKind::TeachingPoint => class.stage == Stage::Primary,
            _ => true,
        };
        let first = if (6..9).contains(&self.today.month()) { 0 } else { 1 };
        fits && (first..=years).contains(&class.grade(self.today))
    }

    /// In a school of both stages a child enters primary at six or seven, junior at twelve or so.
    fn stage(&self, year: i32, born: Option<NaiveDate>) -> Stage {
        match self.kind {
            SchoolKind::Junior => Stage::Junior,
            SchoolKind::Primary | SchoolKind::TeachingPoint => Stage::Primary,
            _ if born.is_some_and(|born| year - born.year() >= 10) => Stage::Junior,
            _ => Stage::Primary,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("202603", "", Some(ClassWord::Code { year: 2026, number: 3 }))]
    #[case("２０２６０３", "", Some(ClassWord::Code { year: 2026, number: 3 }))]
    #[case("2026级3班", "", Some(ClassWord::Code { year: 2026, number: 3 }))]
    #[case("202612", "", Some(ClassWord::Code { year: 2026, number: 12 }))]
    #[case("七年级3班", "", Some(ClassWord::Spoken { grade: 7, number: 3 }))]
    #[case("七（1）", "", Some(ClassWord::Spoken { grade: 7, number: 1 }))]
    #[case("七(1)班", "", Some(ClassWord::Spoken { grade: 7, number: 1 }))]
    #[case("7-8", "", Some(ClassWord::Spoken { grade: 7, number: 8 }))]
    #[case("7.1", "", Some(ClassWord::Spoken { grade: 7, number: 1 }))]
    #[case("初一(12)班", "", Some(ClassWord::Spoken { grade: 7, number: 12 }))]
    #[case("三年级一班", "", Some(ClassWord::Spoken { grade: 3, number: 1 }))]
    #[case("701", "", Some(ClassWord::Spoken { grade: 7, number: 1 }))]
    #[case("3班", "七年级", Some(ClassWord::Spoken { grade: 7, number: 3 }))]
    #[case("3", "7", Some(ClassWord::Spoken { grade: 7, number: 3 }))]
    #[case("3", "", None)]
    #[case("20263", "", None)]
    #[case("202600", "", None)]
    #[case("实验班", "", None)]
    #[case("", "七年级", None)]
    fn reads_codes_and_words(#[case] class: &str, #[case] grade: &str, #[case] expect: Option<ClassWord>) {
        assert_eq!(read(class, grade), expect);
    }

    #[rstest]
    #[case("7年级", Some(7))]
    #[case("七年级", Some(7))]
    #[case("初一", Some(7))]
    #[case("三年级", Some(3))]
    #[case("202601", None)]
    #[case("", None)]
    fn reads_grades(#[case] text: &str, #[case] expect: Option<i32>) {
        assert_eq!(grade_named(text), expect);
    }
}

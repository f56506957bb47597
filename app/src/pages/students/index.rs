//! What children are found by: name, pinyin initials, class, village, number. Built once for all that
//! is on the phone; a key only filters it, so that 1,500 children answer at once.

use crate::phrase;
use chrono::NaiveDate;
use domain::ids::{ClassId, StudentId, VillageId};
use domain::student::Basics;
use domain::sync::{Replica, StudentView};
use std::collections::{BTreeMap, BTreeSet};

/// A child in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Who.
    pub student: StudentId,
    /// The name whole.
    pub name: String,
    /// 七年级3班
    pub class: String,
    /// 五村
    pub village: String,
    /// What tells children of one name apart: 学号 12, or the last of the roll number.
    pub told_by: Option<String>,
    /// The first school day missed.
    pub absent_since: Option<NaiveDate>,
    /// Sorted by.
    order: (String, String, u16, String),
    /// The class, to filter.
    pub class_id: ClassId,
    /// The village, to group.
    pub village_id: Option<VillageId>,
    hay: String,
    initials: String,
}

/// All children on the phone, in the order of class and number.
pub fn rows(replica: &Replica, today: NaiveDate) -> Vec<Row> {
    let mut rows: Vec<Row> =
        replica.caseload.files.values().filter_map(|file| row(&file.student, replica, today)).collect();
    rows.sort_by(|a, b| a.order.cmp(&b.order));
    tell_apart(&mut rows, replica);
    rows
}

fn row(student: &StudentView, replica: &Replica, today: NaiveDate) -> Option<Row> {
    let basics = student.state.basics.as_ref()?;
    let class = replica.directory.class(basics.class);
    let school = class.and_then(|c| replica.directory.school(c.school));
    let label = class.map(|c| c.label(today)).unwrap_or_default();
    let village = phrase::village(basics.village, &replica.directory);
    let number = basics.class_no.map(|n| n.to_string()).unwrap_or_default();
    let roll = basics.roll_no.clone().unwrap_or_default();
    let hay = normal(&[basics.name.as_str(), &label, &village, &roll].join("\n"));
    Some(Row {
        student: student.id,
        name: basics.name.clone(),
        order: (
            school.map(|s| s.name.clone()).unwrap_or_default(),
            class
                .map(|c| format!("{:?}{:04}{:03}", c.stage, 9999 - c.entry_year, c.number))
                .unwrap_or_default(),
            basics.class_no.unwrap_or(u16::MAX),
            basics.name.clone(),
        ),
        hay: format!("{hay}\n#{number}"),
        initials: normal(&student.initials),
        class: label,
        village,
        told_by: None,
        absent_since: state_absence(student),
        class_id: basics.class,
        village_id: basics.village,
    })
}

fn state_absence(student: &StudentView) -> Option<NaiveDate> {
    student.state.absence.as_ref().map(|spell| spell.first_absent_on)
}

/// Two of one name in one class: the number in the class, else the end of the roll number (ux 13.6).
fn tell_apart(rows: &mut [Row], replica: &Replica) {
    let mut seen = BTreeSet::new();
    let mut twice = BTreeSet::new();
    for row in rows.iter() {
        if !seen.insert(row.name.clone()) {
            twice.insert(row.name.clone());
        }
    }
    for row in rows.iter_mut().filter(|row| twice.contains(&row.name)) {
        let basics = replica.caseload.files.get(&row.student).and_then(|f| f.student.state.basics.as_ref());
        row.told_by = basics.and_then(number);
    }
}

/// 12 in the class, or the last four of the roll number.
fn number(basics: &Basics) -> Option<String> {
    let tail =
        |roll: &String| roll.chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect::<String>();
    basics.class_no.map(|n| n.to_string()).or_else(|| basics.roll_no.as_ref().map(tail))
}

/// Lower case, full width made narrow, without what is written between syllables.
fn normal(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '·' | '・' | '•' | '‧' | '．' | '.' | '\'' | '-'))
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            '\u{3000}' => ' ',
            c => c,
        })
        .flat_map(char::to_lowercase)
        .collect()
}

/// What was typed, ready to look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted(Vec<String>);

impl Wanted {
    /// Words apart by blanks, all of which must fit.
    pub fn of(text: &str) -> Self {
        Self(normal(text).split_whitespace().map(str::to_owned).collect())
    }

    /// Nothing is looked for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a child fits: every word in its name, class, village, number, or the beginning of its
    /// initials.
    pub fn fits(&self, row: &Row) -> bool {
        self.0.iter().all(|word| {
            let number = word.parse::<u16>().is_ok_and(|n| row.hay.ends_with(&format!("\n#{n}")));
            number
                || row.initials.contains(word.as_str())
                || row.hay.contains(word.as_str()) && !word.starts_with('#')
        })
    }

    /// How good a hit: those whose name begins so come first.
    pub fn rank(&self, row: &Row) -> u8 {
        let begins = |text: &str| self.0.first().is_some_and(|word| text.starts_with(word.as_str()));
        if begins(&row.hay) {
            0
        } else if begins(&row.initials) {
            1
        } else {
            2
        }
    }
}

/// How many children are in each class or village, in order: the headings of the list.
pub fn groups(rows: &[Row], by_village: bool) -> Vec<(String, Vec<usize>)> {
    let mut order: Vec<String> = Vec::new();
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        let key = if by_village { &row.village } else { &row.class };
        if !groups.contains_key(key) {
            order.push(key.clone());
        }
        groups.entry(key.clone()).or_default().push(at);
    }
    if by_village {
        order.sort_by_key(|key| (key.is_empty(), key.clone()));
    }
    order.into_iter().filter_map(|key| groups.remove_entry(&key)).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
    use super::*;
    use uuid::Uuid;

    fn row(name: &str, initials: &str, class: &str, village: &str, number: u16) -> Row {
        Row {
            student: StudentId(Uuid::nil()),
            name: name.into(),
            class: class.into(),
            village: village.into(),
            told_by: None,
            absent_since: None,
            order: Default::default(),
            class_id: ClassId(Uuid::nil()),
            village_id: None,
            hay: format!("{}\n#{number}", normal(&[name, class, village, "G990101201409110012"].join("\n"))),
            initials: initials.into(),
        }
    }

    fn check(typed: &str, expect: bool) {
        let child = row("阿依古丽·艾力甲", "ayglalj", "七年级3班", "五村", 12);
        assert_eq!(Wanted::of(typed).fits(&child), expect, "{typed}");
    }

    #[test]
    fn finds_a_child_however_it_is_typed() {
        for typed in [
            "阿依",
            "古丽艾力",
            "艾力",
            "aygl",
            "AYGL",
            "aygl·al",
            "ａｙｇｌ",
            "七年级3班",
            "五村",
            "五村 aygl",
            "12",
            "g9901",
            "0012",
        ] {
            check(typed, true);
        }
        for typed in ["袁", "xyz", "六村", "五村 袁", "13", "#12"] {
            check(typed, false);
        }
    }

    #[test]
    fn a_name_that_begins_so_comes_first() {
        let wanted = Wanted::of("古丽");
        assert!(
            wanted.rank(&row("古丽·艾力", "glal", "", "", 1))
                < wanted.rank(&row("阿依古丽", "aygl", "", "", 1))
        );
    }
}

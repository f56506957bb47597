//! Rosters (名册) as offices send them: the national template of 71 columns and what people make of it.
//! From the cells of a sheet to children and findings, row by row. Only the columns that the work
//! needs are read (domain 5.3); a blood group never leaves the file. Files, texts for people and the
//! database are the server's.

mod cell;
mod class_word;
mod compare;
mod finding;
mod header;
mod household;
mod merged;
mod name;
mod row;
mod village;

pub use cell::{Cell, Sheet};
pub use class_word::{class_named, grade_named};
pub use compare::changes;
pub use finding::{Fault, Finding, There, Weight, What};
pub use header::{Column, Header, Part};
pub use household::{Member, link};
pub use merged::Merged;
pub use village::village_in;

use crate::directory::{Class, School, Village};
use crate::id_number::IdNumber;
use crate::student::Basics;
use chrono::NaiveDate;
use class_word::Classes;
use merged::Filled;
use std::collections::{BTreeMap, BTreeSet};

/// What is known around a roster.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    /// The school that sends it.
    pub school: &'a School,
    /// Its 学校标识码.
    pub code: &'a str,
    /// Its classes so far.
    pub classes: &'a [Class],
    /// The villages its children may live in.
    pub villages: &'a [Village],
    /// The day of the import.
    pub today: NaiveDate,
}

/// A child that the roster names.
#[derive(Clone, Debug)]
pub struct Line {
    /// The sheet's place among the sheets read.
    pub sheet: usize,
    /// The sheet's row.
    pub row: u32,
    /// 身份证件号, when there is one and it holds.
    pub id_number: Option<IdNumber>,
    /// 学籍号 whole; of it only the last four characters are basics, for it holds the id number.
    pub roll_no: Option<String>,
    /// The guardians' own id numbers, as written, in the order of the guardians. For nothing but the
    /// question whether two children share a guardian.
    pub guardian_ids: Vec<Option<String>>,
    /// The column that tells this child from others, as the file names it: the id number's where there is
    /// one, else the 学籍号's or the name's.
    pub told_by: String,
    /// What the roster says.
    pub basics: Basics,
}

/// A sheet of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetSeen {
    /// Its name.
    pub name: String,
    /// Rows that are not empty, the header not counted.
    pub rows: usize,
    /// Has a roster's header and was read.
    pub read: bool,
}

/// What a roster says.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// All sheets, read or not.
    pub sheets: Vec<SheetSeen>,
    /// Columns of the sheets read that were not read.
    pub unused: Vec<String>,
    /// Rows that stand for a child, taken or refused.
    pub rows: usize,
    /// Children taken.
    pub lines: Vec<Line>,
    /// Whatever is to say about rows.
    pub findings: Vec<Finding>,
    /// Classes that the school does not have yet.
    pub new_classes: Vec<Class>,
}

/// Reads every sheet that has a roster's header.
pub fn read(sheets: &[Sheet], around: &Around<'_>) -> Reading {
    let mut reading = Reading::default();
    let mut drafts = Vec::new();
    for (at, sheet) in sheets.iter().enumerate() {
        let header = Header::find(sheet);
        let body = sheet.rows.iter().filter(|(_, cells)| cells.iter().any(|c| !c.is_blank()));
        let below = header.as_ref().map_or(0, |header| header.row);
        reading.sheets.push(SheetSeen {
            name: sheet.name.clone(),
            rows: body.filter(|(row, _)| *row > below).count(),
            read: header.is_some(),
        });
        let Some(header) = header else { continue };
        reading.unused.extend(header.unused.iter().cloned());
        let filled = Filled::of(sheet, at, &header);
        reading.findings.extend(filled.findings);
        let body = filled.rows.iter().filter(|(_, cells)| cells.iter().any(|c| !c.is_blank()));
        for (row, cells) in body.filter(|(row, _)| *row > header.row) {
            let read = row::read(&header, at, *row, cells, around);
            reading.findings.extend(read.findings);
            if let Some(mut draft) = read.draft {
                if let Some(first) = filled.of_one_name.get(row) {
                    draft.has_the_name_of(*first);
                }
                reading.rows += 1;
                drafts.push(draft);
            }
        }
    }
    let sound = drafts.iter().filter(|draft| !is_refused(&draft.findings));
    let mut classes = Classes::new(around, sound.map(|draft| (&draft.class, draft.birth_date())));
    let mut whole = Whole::default();
    for mut draft in drafts {
        let line = draft.settle(&mut classes);
        let mut findings = draft.findings;
        if let Some(line) = &line {
            findings.extend(whole.compare(line, &reading.sheets));
        }
        let refused = is_refused(&findings);
        if refused {
            // Who must mend a row need not read small print about it.
            findings.retain(|f| f.what.weight() == Weight::Refuses);
        }
        reading.findings.extend(findings);
        reading.lines.extend(line.filter(|_| !refused));
    }
    reading.findings.sort_by_key(|f| (f.sheet, f.row));
    let used: BTreeSet<_> = reading.lines.iter().map(|line| line.basics.class).collect();
    reading.new_classes = classes.made.into_iter().filter(|class| used.contains(&class.id)).collect();
    reading
}

fn is_refused(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.what.weight() == Weight::Refuses)
}

/// What one row must be held against in all others: sheet and row of each child so far.
#[derive(Default)]
struct Whole {
    keys: BTreeMap<String, (usize, u32)>,
    names: BTreeMap<(crate::ids::ClassId, String), (usize, u32)>,
}

impl Whole {
    fn compare(&mut self, line: &Line, sheets: &[SheetSeen]) -> Option<Finding> {
        let there = |(sheet, row): (usize, u32)| There {
            row,
            sheet: sheets.get(sheet).filter(|_| sheet != line.sheet).map(|sheet| sheet.name.clone()),
        };
        let here = (line.sheet, line.row);
        let basics = &line.basics;
        let (key, what): (_, fn(There) -> What) = match (&line.id_number, &line.roll_no) {
            (Some(id), _) => (id.expose().to_owned(), |first| What::DupId { first }),
            (None, Some(roll)) => (roll.clone(), |first| What::DupId { first }),
            (None, None) => (format!("{}/{:?}/{}", basics.name, basics.birth_date, basics.class), |first| {
                What::DupRow { first }
            }),
        };
        if let Some(first) = self.keys.get(&key) {
            return Some(Finding::of(line.sheet, line.row, &line.told_by, what(there(*first))));
        }
        self.keys.insert(key, here);
        let other = self.names.insert((basics.class, basics.name.clone()), here)?;
        Some(Finding::of(line.sheet, line.row, &line.told_by, What::SameName { other: there(other) }))
    }
}

#[cfg(test)]
mod tests;

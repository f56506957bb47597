//! Cells that reach over several children's rows: 202603 written once beside a whole class. A spreadsheet
//! keeps their value in the first row alone; what they say, they say of every row.

use super::cell::{Cell, Sheet};
use super::finding::{Finding, What};
use super::header::{Column, Header};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// A cell that reaches over several rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The sheet's row numbers.
    pub rows: RangeInclusive<u32>,
    /// Where its value stands in a row of `Sheet::rows`.
    pub column: usize,
}

/// A sheet whose merged cells say what they say in every row.
pub(super) struct Filled<'a> {
    pub(super) rows: Cow<'a, [(u32, Vec<Cell>)]>,
    /// What was filled, once a cell.
    pub(super) findings: Vec<Finding>,
    /// Rows that have their name in common with one above, and that one.
    pub(super) of_one_name: BTreeMap<u32, u32>,
}

impl<'a> Filled<'a> {
    pub(super) fn of(sheet: &'a Sheet, at: usize, header: &Header) -> Self {
        let mut filled =
            Self { rows: Cow::Borrowed(&sheet.rows), findings: Vec::new(), of_one_name: BTreeMap::new() };
        for merged in sheet.merged.iter().filter(|merged| *merged.rows.start() > header.row) {
            match header.column_at(merged.column) {
                Some(Column::Name) => {
                    let first = *merged.rows.start();
                    filled.of_one_name.extend(merged.rows.clone().skip(1).map(|row| (row, first)));
                }
                // What only one child can have is not its neighbour's.
                Some(Column::IdNumber | Column::RollNo | Column::ClassNo) | None => {}
                Some(column) => {
                    if filled.fill(merged) {
                        let what = What::Merged { last: *merged.rows.end() };
                        let label = header.label(column);
                        filled.findings.push(Finding::of(at, *merged.rows.start(), label, what));
                    }
                }
            }
        }
        filled
    }

    fn fill(&mut self, merged: &Merged) -> bool {
        let first = self.rows.iter().find(|(row, _)| row == merged.rows.start());
        let said = first.and_then(|(_, cells)| cells.get(merged.column)).filter(|cell| !cell.is_blank());
        let Some(said) = said.cloned() else { return false };
        let mut some = false;
        for (row, cells) in self.rows.to_mut() {
            let below = merged.rows.contains(row) && row != merged.rows.start();
            // An empty row is nobody's.
            if below
                && cells.iter().any(|cell| !cell.is_blank())
                && let Some(cell) = cells.get_mut(merged.column)
            {
                *cell = said.clone();
                some = true;
            }
        }
        some
    }
}

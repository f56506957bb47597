//! What came of an import: one JSON object for programs, a short page for people.

use super::file::Unreadable;
use super::sentence;
use domain::roster::{Finding, Reading, SheetSeen, Weight};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What came of a roster.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// Nothing was written.
    pub check: bool,
    /// Rows that stand for a child.
    pub rows: usize,
    /// Rows taken, with or without a warning: those new, unchanged and changed.
    pub accepted: usize,
    /// Children the county did not know.
    pub new: usize,
    /// Children about whom the roster says what it said last time.
    pub unchanged: usize,
    /// Children about whom it says something else.
    pub changed: usize,
    /// Rows not taken, one item for each thing to mend.
    pub refused: Vec<Item>,
    /// Rows taken, or no child's, with something to look at.
    pub warnings: Vec<Item>,
    /// Children of these classes whom the roster does not have.
    pub missing: Vec<Missing>,
    /// Classes with children of which the file has none.
    pub missing_classes: Vec<MissingClass>,
    /// Households that two children or more share by a guardian.
    pub households: usize,
    /// Classes made.
    pub new_classes: Vec<String>,
    /// Columns that were not read.
    pub unused_columns: Vec<String>,
    /// The sheets of the file.
    pub sheets: Vec<SheetItem>,
    #[serde(skip)]
    findings: Vec<Finding>,
    #[serde(skip)]
    pub(super) no_villages: bool,
}

/// Something about a row.
#[derive(Clone, Debug, Serialize)]
pub struct Item {
    /// The sheet, when several were read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The sheet's row number; 0 = the file.
    pub row: u32,
    /// The column as the file names it.
    pub column: String,
    /// A stable code.
    pub code: &'static str,
    /// What is wrong and what to do.
    pub message: String,
}

/// A child whom the roster does not have.
#[derive(Clone, Debug, Serialize)]
pub struct Missing {
    /// Who.
    pub student: uuid::Uuid,
    /// 姓名
    pub name: String,
    /// 七年级3班
    pub class: String,
}

/// A class that the file does not have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MissingClass {
    /// 七年级3班
    pub class: String,
    /// How many the county knows there.
    pub children: usize,
}

/// A sheet of the file.
#[derive(Clone, Debug, Serialize)]
pub struct SheetItem {
    /// Its name.
    pub name: String,
    /// Rows that are not empty.
    pub rows: usize,
    /// Was read.
    pub read: bool,
}

impl Report {
    /// Of what was read.
    pub(super) fn of(reading: &Reading) -> Self {
        let mut report = Self { rows: reading.rows, ..Self::default() };
        report.sheets = reading
            .sheets
            .iter()
            .map(|SheetSeen { name, rows, read }| SheetItem { name: name.clone(), rows: *rows, read: *read })
            .collect();
        report.unused_columns.clone_from(&reading.unused);
        report.findings.clone_from(&reading.findings);
        report
    }

    /// The file could not be read.
    pub(super) fn unreadable(why: Unreadable) -> Self {
        let item = Item {
            sheet: None,
            row: 0,
            column: String::new(),
            code: why.code(),
            message: why.sentence().into(),
        };
        Self { refused: vec![item], ..Self::default() }
    }

    /// Something more about a row.
    pub(super) fn say(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Turns findings into sentences.
    pub(super) fn finish(&mut self) {
        self.findings.sort_by_key(|finding| (finding.sheet, finding.row));
        let several = self.sheets.iter().filter(|sheet| sheet.read).count() > 1;
        for finding in &self.findings {
            let sheet = self.sheets.get(finding.sheet).filter(|_| several).map(|sheet| sheet.name.clone());
            let item = Item {
                row: finding.row,
                column: finding.column.clone(),
                code: finding.what.code(),
                message: sentence::of(finding, sheet.as_deref()),
                sheet,
            };
            match finding.what.weight() {
                Weight::Refuses => self.refused.push(item),
                Weight::Warns | Weight::Skips => self.warnings.push(item),
            }
        }
    }

    /// For people. Long lists are cut; the JSON form has them whole.
    pub fn page(&self) -> String {
        let mut page = String::new();
        let mut line = |text: String| {
            // Writing into a String cannot fail.
            let _ = writeln!(page, "{text}");
        };
        if let [file] = self.refused.as_slice()
            && file.row == 0
        {
            line(file.message.clone());
            return page;
        }
        let refused = self.rows.saturating_sub(self.accepted);
        line(format!(
            "{}：新来 {} · 有变化 {} · 没变 {} · 名册里没有了 {} · 退回 {refused} · 提醒 {}",
            if self.check { "先看，没有写" } else { "已导入" },
            self.new,
            self.changed,
            self.unchanged,
            self.missing.len(),
            self.warnings.len()
        ));
        if self.sheets.len() > 1 {
            let sheets = self.sheets.iter().map(|sheet| {
                format!("{}({}){}", sheet.name, sheet.rows, if sheet.read { "" } else { " 没读" })
            });
            line(format!("文件里有 {} 张表：{}", self.sheets.len(), sheets.collect::<Vec<_>>().join(" · ")));
        }
        if !self.new_classes.is_empty() {
            line(format!("新建的班：{}", self.new_classes.join("、")));
        }
        if self.households > 0 {
            line(format!("按监护人认出 {} 户有不止一个孩子，请在档案里核对。", self.households));
        }
        if !self.unused_columns.is_empty() {
            line(format!("不用的列（没有读走）：{}", self.unused_columns.join("、")));
        }
        for item in self.refused.iter().take(SHOWN) {
            line(format!("退回  {}", item.message));
        }
        more(&mut line, self.refused.len());
        for sentence in self.warned() {
            line(format!("提醒  {sentence}"));
        }
        if self.no_villages && self.rows > 0 {
            line("还没有村的名单：先导入教职工和村（import staff），再导一次名册，村就补上了。".into());
        }
        for child in self.missing.iter().take(SHOWN) {
            line(format!(
                "名册里没有了  {} {}：请教导处弄清去向（原样保留，没有删除）。",
                child.class, child.name
            ));
        }
        more(&mut line, self.missing.len());
        if !self.missing_classes.is_empty() {
            let classes = self.missing_classes.iter().map(|m| format!("{} {} 人", m.class, m.children));
            line(format!(
                "文件里整班没有：{}。原样保留，没有删除；这次只导一部分班就不用管，不然请补上再导一次。",
                classes.collect::<Vec<_>>().join("、")
            ));
        }
        page
    }

    /// Warnings row by row, or once for many rows of a kind that needs no looking at each.
    fn warned(&self) -> Vec<String> {
        let mut by_code: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
        for finding in self.findings.iter().filter(|f| f.what.weight() != Weight::Refuses) {
            by_code.entry(finding.what.code()).or_default().push(finding);
        }
        let mut sentences = Vec::new();
        for (code, findings) in by_code {
            let many = findings
                .first()
                .filter(|_| findings.len() > 3)
                .and_then(|first| sentence::of_many(code, findings.len(), &first.what));
            match many {
                Some(sentence) => sentences.push(sentence),
                None => {
                    let said = self.warnings.iter().filter(|item| item.code == code);
                    sentences.extend(said.take(SHOWN).map(|item| item.message.clone()));
                    if findings.len() > SHOWN {
                        sentences.push(format!("……还有 {} 行。", findings.len() - SHOWN));
                    }
                }
            }
        }
        sentences
    }
}

const SHOWN: usize = 20;

fn more(line: &mut impl FnMut(String), count: usize) {
    if count > SHOWN {
        line(format!("……还有 {}。用 --json 看全部。", count - SHOWN));
    }
}

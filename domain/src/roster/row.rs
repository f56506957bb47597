//! One row: a child, or why not.

use super::cell::Cell;
use super::class_word::{self, ClassWord, Classes};
use super::finding::{Fault, Finding, What};
use super::header::{Column, Header, Part};
use super::{Around, Line, name, village_in};
use crate::id_number::{IdNumber, IdNumberError};
use crate::ids::ClassId;
use crate::student::{Basics, Guardian};
use crate::vocabulary::{Gender, LeftBehind, Relation};
use chrono::{Datelike, NaiveDate};

/// What a row says.
pub(super) struct RowRead {
    /// What is to say though no child is there.
    pub(super) findings: Vec<Finding>,
    pub(super) draft: Option<Draft>,
}

/// A child whose class is not settled yet.
pub(super) struct Draft {
    pub(super) findings: Vec<Finding>,
    pub(super) class: Option<ClassWord>,
    class_text: (String, String),
    line: Line,
}

impl Draft {
    pub(super) const fn birth_date(&self) -> Option<NaiveDate> {
        self.line.basics.birth_date
    }

    /// Its name stands in one cell with that of a row above: two rows are written of one child.
    pub(super) fn has_the_name_of(&mut self, first: u32) {
        for finding in self.findings.iter_mut().filter(|finding| finding.what == What::NameMissing) {
            finding.what = What::NameMerged { first };
        }
    }

    /// Finds the class; without one the row is refused.
    pub(super) fn settle(&mut self, classes: &mut Classes) -> Option<Line> {
        let class = self.class.and_then(|word| classes.find(word, self.birth_date()));
        let Some(class) = class else {
            let (label, text) = self.class_text.clone();
            let what = What::ClassUnknown { text };
            self.findings.push(Finding::of(self.line.sheet, self.line.row, &label, what));
            return None;
        };
        self.line.basics.class = class.id;
        Some(self.line.clone())
    }
}

const TOTALS: [&str; 7] = ["合计", "总计", "小计", "共计", "总人数", "人数合计", "合计人数"];

pub(super) fn read(header: &Header, sheet: usize, row: u32, cells: &[Cell], around: &Around<'_>) -> RowRead {
    let mut reader = Reader { header, cells, sheet, row, findings: Vec::new() };
    if header.is_repeated(cells) {
        return RowRead { findings: Vec::new(), draft: None };
    }
    if let Some(what) = reader.no_child() {
        reader.say_of_row(what);
        return RowRead { findings: reader.findings, draft: None };
    }
    let line = reader.line(around);
    let class_label = header.label(Column::Class).to_owned();
    let (class_text, grade) = (reader.text(Column::Class), reader.text(Column::Grade));
    let class = class_word::read(&class_text, &grade);
    let draft = Draft { findings: reader.findings, class, class_text: (class_label, class_text), line };
    RowRead { findings: Vec::new(), draft: Some(draft) }
}

struct Reader<'a> {
    header: &'a Header,
    cells: &'a [Cell],
    sheet: usize,
    row: u32,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    fn cell(&self, column: Column) -> &Cell {
        self.header.cell(self.cells, column)
    }

    fn text(&self, column: Column) -> String {
        self.cell(column).text()
    }

    fn some(&self, column: Column) -> Option<String> {
        Some(self.text(column)).filter(|text| !text.is_empty())
    }

    fn say(&mut self, column: Column, what: What) {
        self.findings.push(Finding::of(self.sheet, self.row, self.header.label(column), what));
    }

    fn say_of_row(&mut self, what: What) {
        self.findings.push(Finding::of(self.sheet, self.row, "", what));
    }

    /// Totals and notes below or between the children.
    fn no_child(&self) -> Option<What> {
        if self.some(Column::IdNumber).is_some() {
            return None;
        }
        let mut filled = self.cells.iter().map(Cell::text).filter(|text| !text.is_empty());
        let squeezed = |text: &str| text.replace([' ', ':', '：'], "");
        if let Some(text) = filled.clone().find(|text| TOTALS.iter().any(|t| squeezed(text).starts_with(t))) {
            return Some(What::TotalRow { text });
        }
        let told = [Column::Gender, Column::BirthDate, Column::Class, Column::RollNo];
        let child = told.into_iter().any(|column| self.some(column).is_some());
        if child || self.some(Column::Name).is_some() && filled.clone().count() > 1 {
            return None;
        }
        Some(What::NoteRow { text: filled.next().unwrap_or_default() })
    }

    fn line(&mut self, around: &Around<'_>) -> Line {
        if let Some(code) = self.some(Column::School).filter(|code| code != around.code) {
            self.say(Column::School, What::SchoolOther { code });
        }
        let name = self.name();
        let roll_no = self.roll_no();
        let id_number = self.id_number(roll_no.as_deref());
        let birth_date = self.birth_date(id_number.as_ref(), around.today);
        let (guardians, guardian_ids) = self.guardians();
        let (address, village) = self.home(around);
        let basics = Basics {
            name,
            gender: self.gender(id_number.as_ref()),
            birth_date,
            ethnicity: self.some(Column::Ethnicity),
            school: around.school.id,
            class: ClassId(around.school.id.0),
            class_no: self.text(Column::ClassNo).parse().ok(),
            roll_no: roll_no.as_deref().and_then(tail),
            village,
            address,
            phone: self.phone(Column::Phone),
            boarding: ["住校", "寄宿", "住宿", "是"]
                .iter()
                .any(|w| self.text(Column::Boarding).starts_with(w)),
            left_behind: left_behind(&self.text(Column::LeftBehind)),
            guardians,
            household: None,
        };
        let told_by = match (&id_number, &roll_no) {
            (Some(_), _) if self.some(Column::IdNumber).is_some() => Column::IdNumber,
            (Some(_), _) | (None, Some(_)) => Column::RollNo,
            (None, None) => Column::Name,
        };
        let told_by = self.header.label(told_by).to_owned();
        Line { sheet: self.sheet, row: self.row, id_number, roll_no, guardian_ids, told_by, basics }
    }

    fn name(&mut self) -> String {
        let was = self.text(Column::Name);
        if was.is_empty() {
            self.say(Column::Name, What::NameMissing);
        }
        let cleaned = name::clean(&was);
        let now = cleaned.name;
        if cleaned.spaces {
            self.say(Column::Name, What::NameSpaces { was: was.clone(), now: now.clone() });
        }
        if cleaned.dot {
            self.say(Column::Name, What::NameDot { was, now: now.clone() });
        }
        now
    }

    /// `[GJL]` and 18 characters (domain 5.2).
    fn roll_no(&mut self) -> Option<String> {
        let text = self.some(Column::RollNo)?.replace(' ', "").to_ascii_uppercase();
        let rest = text.strip_prefix(['G', 'J', 'L']).unwrap_or_default();
        let (digits, last) = rest.split_at_checked(17).unwrap_or_default();
        if digits.len() == 17
            && digits.bytes().all(|b| b.is_ascii_digit())
            && matches!(last.as_bytes(), [b'0'..=b'9' | b'X'])
        {
            return Some(text);
        }
        self.say(Column::RollNo, What::RollNoBad);
        None
    }

    fn id_number(&mut self, roll_no: Option<&str>) -> Option<IdNumber> {
        let column = Column::IdNumber;
        if self.cell(column).has_lost_digits() {
            self.say(column, What::IdAsNumber);
            return None;
        }
        let kind = self.text(Column::IdKind);
        let Some(text) = self.some(column) else {
            // G and the id number as first issued.
            let by_roll = roll_no.and_then(|r| r.strip_prefix('G')).and_then(|id| IdNumber::parse(id).ok());
            if by_roll.is_none() {
                self.say(column, What::IdNone);
            }
            return by_roll;
        };
        if !kind.is_empty() && !kind.contains("身份证") {
            self.say(column, What::IdOther { kind });
            return None;
        }
        match IdNumber::parse(&text) {
            Ok(number) => return Some(number),
            Err(IdNumberError::LostDigits) => self.say(column, What::IdAsNumber),
            Err(IdNumberError::Shape) => {
                self.say(column, What::IdShape { length: text.chars().filter(|c| *c != ' ').count() });
            }
            Err(IdNumberError::Birth) => self.say(column, What::IdBirth { by_id: None, by_column: None }),
            Err(IdNumberError::Check) => self.say(column, What::IdCheck),
        }
        None
    }

    fn birth_date(&mut self, id: Option<&IdNumber>, today: NaiveDate) -> Option<NaiveDate> {
        let by_id = id.and_then(IdNumber::birth_date);
        let column = Column::BirthDate;
        let by_column = match self.cell(column).date() {
            Ok(date) => date,
            Err(text) => {
                self.say(column, What::DateUnreadable { text });
                return None;
            }
        };
        if let (Some(_), Some(_)) = (by_id, by_column)
            && by_id != by_column
        {
            self.say(column, What::IdBirth { by_id, by_column });
        }
        let date = by_column.or(by_id);
        match date {
            None => self.say(column, What::BirthNone),
            Some(date) => {
                let age = today.year() - date.year() - i32::from(today.ordinal() < date.ordinal());
                if !(5..=18).contains(&age) {
                    self.say(column, What::AgeOdd { age });
                }
            }
        }
        date
    }

    fn gender(&mut self, id: Option<&IdNumber>) -> Gender {
        let said = match self.text(Column::Gender).trim_end_matches('性') {
            "男" | "1" => Some(Gender::Male),
            "女" | "2" => Some(Gender::Female),
            _ => None,
        };
        let by_id = id.map(IdNumber::gender);
        if said.is_some() && by_id.is_some() && said != by_id {
            self.say(Column::Gender, What::GenderDiffers);
        }
        said.or(by_id).unwrap_or(Gender::NotKnown)
    }

    /// A telephone number; of several in one cell the first that is one.
    fn phone(&mut self, column: Column) -> Option<String> {
        let text = self.some(column)?;
        let parts: Vec<_> = text.split(['/', ',', ';', '、', '，', '；', ' ']).collect();
        let one = std::iter::once(text.as_str()).chain(parts).find_map(|part| crate::phone::parse(part).ok());
        if one.is_none() {
            let fault = match crate::phone::parse(&text).map_err(|p| p.code) {
                Err(code) if code == "PHONE_SHORT" => Fault::Short,
                Err(code) if code == "PHONE_LONG" => Fault::Long,
                _ => Fault::Shape,
            };
            let digits = text.chars().filter(char::is_ascii_digit).count();
            self.say(column, What::PhoneBad { digits, fault });
        }
        one
    }

    fn guardians(&mut self) -> (Vec<Guardian>, Vec<Option<String>>) {
        let mut guardians = Vec::new();
        let mut ids = Vec::new();
        for n in 0..2 {
            let of = |part| Column::Member(n, part);
            let Some(name) = self.some(of(Part::Name)) else { continue };
            let home = self.text(of(Part::Address));
            let said = relation(&self.text(of(Part::Relation)));
            guardians.push(Guardian {
                name: name::clean(&name).name,
                relation: said.or_else(|| self.header.implied(n).cloned()).unwrap_or(Relation::Other),
                phone: self.phone(of(Part::Phone)),
                away: ["务工", "打工", "外出", "外省", "外地"]
                    .iter()
                    .any(|w| home.contains(w))
                    .then_some(home),
                legal: !self.text(of(Part::Legal)).starts_with('否'),
            });
            ids.push(self.guardian_id(of(Part::IdNumber)));
        }
        if guardians.is_empty() {
            self.say(Column::Member(0, Part::Name), What::GuardianNone);
        }
        (guardians, ids)
    }

    /// A guardian's id number that is whole; nobody is asked about others.
    fn guardian_id(&self, column: Column) -> Option<String> {
        let cell = self.cell(column);
        let whole = IdNumber::parse(&cell.text()).ok().filter(|_| !cell.has_lost_digits());
        whole.map(|id| id.expose().to_owned())
    }

    fn home(&mut self, around: &Around<'_>) -> (String, Option<crate::ids::VillageId>) {
        let columns = [Column::Address, Column::HomeAddress, Column::MailAddress, Column::Village];
        let texts = columns.map(|column| self.text(column));
        let [address, home, mail, village] = &texts;
        let found = [village, address, home, mail].into_iter().find_map(|t| village_in(t, around.villages));
        let said = texts.iter().find(|t| !t.is_empty()).cloned().unwrap_or_default();
        if found.is_none() {
            self.say(Column::Address, What::VillageUnknown { text: said.clone() });
        }
        (said, found.map(|v| v.id))
    }
}

/// The last four characters, which is all that a list shows.
fn tail(roll_no: &str) -> Option<String> {
    roll_no.get(roll_no.len().checked_sub(4)?..).map(Into::into)
}

fn left_behind(text: &str) -> Option<LeftBehind> {
    match text {
        t if t.starts_with('非') || t.starts_with('否') => Some(LeftBehind::No),
        t if t.contains("单") => Some(LeftBehind::OneParent),
        t if t.contains("双") => Some(LeftBehind::BothParents),
        _ => None,
    }
}

fn relation(text: &str) -> Option<Relation> {
    const WORDS: &[(&[&str], Relation)] = &[
        (&["继父", "继母", "养父", "养母", "养父母", "继父母"], Relation::Foster),
        (&["外祖", "外公", "外婆", "姥"], Relation::MaternalGrandparent),
        (&["祖", "爷", "奶"], Relation::PaternalGrandparent),
        (&["父", "爸"], Relation::Father),
        (&["母", "妈"], Relation::Mother),
        (&["哥", "姐", "兄", "弟", "妹"], Relation::Sibling),
        (&["叔", "伯", "姑", "舅", "姨", "亲属", "亲戚", "婶"], Relation::Relative),
        (&["委托"], Relation::Entrusted),
        (&["民政"], Relation::CivilAffairs),
    ];
    if text.is_empty() {
        return None;
    }
    // 伯父 and 姑母 are no parents.
    let kin = WORDS.iter().find(|(words, _)| words.iter().any(|w| text.starts_with(w)));
    Some(kin.map_or(Relation::Other, |(_, relation)| relation.clone()))
}

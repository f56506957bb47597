//! One child of the household, as the form has it.

use crate::ids::StudentId;
use crate::sighting::Sighting;
use crate::vocabulary::{Cause, StudentAttitude, Whereabouts};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// One child of the household.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChildLine {
    /// Who.
    pub student: StudentId,
    /// The name as the roster has it; a given name only for a child of another school.
    pub name: String,
    /// 七年级3班 or 示例小学三年级.
    pub class: String,
    /// A child the author may write visits about; `false` = a child of another school, about whom
    /// only a sighting can be written (ux 5.6).
    pub own: bool,
    /// The visit is about this child.
    pub ticked: bool,
    /// The first school day missed, while the child is missing from school.
    #[serde(default)]
    pub absent_since: Option<NaiveDate>,
    /// Met at home.
    #[serde(default)]
    pub met: bool,
    /// 学生去向
    #[serde(default)]
    pub whereabouts: Option<Whereabouts>,
    /// 原因, the main one first.
    #[serde(default)]
    pub causes: Vec<Cause>,
    /// 学生意愿
    #[serde(default)]
    pub attitude: Option<StudentAttitude>,
    /// 不是一家: the link to this child is wrong.
    #[serde(default)]
    pub doubted: bool,
}

impl ChildLine {
    /// A child of whom nothing is said yet, of another school until told otherwise.
    pub(in crate::visit) const fn new(student: StudentId, name: String, class: String) -> Self {
        Self {
            student,
            name,
            class,
            own: false,
            ticked: false,
            absent_since: None,
            met: false,
            whereabouts: None,
            causes: Vec::new(),
            attitude: None,
            doubted: false,
        }
    }

    /// Where the child is: what was said, else at home when met there.
    pub fn seen_where(&self) -> Option<Whereabouts> {
        self.whereabouts.clone().or(self.met.then_some(Whereabouts::Home))
    }

    /// A tap on a cause: the first tapped is the main one, a second tap takes it back.
    pub fn toggle_cause(&mut self, cause: &Cause) {
        if self.causes.contains(cause) {
            self.causes.retain(|c| c != cause);
        } else {
            self.causes.push(cause.clone());
        }
    }

    pub(super) fn said(&self, asks: bool) -> Option<StudentAttitude> {
        match (asks, self.met) {
            (false, _) => None,
            (true, true) => self.attitude.clone(),
            (true, false) => Some(StudentAttitude::NotKnown),
        }
    }

    /// What is written about a child of another school, if anything was seen or heard.
    pub(in crate::visit) fn sighting(&self, on: NaiveDate) -> Option<Sighting> {
        Some(Sighting { seen: self.met, whereabouts: self.seen_where()?, on })
    }
}

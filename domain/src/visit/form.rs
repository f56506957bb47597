//! The form at the door (ux 4, 5): what the thumb has chosen so far, saved as a draft on every
//! change, also half filled. `opening` fills in what phone, roster and duty already know, never a
//! fact that happens between people; `record` turns it into entries or says what is missing.

mod child_line;
mod record;

pub use child_line::ChildLine;

use super::Commitment;
use super::companion::Companion;
use super::knock::Correction;
use crate::calendar::{Calendar, instant, local_date};
use crate::ids::{KnockId, SchoolId, VillageId};
use crate::problem::Problem;
use crate::vocabulary::{
    CallResult, Difficulty, GuardianAttitude, Interpreter, Language, NoVillageReason, Outcome, Party,
    Purpose, Relation, Schooling, Side, Signature, VisitKind,
};
use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

/// A visit being written down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VisitForm {
    /// The knock all entries of this form share.
    pub knock: KnockId,
    /// 阿依古丽家
    pub household: String,
    /// The household's village; `None` while the roster has none and nobody chose.
    #[serde(default)]
    pub village: Option<VillageId>,
    /// 现住址, for the eye only.
    #[serde(default)]
    pub address: String,
    /// The author's school, which answers for a child no roster knows.
    pub school: SchoolId,
    /// The children of the household, the one the visit is for first.
    pub children: Vec<ChildLine>,
    /// Children in the house that no roster knows.
    #[serde(default)]
    pub found: Vec<FoundLine>,
    /// People who may have come along; the author first.
    pub companions: Vec<Companion>,
    /// When the form was opened: the default time of the visit.
    pub opened_at: DateTime<Utc>,
    /// Another time, chosen for a visit written down later (补录).
    #[serde(default)]
    pub earlier: Option<Earlier>,
    /// 类型
    pub kind: VisitKind,
    /// 目的
    pub purposes: Vec<Purpose>,
    /// The duty's due date.
    #[serde(default)]
    pub planned_on: Option<NaiveDate>,
    /// Why nobody of the village came along.
    #[serde(default)]
    pub no_village: Option<NoVillageReason>,
    /// Guardians and others who can be met, as tiles.
    pub people: Vec<Person>,
    /// 没见到人, and what was the matter.
    #[serde(default)]
    pub nobody: Option<Nobody>,
    /// The file does not say what is spoken here, or says it is not Mandarin: then it is asked.
    #[serde(default)]
    pub asks_language: bool,
    /// 说什么话
    #[serde(default)]
    pub language: Option<Language>,
    /// 谁翻译
    #[serde(default)]
    pub interpreter: Option<Interpreter>,
    /// 家长态度
    #[serde(default)]
    pub guardian_attitude: Option<GuardianAttitude>,
    /// 约定, both sides. Who of the family promised is the person met, filled in by `record`.
    #[serde(default)]
    pub commitments: Vec<Commitment>,
    /// 下次: what the thumb chose; `None` = the default stands.
    #[serde(default)]
    pub follow_up: Option<FollowUp>,
    /// 讲了上学的规定
    #[serde(default)]
    pub explained_rules: bool,
    /// 一句话
    #[serde(default)]
    pub remark: String,
    /// 需协调的困难
    #[serde(default)]
    pub difficulties: Vec<Difficulty>,
    /// 家长签字
    #[serde(default)]
    pub signature: Option<Signature>,
    /// The screen the thumb was on.
    #[serde(default)]
    pub step: Step,
    /// What this form corrects (改一下); `None` = a new visit.
    #[serde(default)]
    pub corrects: Option<Correction>,
}

/// The screens of the form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// K1 谁
    #[default]
    Who,
    /// K2 见到
    Met,
    /// N 没见到人
    Nobody,
    /// K3 情况
    Situation,
    /// K4 约定
    Promises,
}

/// 家里还有孩子.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundLine {
    /// Name as the family says it.
    pub name: String,
    /// 上学情况
    pub schooling: Schooling,
    /// 大约几岁或几年级, as said.
    #[serde(default)]
    pub about: String,
}

/// A person who may be met: a guardian of the file, or 其他家人, 邻居.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// To the first child.
    pub relation: Relation,
    /// Name, empty for 其他家人 and 邻居.
    #[serde(default)]
    pub name: String,
    /// What the doorway calls the person, when it is not the relation's word.
    #[serde(default)]
    pub called: String,
    /// The guardian's place in the file, from 1.
    #[serde(default)]
    pub guardian: Option<u8>,
    /// Marked away in the file (外省务工): offer a call.
    #[serde(default)]
    pub away: Option<String>,
    /// Can be called.
    #[serde(default)]
    pub phone: Option<String>,
    /// Met.
    #[serde(default)]
    pub met: bool,
    /// Called from the doorstep.
    #[serde(default)]
    pub call: Option<CallResult>,
}

/// When a visit was that is written down later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    /// The day.
    pub on: NaiveDate,
    /// The time; asked for, never made up.
    #[serde(default)]
    pub at: Option<NaiveTime>,
}

/// 没见到人.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nobody {
    /// 怎么回事
    pub outcome: Option<Outcome>,
    /// 留了条子
    #[serde(default)]
    pub left_note: bool,
    /// 问了邻居
    #[serde(default)]
    pub asked_neighbour: bool,
}

/// 下次, as chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FollowUp {
    /// 不约
    None,
    /// That day.
    On(NaiveDate),
}

impl VisitForm {
    /// Whether a ticked child is missing from school or the kind asks why (敲门行动): then K3 is asked.
    pub fn asks_situation(&self) -> bool {
        self.kind == VisitKind::DoorKnock
            || self.corrects.as_ref().is_some_and(|c| c.situation)
            || self.children.iter().any(|c| c.ticked && c.own && c.absent_since.is_some())
    }

    /// The screen after this one; `None` = the last.
    pub fn next_step(&self, step: Step) -> Option<Step> {
        match step {
            Step::Who => Some(Step::Met),
            Step::Met if self.nobody.is_some() => Some(Step::Nobody),
            Step::Met if self.asks_situation() => Some(Step::Situation),
            Step::Met | Step::Situation => Some(Step::Promises),
            Step::Nobody | Step::Promises => None,
        }
    }

    /// The moment the visit was; the moment of opening while an earlier time is not yet said.
    pub fn started_at(&self) -> DateTime<Utc> {
        match self.earlier {
            Some(Earlier { on, at: Some(at) }) => instant(on, at),
            _ => self.opened_at,
        }
    }

    /// Says when the visit was: now, or earlier. Who came along to the last house of the evening came
    /// along on that day only; what a thumb has ticked stays.
    pub fn set_time(&mut self, earlier: Option<Earlier>) {
        self.earlier = earlier;
        let same_day = self.day() == local_date(self.opened_at);
        self.companions.iter_mut().filter(|c| c.assumed).for_each(|c| c.ticked = same_day);
    }

    /// The day of the visit.
    pub fn day(&self) -> NaiveDate {
        self.earlier.map_or_else(|| local_date(self.opened_at), |earlier| earlier.on)
    }

    /// Whether anybody of the household was met.
    pub fn met_somebody(&self) -> bool {
        self.people.iter().any(|p| p.met) || self.children.iter().any(|c| c.met && !c.doubted)
    }

    /// The grown-up of the family who was met, else reached by phone: whose attitude is asked, who
    /// promises.
    pub fn spoken_to(&self) -> Option<&Person> {
        let family = |p: &&Person| p.relation != Relation::Neighbour;
        self.people
            .iter()
            .filter(family)
            .find(|p| p.met)
            .or_else(|| self.people.iter().find(|p| p.call == Some(CallResult::Reached)))
    }

    /// 结果: derived from who was met and reached; asked only when nobody was.
    pub fn outcome(&self) -> Option<Outcome> {
        if let Some(nobody) = &self.nobody {
            return nobody.outcome.clone();
        }
        if self.met_somebody() {
            return Some(Outcome::Met);
        }
        self.people.iter().any(|p| p.call == Some(CallResult::Reached)).then_some(Outcome::PhoneOnly)
    }

    /// 没见到人 and somebody met exclude each other: what is tapped last stands.
    pub fn set_nobody(&mut self, nobody: bool) {
        self.nobody = match self.nobody.take() {
            _ if !nobody => None,
            None => Some(Nobody::default()),
            some => some,
        };
        if nobody {
            self.people.iter_mut().for_each(|p| p.met = false);
            self.children.iter_mut().for_each(|c| c.met = false);
        }
    }

    /// Village or township came along, or a reason is given, or none is needed.
    pub fn village_is_explained(&self) -> bool {
        self.kind != VisitKind::DoorKnock
            || self.no_village.is_some()
            || self.companions.iter().any(|c| c.ticked && matches!(c.side, Side::Village | Side::Township))
    }

    /// Changes the kind; the purposes follow unless they were chosen by hand.
    pub fn set_kind(&mut self, kind: VisitKind) {
        let absent = self.children.iter().any(|c| c.own && c.ticked && c.absent_since.is_some());
        if self.purposes == default_purposes(&self.kind, absent) {
            self.purposes = default_purposes(&kind, absent);
        }
        self.kind = kind;
    }

    /// Whether 不约 is no answer: somebody is missing, or nobody was there.
    pub fn needs_follow_up(&self) -> bool {
        self.asks_situation() || self.nobody.is_some()
    }

    /// 下次 by default (ux 4): the school day after the earliest promise; three days on when a child
    /// is missing and nothing was promised; the next school day when nobody was met; none for a
    /// routine visit.
    pub fn default_follow_up(&self, calendar: &Calendar) -> Option<NaiveDate> {
        let day = self.day();
        if self.nobody.is_some() {
            return Some(calendar.next_school_day(day));
        }
        if !self.asks_situation() {
            return None;
        }
        let earliest =
            self.commitments.iter().filter(|c| c.by == Party::Family).filter_map(|c| c.due_on).min();
        Some(match earliest {
            Some(due) => calendar.next_school_day(due),
            None => calendar.school_day_from(day + Days::new(3)),
        })
    }

    /// 下次 as it will be written.
    pub fn next_follow_up_on(&self, calendar: &Calendar) -> Option<NaiveDate> {
        match self.follow_up {
            Some(FollowUp::None) if !self.needs_follow_up() => None,
            Some(FollowUp::On(day)) => Some(day),
            _ => self.default_follow_up(calendar),
        }
    }

    /// What keeps the form from being a visit now.
    pub fn problems(&self, calendar: &Calendar, now: DateTime<Utc>) -> Vec<Problem> {
        let day = self.day();
        let mut problems = Vec::new();
        let mut require = |holds: bool, problem: Problem| {
            if !holds {
                problems.push(problem);
            }
        };
        require(self.children.iter().any(|c| c.ticked && c.own), Problem::at("children", "REQUIRED"));
        require(self.found.iter().all(|f| !f.name.trim().is_empty()), Problem::at("found", "NAME_REQUIRED"));
        require(self.village.is_some(), Problem::at("village", "REQUIRED"));
        require(self.earlier.is_none_or(|e| e.at.is_some()), Problem::at("started_at", "REQUIRED"));
        // Only a time chosen by hand can be wrong; a clock that went back meanwhile blocks nothing.
        let ahead = self.earlier.is_some() && self.started_at() > now + chrono::Duration::minutes(10);
        require(!ahead, Problem::at("started_at", "IN_FUTURE"));
        require(!self.purposes.is_empty(), Problem::at("purposes", "REQUIRED"));
        match &self.nobody {
            Some(nobody) => {
                require(!self.met_somebody(), Problem::at("met", "MET_AND_NOBODY"));
                require(nobody.outcome.is_some(), Problem::at("outcome", "REQUIRED"));
            }
            None => require(self.outcome().is_some(), Problem::at("met", "REQUIRED")),
        }
        require(
            self.commitments.iter().all(|c| c.due_on.is_none_or(|due| due >= day)),
            Problem::at("commitments", "BEFORE_VISIT"),
        );
        let follow_up = self.next_follow_up_on(calendar);
        require(follow_up.is_none_or(|next| next > day), Problem::at("next_follow_up_on", "BEFORE_VISIT"));
        require(self.remark.chars().count() <= crate::length::PROSE, Problem::at("remark", "TOO_LONG"));
        problems
    }
}

impl Person {
    /// Somebody of whom the file has no name.
    pub(super) const fn stranger(relation: Relation) -> Self {
        Self {
            relation,
            name: String::new(),
            called: String::new(),
            guardian: None,
            away: None,
            phone: None,
            met: false,
            call: None,
        }
    }
}

/// The purposes a kind starts with when no duty says more.
pub(super) fn default_purposes(kind: &VisitKind, absent: bool) -> Vec<Purpose> {
    match (kind, absent) {
        (VisitKind::DoorKnock, _) => vec![Purpose::Absence, Purpose::Persuade],
        (_, true) => vec![Purpose::Absence],
        (_, false) => vec![Purpose::Routine],
    }
}

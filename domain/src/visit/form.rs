//! The form at the door (ux 4, 5): what the thumb has chosen so far, saved as a draft on every
//! change, also half filled. `open` fills in what phone, roster and duty already know, never a fact
//! that happens between people; `record` turns it into one entry a child or says what is missing.

use super::{Call, Commitment, Met, Participant, Visit, needs_confirmation};
use crate::calendar::Calendar;
use crate::confirmation::{Seal, Secret};
use crate::entry::{Body, Subject};
use crate::found_child::FoundChild;
use crate::ids::{KnockId, SchoolId, StudentId, UserId, VillageId};
use crate::problem::Problem;
use crate::sighting::Sighting;
use crate::vocabulary::{
    CallResult, Cause, Difficulty, GuardianAttitude, Interpreter, Language, NoVillageReason, Outcome, Party,
    Promise, Purpose, Relation, Schooling, Side, Signature, StudentAttitude, VisitKind, Whereabouts,
};
use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// A visit being written down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VisitForm {
    /// The knock all entries of this form share.
    pub knock: KnockId,
    /// 阿依古丽家
    pub household: String,
    /// The household's village.
    pub village: VillageId,
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
    pub at: Option<DateTime<Utc>>,
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
    /// 说什么话
    #[serde(default)]
    pub language: Option<Language>,
    /// 谁翻译
    #[serde(default)]
    pub interpreter: Option<Interpreter>,
    /// 家长态度
    #[serde(default)]
    pub guardian_attitude: Option<GuardianAttitude>,
    /// 约定, both sides.
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
    /// The screen the thumb was on, 0 = 谁.
    #[serde(default)]
    pub step: u8,
    /// The entries this form corrects (改一下), by child.
    #[serde(default)]
    pub corrects: Vec<(StudentId, crate::ids::EntryId)>,
}

/// One child of the household.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChildLine {
    /// Who.
    pub student: StudentId,
    /// The name as the roster has it; a given name only for a child of another school.
    pub name: String,
    /// 七年级3班 or 示例小学三年级.
    pub class: String,
    /// Of the author's own children; `false` = a child of another school, about whom only a
    /// sighting can be written (ux 5.6).
    pub own: bool,
    /// The visit is about this child.
    pub ticked: bool,
    /// Somebody is waiting for this child at school.
    pub absent: bool,
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

/// A person who may have come along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Companion {
    /// The account, if any.
    pub user: Option<UserId>,
    /// Name as colleagues know it.
    pub name: String,
    /// Short title before the name (村支书), empty for teachers.
    #[serde(default)]
    pub title: String,
    /// Which side.
    pub side: Side,
    /// Came along.
    pub ticked: bool,
}

/// A person who may be met: a guardian of the file, or 其他家人, 邻居.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// To the first child.
    pub relation: Relation,
    /// Name, empty for 其他家人 and 邻居.
    #[serde(default)]
    pub name: String,
    /// What the doorway calls the person: 奶奶.
    #[serde(default)]
    pub called: String,
    /// The guardian's place in the file.
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
        self.kind == VisitKind::DoorKnock || self.children.iter().any(|c| c.ticked && c.own && c.absent)
    }

    /// The moment the visit was.
    pub fn started_at(&self) -> DateTime<Utc> {
        self.at.unwrap_or(self.opened_at)
    }

    /// Whether anybody of the household was met or reached.
    pub fn met_somebody(&self) -> bool {
        self.people.iter().any(|p| p.met) || self.children.iter().any(|c| c.met)
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

    /// Village or township came along, or a reason is given, or none is needed.
    pub fn village_is_explained(&self) -> bool {
        self.kind != VisitKind::DoorKnock
            || self.no_village.is_some()
            || self.companions.iter().any(|c| c.ticked && matches!(c.side, Side::Village | Side::Township))
    }

    /// 下次 by default (ux 4): the school day after the earliest promise; three days on when a child
    /// is missing and nothing was promised; the next school day when nobody was met; none for a
    /// routine visit.
    pub fn default_follow_up(&self, calendar: &Calendar) -> Option<NaiveDate> {
        let day = crate::calendar::local_date(self.started_at());
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
            Some(FollowUp::None) => None,
            Some(FollowUp::On(day)) => Some(day),
            None => self.default_follow_up(calendar),
        }
    }

    fn problems(&self, calendar: &Calendar, now: DateTime<Utc>) -> Vec<Problem> {
        let day = crate::calendar::local_date(self.started_at());
        let mut problems = Vec::new();
        let mut require = |holds: bool, problem: Problem| {
            if !holds {
                problems.push(problem);
            }
        };
        require(self.children.iter().any(|c| c.ticked && c.own), Problem::at("children", "REQUIRED"));
        require(!self.purposes.is_empty(), Problem::at("purposes", "REQUIRED"));
        match &self.nobody {
            Some(nobody) => {
                require(nobody.outcome.is_some(), Problem::at("outcome", "REQUIRED"));
                require(!self.met_somebody(), Problem::at("met", "MET_AND_NOBODY"));
            }
            None => require(self.outcome().is_some(), Problem::at("met", "REQUIRED")),
        }
        require(
            self.started_at() <= now + chrono::Duration::minutes(10),
            Problem::at("started_at", "IN_FUTURE"),
        );
        let follow_up = self.next_follow_up_on(calendar);
        require(follow_up.is_none_or(|next| next > day), Problem::at("next_follow_up_on", "BEFORE_VISIT"));
        require(
            self.commitments.iter().all(|c| c.due_on.is_none_or(|due| due >= day)),
            Problem::at("commitments", "BEFORE_VISIT"),
        );
        require(self.remark.chars().count() <= 2000, Problem::at("remark", "TOO_LONG"));
        require(self.found.iter().all(|f| !f.name.trim().is_empty()), Problem::at("found", "NAME_REQUIRED"));
        problems
    }

    /// The entries this form makes: a visit for each ticked child of one's own, a sighting for each
    /// child of another school that was seen, a found child for each that no roster knows. `secret`
    /// is fresh randomness of the device; `now` is the moment of 存到手机.
    ///
    /// # Errors
    /// Every field that keeps it from being a visit, none of them lost: the form stays as it is.
    pub fn record(
        &self,
        calendar: &Calendar,
        secret: &Secret,
        now: DateTime<Utc>,
    ) -> Result<Vec<(Subject, Body)>, Vec<Problem>> {
        let problems = self.problems(calendar, now);
        let outcome = match self.outcome() {
            Some(outcome) if problems.is_empty() => outcome,
            _ => return Err(problems),
        };
        let seal = needs_confirmation(&self.kind, &self.purposes).then(|| Seal::of(secret));
        let shared = Visit {
            kind: self.kind.clone(),
            purposes: self.purposes.clone(),
            planned_on: self.planned_on,
            started_at: self.started_at(),
            ended_at: self.at.is_none().then_some(now),
            household: self.household.clone(),
            village: self.village,
            participants: self
                .companions
                .iter()
                .filter(|c| c.ticked)
                .map(|c| Participant { user: c.user, name: c.name.clone(), side: c.side.clone() })
                .collect(),
            no_village: self.no_village.clone().filter(|_| self.kind == VisitKind::DoorKnock),
            met: self.met(),
            calls: self
                .people
                .iter()
                .filter_map(|p| Some(Call { relation: p.relation.clone(), result: p.call.clone()? }))
                .collect(),
            outcome,
            left_note: self.nobody.as_ref().is_some_and(|n| n.left_note),
            asked_neighbour: self.nobody.as_ref().is_some_and(|n| n.asked_neighbour),
            language: self.language.clone(),
            interpreter: self.interpreter.clone(),
            whereabouts: None,
            causes: Vec::new(),
            student_attitude: None,
            guardian_attitude: self.guardian_attitude.clone(),
            explained_rules: self.explained_rules,
            commitments: self.commitments.clone(),
            next_follow_up_on: self.next_follow_up_on(calendar),
            remark: said(&self.remark),
            difficulties: self.difficulties.clone(),
            signature: self.signature.clone(),
            seal,
        };
        let asks = self.asks_situation();
        let visits = self.children.iter().filter(|c| c.own && c.ticked).map(|child| {
            let visit = Visit {
                whereabouts: child.seen_where().filter(|_| asks),
                causes: if asks { child.causes.clone() } else { Vec::new() },
                student_attitude: child.attitude.clone().filter(|_| asks),
                ..shared.clone()
            };
            (Subject::Student(child.student), Body::Visit(visit))
        });
        let sightings = self.children.iter().filter(|c| !c.own).filter_map(|child| {
            let sighting = Sighting {
                seen: child.met,
                whereabouts: child.seen_where()?,
                on: crate::calendar::local_date(self.started_at()),
            };
            Some((Subject::Student(child.student), Body::Sighting(sighting)))
        });
        let found = self.found.iter().map(|line| {
            let found = FoundChild {
                name: line.name.trim().to_owned(),
                schooling: line.schooling.clone(),
                about: said(&line.about),
                household: self.household.clone(),
                village: self.village,
            };
            (Subject::School(self.school), Body::FoundChild(found))
        });
        Ok(visits.chain(sightings).chain(found).collect())
    }

    fn met(&self) -> Vec<Met> {
        let people = self.people.iter().filter(|p| p.met).map(|p| Met {
            relation: p.relation.clone(),
            called: said(&p.called),
            guardian: p.guardian,
        });
        let first = self.children.iter().find(|c| c.own && c.ticked).map(|c| c.student);
        let children = self.children.iter().filter(|c| c.met).map(|c| Met {
            relation: if Some(c.student) == first { Relation::Student } else { Relation::Sibling },
            called: None,
            guardian: None,
        });
        people.chain(children).collect()
    }
}

impl ChildLine {
    /// Where the child is: what was said, else at home when met there.
    pub fn seen_where(&self) -> Option<Whereabouts> {
        self.whereabouts.clone().or(self.met.then_some(Whereabouts::Home))
    }
}

/// A promise of the family made by a chip.
pub fn family_promise(what: Promise, who: Option<Relation>, due_on: Option<NaiveDate>) -> Commitment {
    Commitment { by: Party::Family, who, what, words: None, due_on }
}

fn said(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

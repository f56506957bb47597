//! The card (核对卡): all that a village cadre's phone holds of a child (domain 5.15, ux 6.6): a name, a
//! class, an address, the class teacher's phone, and what the village is asked. Never whereabouts,
//! causes, attitudes, promises, levels or flags; never anything that a 单独上报 could change.

pub mod list;

use crate::actor::Actor;
use crate::confirmation::{Change, Standing, Strength};
use crate::directory::Directory;
use crate::ids::{KnockId, StudentId, VillageId, derived};
use crate::policy::Policy;
use crate::student::{StudentState, VisitLine};
use crate::vocabulary::{CadreRole, ConfirmationResult, Outcome, Relation, VisitKind};
use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// 核对卡.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// Follows from student and knock.
    pub id: Uuid,
    /// The village.
    pub village: VillageId,
    /// The child.
    pub student: StudentId,
    /// 姓名
    pub name: String,
    /// 示例中学 七年级3班
    pub class: String,
    /// 现住址
    pub address: String,
    /// 班主任
    pub teacher: String,
    /// The class teacher's phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teacher_phone: Option<String>,
    /// 没到校 or not.
    pub absent: bool,
    /// What is asked; `None` = 老师要来.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Asked>,
    /// Gone from the list after this day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
}

/// What of a visit the village is shown and asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// The knock.
    pub knock: KnockId,
    /// 阿依古丽家
    pub household: String,
    /// When.
    pub started_at: DateTime<Utc>,
    /// Who wrote it.
    pub teacher: String,
    /// How many came.
    pub people: u8,
    /// Who was met.
    pub met: Vec<Relation>,
    /// 结果
    pub outcome: Outcome,
    /// `Projection::mark`: what an answer binds to.
    pub mark: String,
    /// Where it stands.
    pub standing: Standing,
    /// 核对以后改过: what reads otherwise than when the village answered last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// Answers that stand so far, as the village may know them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Given>,
}

/// An answer as everybody of the village may know it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Given {
    /// The confirmation entry, for 不是我.
    pub entry: crate::ids::EntryId,
    /// 属实 or not.
    pub result: ConfirmationResult,
    /// Who, as said or known.
    pub role: CadreRole,
    /// Name, said or known.
    pub name: Option<String>,
    /// Given by code, without an account.
    pub by_code: bool,
    /// How it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strength: Option<Strength>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Days an answered card stays in the list (ux 6.6: never closed matters after 30 days).
const ANSWERED_DAYS: u64 = 30;

/// The cards of one student for the village: one a knock that asks for an answer or has one, and one
/// when a teacher is about to come.
pub fn cards(student: StudentId, state: &StudentState, policy: &Policy, directory: &Directory) -> Vec<Card> {
    let Some(basics) = &state.basics else { return Vec::new() };
    let teacher = directory.class_teacher(basics.class);
    let card = |name: String, village: VillageId, asked: Option<Asked>, until: Option<NaiveDate>| Card {
        id: derived(student.0, &name),
        village,
        student,
        name: basics.name.clone(),
        class: directory.class_label_with_school(basics.class),
        address: basics.address.clone(),
        teacher: teacher.map(|t| t.name.clone()).unwrap_or_default(),
        teacher_phone: teacher.map(|t| t.phone.clone()).filter(|p| !p.is_empty()),
        absent: state.absence.is_some(),
        asked,
        until,
    };
    let asked = state.visits.iter().filter(|line| line.needed).map(|line| {
        let line = line.clone().as_asked_here();
        let standing = line.standing(policy);
        let until = (!matches!(standing, Standing::Waiting | Standing::ChangedAfter))
            .then(|| line.day() + Days::new(ANSWERED_DAYS));
        card(format!("card/{}", line.knock), line.village, Some(shown(&line, standing, policy)), until)
    });
    let coming = basics.village.filter(|_| {
        let knock_expected = state
            .last_visit()
            .is_some_and(|v| v.kind == VisitKind::DoorKnock && v.next_follow_up_on.is_some());
        state.absence.is_some() || knock_expected
    });
    let coming = coming.map(|village| card("card/coming".into(), village, None, None));
    asked.chain(coming).collect()
}

fn shown(line: &VisitLine, standing: Standing, policy: &Policy) -> Asked {
    Asked {
        knock: line.knock,
        household: line.household.clone(),
        started_at: line.started_at,
        teacher: line.author_name.clone(),
        people: u8::try_from(line.participants.len()).unwrap_or(u8::MAX),
        met: line.met.clone(),
        outcome: line.outcome.clone(),
        mark: line.mark.clone(),
        standing,
        changes: line.changes(policy),
        answers: line
            .answers
            .iter()
            .filter(|a| !a.disputed)
            .map(|a| Given {
                entry: a.entry,
                result: a.result.clone(),
                role: a.role.clone(),
                name: a.name.clone(),
                by_code: a.strength < Strength::SignedIn,
                strength: Some(a.strength),
                at: a.at,
            })
            .collect(),
    }
}

/// Whether a cadre may hold this card.
pub fn may_hold(actor: &Actor, card: &Card) -> bool {
    actor.places(crate::actor::Role::Cadre).any(|scope| scope == crate::actor::Scope::Village(card.village))
}

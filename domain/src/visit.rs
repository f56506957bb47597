//! The visit (走访): one knock on a door as it stands in one child's file. What the whole household
//! shares (who came, when, who was met) is said again in each child's entry, because each entry
//! has its own readers. The form that makes one is `visit::form`.

pub mod companion;
pub mod form;
pub mod knock;
pub mod opening;
pub mod promise;

use crate::ids::{UserId, VillageId};
use crate::vocabulary::{
    CallResult, Cause, Difficulty, GuardianAttitude, Interpreter, Language, NoVillageReason, Outcome, Party,
    Promise, Purpose, Relation, Side, Signature, StudentAttitude, VisitKind, Whereabouts,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// 走访 (domain 5.7, fields as ux 4 asks, defaults, derives or drops them).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Visit {
    /// 类型
    pub kind: VisitKind,
    /// 目的, at least one.
    pub purposes: Vec<Purpose>,
    /// The duty's due date, when a duty sent the teacher.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned_on: Option<NaiveDate>,
    /// When the visit was. Earlier than `recorded_at` when written down later (补录).
    pub started_at: DateTime<Utc>,
    /// Known only when written down on the spot; never invented.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<DateTime<Utc>>,
    /// The household as the village says it: 阿依古丽家. No full name.
    pub household: String,
    /// The village whose cadre can vouch.
    pub village: VillageId,
    /// 参与人员, the author first.
    pub participants: Vec<Participant>,
    /// Why nobody of the village came along on a door-knock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_village: Option<NoVillageReason>,
    /// 见到, empty when nobody was met.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub met: Vec<Met>,
    /// Calls made from the doorstep.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<Call>,
    /// 结果, derived from `met` and `calls` unless nobody was met.
    pub outcome: Outcome,
    /// A note was left at the door.
    #[serde(default, skip_serializing_if = "is_false")]
    pub left_note: bool,
    /// A neighbour was asked.
    #[serde(default, skip_serializing_if = "is_false")]
    pub asked_neighbour: bool,
    /// 说什么话
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// 谁翻译
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interpreter: Option<Interpreter>,
    /// 学生去向
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whereabouts: Option<Whereabouts>,
    /// 原因, the main one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<Cause>,
    /// 学生意愿
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub student_attitude: Option<StudentAttitude>,
    /// 家长态度
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guardian_attitude: Option<GuardianAttitude>,
    /// 讲了上学的规定
    #[serde(default, skip_serializing_if = "is_false")]
    pub explained_rules: bool,
    /// 约定
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commitments: Vec<Commitment>,
    /// 下次
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_follow_up_on: Option<NaiveDate>,
    /// 一句话
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// 需协调的困难
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub difficulties: Vec<Difficulty>,
    /// 家长签字
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
    /// What lets the village answer; `None` when the kind and purpose need no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal: Option<crate::confirmation::Seal>,
}

/// 同行的人.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// The person's account, when they have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// Name as colleagues know it.
    pub name: String,
    /// Which side.
    pub side: Side,
}

/// 见到的人.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Met {
    /// To the child of this entry.
    pub relation: Relation,
    /// What the doorway calls the person (奶奶), when milder or closer than the relation's term.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub called: Option<String>,
    /// The guardian's place in the file, 1 or 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guardian: Option<u8>,
}

/// 电话.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Whom.
    pub relation: Relation,
    /// How it went.
    pub result: CallResult,
}

/// 约定的一件事.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commitment {
    /// Whose it is to keep.
    pub by: Party,
    /// The person's relation, for the family's side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<Relation>,
    /// What.
    pub what: Promise,
    /// Own words, when `what` is other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// Until when; never before the visit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<NaiveDate>,
}

/// 晚上补几句: optional boxes, under the visit it supersedes nothing of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supplement {
    /// The visit it belongs to.
    pub visit: Option<crate::ids::EntryId>,
    /// 回教导处: what the office asked for, answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<String>,
    /// 家里
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// 在校
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub school: Option<String>,
    /// 家长意见
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guardian_opinion: Option<String>,
    /// 我答应的, done since: no longer owed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<Promise>,
    /// 回去再打, called since: no longer owed, whatever came of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<Call>,
    /// 知道了: the village's answer, seen differently there, that the author has read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard: Option<crate::ids::EntryId>,
}

impl Supplement {
    /// Whether it says anything in words: what the office asked for when it asked for more.
    pub const fn has_words(&self) -> bool {
        self.reply.is_some()
            || self.family.is_some()
            || self.school.is_some()
            || self.guardian_opinion.is_some()
    }
}

/// 撤回: the entry was about the wrong child. The entry stays in the chain and counts for nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// The entry withdrawn; its author's own.
    pub of: crate::ids::EntryId,
    /// Why, if said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl Visit {
    /// Whether the village is asked: DOOR_KNOCK, or the purposes PERSUADE, CENSUS, NOTICE_DELIVERY
    /// (domain 5.7). A routine visit needs nobody's word.
    pub fn needs_confirmation(&self) -> bool {
        needs_confirmation(&self.kind, &self.purposes)
    }

    /// Whether somebody was met or reached.
    pub const fn reached_somebody(&self) -> bool {
        matches!(self.outcome, Outcome::Met | Outcome::PhoneOnly)
    }
}

/// See [`Visit::needs_confirmation`].
pub fn needs_confirmation(kind: &VisitKind, purposes: &[Purpose]) -> bool {
    *kind == VisitKind::DoorKnock
        || purposes.iter().any(|p| matches!(p, Purpose::Persuade | Purpose::Census | Purpose::NoticeDelivery))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}

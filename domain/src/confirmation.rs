//! The village's answer (村里核对): somebody of the village vouches that the teacher came and whom
//! they met. It binds to exactly what was shown, the `Projection`, so that words added in the evening
//! do not void it and a changed time does, visibly. It never vouches for the child.

pub mod change;
pub mod code;
pub mod posted;

pub use change::{Between, Change};

use crate::entry::{Hash, Subject};
use crate::ids::{EntryId, KnockId, StudentId, UserId, VillageId};
use crate::problem::Problem;
use crate::student::VisitLine;
use crate::visit::Visit;
use crate::vocabulary::{CadreRole, ConfirmationResult, Discrepancy, Relation, VisitKind};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Eight random bytes made on the teacher's phone: the only key to answering about one knock.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(#[serde(with = "crate::hex8")] pub [u8; 8]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// What the visit carries instead of the secret.
    pub fn hash(&self) -> String {
        crate::hex(&Sha256::digest(self.0))
    }
}

/// What a visit carries so that an answer can be matched to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    /// SHA-256 of the secret, hex.
    pub secret_hash: String,
    /// The eight digits that can be typed instead of scanned.
    pub code: String,
}

impl Seal {
    /// The seal of a secret.
    pub fn of(secret: &Secret) -> Self {
        Self { secret_hash: secret.hash(), code: code::spoken(secret) }
    }
}

/// What the village was shown and answers for (ux 6.5). The order of fields is the canonical order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Projection {
    /// The knock.
    pub knock: KnockId,
    /// 阿依古丽家
    pub household: String,
    /// The village.
    pub village: VillageId,
    /// 类型
    pub kind: VisitKind,
    /// Minutes since 1970, UTC.
    pub minute: u32,
    /// Names of those who came, the author first.
    pub participants: Vec<String>,
    /// Who was met, by relation.
    pub met: Vec<Relation>,
    /// 结果
    pub result: crate::vocabulary::Outcome,
}

impl Projection {
    /// What of a visit the village is shown.
    pub fn of(knock: KnockId, visit: &Visit) -> Self {
        Self {
            knock,
            household: visit.household.clone(),
            village: visit.village,
            kind: visit.kind.clone(),
            minute: u32::try_from(visit.started_at.timestamp() / 60).unwrap_or_default(),
            participants: visit.participants.iter().map(|p| p.name.clone()).collect(),
            met: visit.met.iter().map(|m| m.relation.clone()).collect(),
            result: visit.outcome.clone(),
        }
    }

    /// The same of a visit as the fold keeps it.
    pub fn of_line(line: &VisitLine) -> Self {
        Self {
            knock: line.knock,
            household: line.household.clone(),
            village: line.village,
            kind: line.kind.clone(),
            minute: u32::try_from(line.started_at.timestamp() / 60).unwrap_or_default(),
            participants: line.participants.clone(),
            met: line.met.clone(),
            result: line.outcome.clone(),
        }
    }

    /// SHA-256 over the canonical JSON.
    pub fn hash(&self) -> Hash {
        // A struct of strings and numbers always serialises; were it ever not to, the hash of
        // nothing matches no answer, which is the safe side.
        Sha256::digest(serde_json::to_vec(self).unwrap_or_default()).into()
    }

    /// The first eight bytes of the hash, hex: what a code has room for.
    pub fn mark(&self) -> String {
        crate::hex(self.hash().get(..8).unwrap_or_default())
    }
}

/// How the answer came about, and so how strong it is. Always named where it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Strength {
    /// 纸上签字，老师记 (way F)
    OnPaper,
    /// 在老师手机上核对 (way E)
    TeachersPhone,
    /// 凭码核对，未登录 (ways A, C)
    ByCode,
    /// 登录核对 (ways B, C, D)
    SignedIn,
}

impl Strength {
    /// How strong an answer is, by what was held in hand and whether its giver was signed in.
    pub const fn of(proof: &Proof, signed_in: bool) -> Self {
        match proof {
            Proof::Paper => Self::OnPaper,
            Proof::TeachersPhone => Self::TeachersPhone,
            _ if signed_in => Self::SignedIn,
            _ => Self::ByCode,
        }
    }

    /// The code in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::OnPaper => "ON_PAPER",
            Self::TeachersPhone => "TEACHERS_PHONE",
            Self::ByCode => "BY_CODE",
            Self::SignedIn => "SIGNED_IN",
        }
    }
}

/// What the answerer held in hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// The scanned secret, hex (ways A, B).
    Secret(String),
    /// The eight digits (way C): says "I was there" and carries no content.
    Code(String),
    /// The list on the cadre's own phone (way D).
    List,
    /// The teacher's phone in the cadre's hand (way E).
    TeachersPhone,
    /// The signed form (way F).
    Paper,
}

/// 村里核对 (domain 5.7). Subject is the village; the envelope's `knock` names the knock, except for
/// way C, where the server finds it by village and code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Confirmation {
    /// 属实 or not.
    pub result: ConfirmationResult,
    /// What the answerer held.
    pub proof: Proof,
    /// `Projection::mark` of what was shown; `None` for way C.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<String>,
    /// 哪里不对
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub discrepancies: Vec<Discrepancy>,
    /// 想说一句
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Who answers: the role said or known.
    pub role: CadreRole,
    /// The name said, or known from the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// 不是我核对的: a cadre disowns an answer given in his name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// The confirmation.
    pub of: EntryId,
}

/// 说一句: what the village can tell without being asked (ux 6.4). Subject is the village.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VillageNote {
    /// The child on the card it was said about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<StudentId>,
    /// 孩子在哪, if told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Told>,
    /// Own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

/// What the village tells about a household.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Told {
    /// 在家
    Home,
    /// 全家外出
    FamilyAway,
    /// 孩子外出
    ChildAway,
    /// 说不清
    NotSure,
}

impl Told {
    /// What may be told, in the order of the buttons.
    pub const ALL: [Self; 4] = [Self::Home, Self::FamilyAway, Self::ChildAway, Self::NotSure];

    /// The code on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Home => "HOME",
            Self::FamilyAway => "FAMILY_AWAY",
            Self::ChildAway => "CHILD_AWAY",
            Self::NotSure => "NOT_SURE",
        }
    }
}

/// One answer as it stands beside a visit, whatever way it came.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The confirmation entry.
    pub entry: EntryId,
    /// 属实 or not.
    pub result: ConfirmationResult,
    /// How strong.
    pub strength: Strength,
    /// Who.
    pub role: CadreRole,
    /// Name, said or known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The account, when signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// When it reached the server or, for signed answers made offline, when the device says it was given.
    /// Shown; which of two came later is their order beside the visit.
    pub at: DateTime<Utc>,
    /// The mark of what was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<String>,
    /// 哪里不对
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub discrepancies: Vec<Discrepancy>,
    /// 想说一句
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// 不是我: disowned by the person named.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disputed: bool,
}

impl Answer {
    /// Whether it decides anything where answers of this strength and more do.
    pub fn counts(&self, min: Strength) -> bool {
        !self.disputed && self.strength >= min
    }

    /// What decides which of several that fit speaks for the village; of equals the one that the server took
    /// later. By code anybody may answer who saw the glass, the teacher too: there 属实 never talks away 有出入.
    pub fn weight(&self) -> (Strength, bool) {
        let stays = self.strength == Strength::ByCode && self.result == ConfirmationResult::Corrected;
        (self.strength, stays)
    }

    /// Whether it is about a visit that shows this: a typed code showed nothing and fits.
    pub fn fits(&self, mark: &str) -> bool {
        self.shown.as_deref().is_none_or(|shown| shown == mark)
    }
}

/// Where a visit stands with the village.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Standing {
    /// No answer is asked for.
    NotNeeded,
    /// 等村核对
    Waiting,
    /// 属实
    Confirmed,
    /// 有出入
    Corrected,
    /// 说不准 or 没参加: does not block anything.
    Unable,
    /// 核对以后改过: the confirmed projection is not the visit's any more.
    ChangedAfter,
}

impl Standing {
    /// The code in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotNeeded => "NOT_NEEDED",
            Self::Waiting => "WAITING",
            Self::Confirmed => "CONFIRMED",
            Self::Corrected => "CORRECTED",
            Self::Unable => "UNABLE",
            Self::ChangedAfter => "CHANGED_AFTER",
        }
    }
}

/// Where a visit stands, from all answers about its knock in the server's order. The strongest that still fits what the
/// visit says now decides (`Answer::weight`); an answer to something else shows as changed.
pub fn standing(needed: bool, mark: &str, answers: &[Answer], min: Strength) -> Standing {
    let counted = answers.iter().filter(|a| a.counts(min));
    let (fits, other): (Vec<_>, Vec<_>) = counted.partition(|a| a.fits(mark));
    let decides = fits.iter().max_by_key(|a| a.weight());
    match decides {
        Some(answer) => match answer.result {
            ConfirmationResult::Confirmed => Standing::Confirmed,
            ConfirmationResult::Corrected => Standing::Corrected,
            _ => Standing::Unable,
        },
        None if !other.is_empty() => Standing::ChangedAfter,
        None if needed => Standing::Waiting,
        None => Standing::NotNeeded,
    }
}

/// Whether a confirmation's proof opens this seal in this village.
pub fn opens(seal: &Seal, visit_village: VillageId, subject: Subject, proof: &Proof) -> bool {
    if subject != Subject::Village(visit_village) {
        return false;
    }
    match proof {
        Proof::Secret(hex) => crate::unhex8(hex).is_some_and(|s| Secret(s).hash() == seal.secret_hash),
        Proof::Code(code) => *code == seal.code,
        Proof::List | Proof::TeachersPhone | Proof::Paper => true,
    }
}

/// What keeps a confirmation from being one.
pub fn problems(confirmation: &Confirmation, knock: Option<KnockId>) -> Vec<Problem> {
    let mut problems = Vec::new();
    match &confirmation.proof {
        Proof::Code(code) if !code::checks(code) => problems.push(Problem::at("code", "CODE_BAD")),
        Proof::Secret(hex) if crate::unhex8(hex).is_none() => {
            problems.push(Problem::at("secret", "CODE_BAD"))
        }
        _ => {}
    }
    if knock.is_none() && !matches!(confirmation.proof, Proof::Code(_)) {
        problems.push(Problem::at("knock", "REQUIRED"));
    }
    problems
}

/// A code typed without content is matched to a visit of the village within these days.
pub const CODE_MATCH_DAYS: i64 = 3;

/// Whether a visit of that day can be the one a code typed on this day speaks of.
pub fn code_day_fits(visited_on: NaiveDate, answered_on: NaiveDate) -> bool {
    (visited_on - answered_on).num_days().abs() <= CODE_MATCH_DAYS
}

//! What a child's file keeps of a visit, with the village's answers and the office's word beside it.

use super::Recorded;
use crate::calendar::local_date;
use crate::confirmation::{Answer, Projection, Standing, standing};
use crate::ids::{EntryId, KnockId, UserId, VillageId};
use crate::policy::Policy;
use crate::review::Verdict;
use crate::visit::{Commitment, Visit};
use crate::vocabulary::{CallResult, Outcome, Purpose, Relation, VisitKind};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// What of a visit decides anything later.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VisitLine {
    /// The visit entry that stands now.
    pub entry: EntryId,
    /// The knock.
    pub knock: KnockId,
    /// Who wrote it.
    pub author: UserId,
    /// Name as colleagues know it.
    pub author_name: String,
    /// 类型
    pub kind: VisitKind,
    /// 目的
    pub purposes: Vec<Purpose>,
    /// When.
    pub started_at: DateTime<Utc>,
    /// 阿依古丽家
    pub household: String,
    /// The village asked.
    pub village: VillageId,
    /// Who came.
    pub participants: Vec<String>,
    /// Who was met.
    #[serde(default)]
    pub met: Vec<Relation>,
    /// 结果
    pub outcome: Outcome,
    /// 下次
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_follow_up_on: Option<NaiveDate>,
    /// Both sides' promises.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commitments: Vec<Commitment>,
    /// 回去再打
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub call_later: Vec<Relation>,
    /// `Projection::mark` of the visit as it stands.
    pub mark: String,
    /// The village is asked.
    pub needed: bool,
    /// What the village answered, all of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Answer>,
    /// What the office said last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<ReviewLine>,
    /// Words were added after the office asked.
    #[serde(default)]
    pub supplemented: bool,
}

impl VisitLine {
    pub(super) fn of(recorded: &Recorded<'_>, knock: KnockId, visit: &Visit) -> Self {
        Self {
            entry: recorded.entry.id,
            knock,
            author: recorded.author,
            author_name: recorded.author_name.to_owned(),
            kind: visit.kind.clone(),
            purposes: visit.purposes.clone(),
            started_at: visit.started_at,
            household: visit.household.clone(),
            village: visit.village,
            participants: visit.participants.iter().map(|p| p.name.clone()).collect(),
            met: visit.met.iter().map(|m| m.relation.clone()).collect(),
            outcome: visit.outcome.clone(),
            next_follow_up_on: visit.next_follow_up_on,
            commitments: visit.commitments.clone(),
            call_later: visit
                .calls
                .iter()
                .filter(|c| c.result == CallResult::Later)
                .map(|c| c.relation.clone())
                .collect(),
            mark: Projection::of(knock, visit).mark(),
            needed: visit.needs_confirmation(),
            answers: Vec::new(),
            review: None,
            supplemented: false,
        }
    }

    /// Where the visit stands with the village.
    pub fn standing(&self, policy: &Policy) -> Standing {
        standing(self.needed, &self.mark, &self.answers, policy.confirmation_min_strength)
    }

    /// The day of the visit.
    pub fn day(&self) -> NaiveDate {
        local_date(self.started_at)
    }
}

/// What the office said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewLine {
    /// Seen, or please add.
    pub verdict: Verdict,
    /// What to add.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// When it arrived.
    pub at: DateTime<Utc>,
}

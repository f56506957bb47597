//! What a child's file keeps of a visit, with the village's answers and the office's word beside it.

use super::Recorded;
use crate::calendar::local_date;
use crate::confirmation::{Answer, Change, Projection, Standing, standing};
use crate::ids::{EntryId, KnockId, UserId, VillageId};
use crate::policy::Policy;
use crate::review::Verdict;
use crate::visit::{Commitment, Visit};
use crate::vocabulary::{CallResult, Outcome, Purpose, Relation, VisitKind};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// Earlier versions that an answer may still be about.
const KEPT_SHOWN: usize = 5;

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
    /// What earlier versions of the visit showed the village, the latest last; at most `KEPT_SHOWN`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shown_before: Vec<Projection>,
    /// The village is asked.
    pub needed: bool,
    /// What the village answered, all of it, in the server's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Answer>,
    /// What the office said last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<ReviewLine>,
    /// Words were added after the office asked.
    #[serde(default)]
    pub supplemented: bool,
    /// Answers of the village that the author had read when writing about the visit again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub heard: Vec<EntryId>,
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
            shown_before: Vec::new(),
            needed: visit.needs_confirmation(),
            answers: Vec::new(),
            review: None,
            supplemented: false,
            heard: Vec::new(),
        }
    }

    /// Where the visit stands with the village.
    pub fn standing(&self, policy: &Policy) -> Standing {
        standing(self.needed, &self.mark, &self.answers, policy.confirmation_min_strength)
    }

    /// The answer that speaks for the village about the visit as it stands, however strong.
    pub fn answer(&self) -> Option<&Answer> {
        let fits = |answer: &&Answer| !answer.disputed && answer.fits(&self.mark);
        self.answers.iter().filter(fits).max_by_key(|a| a.weight())
    }

    /// What the village was shown when it gave an answer about an earlier version.
    fn shown_for(&self, answer: &Answer) -> Option<&Projection> {
        let shown = answer.shown.as_ref()?;
        self.shown_before.iter().rfind(|before| before.mark() == *shown)
    }

    /// 核对以后改过: what reads otherwise than when the village answered last; nothing where an answer
    /// fits, and nothing where the version that it fitted is forgotten.
    pub fn changes(&self, policy: &Policy) -> Vec<Change> {
        if self.standing(policy) != Standing::ChangedAfter {
            return Vec::new();
        }
        let last = self.answers.iter().rfind(|a| a.counts(policy.confirmation_min_strength));
        let before = last.and_then(|last| self.shown_for(last));
        before.map(|before| Projection::of_line(self).changes_since(before)).unwrap_or_default()
    }

    /// The visit without what another village said, when the first version named a wrong one.
    #[must_use]
    pub fn as_asked_here(mut self) -> Self {
        let elsewhere =
            |answer: &Answer| self.shown_for(answer).is_some_and(|shown| shown.village != self.village);
        let elsewhere: Vec<_> = self.answers.iter().filter(|a| elsewhere(a)).map(|a| a.entry).collect();
        self.answers.retain(|answer| !elsewhere.contains(&answer.entry));
        self
    }

    /// Stands instead of an earlier version: what the village was shown and what it said stays beside it.
    pub(super) fn follow(&mut self, mut old: Self) {
        if old.needed && old.mark != self.mark {
            let shown = Projection::of_line(&old);
            old.shown_before.push(shown);
            if old.shown_before.len() > KEPT_SHOWN {
                old.shown_before.remove(0);
            }
        }
        self.shown_before = old.shown_before;
        self.answers = old.answers;
        self.supplemented = true;
        self.hear();
    }

    /// Whoever writes about a visit has read what the village said of it by then.
    pub(super) fn hear(&mut self) {
        self.heard = self.answers.iter().map(|answer| answer.entry).collect();
    }

    /// 有出入, and the author has not taken it up: neither corrected nor added anything since, nor said
    /// that it is known.
    pub fn unheard(&self, policy: &Policy) -> Option<&Answer> {
        self.answer().filter(|answer| {
            self.standing(policy) == Standing::Corrected && !self.heard.contains(&answer.entry)
        })
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

//! 核对以后改过: what reads otherwise than when the village answered. Made of `Projection`s alone, so
//! that it can tell the village nothing that it was not shown before.

use super::Projection;
use crate::vocabulary::{Outcome, Relation, VisitKind};
use serde::{Deserialize, Serialize};

/// Something as it was shown, and as it reads now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Between<T> {
    /// When the village answered.
    pub from: T,
    /// Now.
    pub to: T,
}

/// One thing that reads otherwise. Whose village it is, is none of them: an answer of another village
/// is not this one's to see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Change {
    /// 时间, in minutes since 1970, UTC.
    Time(Between<u32>),
    /// 哪一户
    Household(Between<String>),
    /// 类型
    Kind(Between<VisitKind>),
    /// 来的人, by name.
    Participants(Between<Vec<String>>),
    /// 见到
    Met(Between<Vec<Relation>>),
    /// 结果
    Result(Between<Outcome>),
}

impl Projection {
    /// What reads otherwise here than it did before, in the order of the fields.
    pub fn changes_since(&self, before: &Self) -> Vec<Change> {
        fn between<T: Clone + PartialEq>(from: &T, to: &T) -> Option<Between<T>> {
            (from != to).then(|| Between { from: from.clone(), to: to.clone() })
        }
        [
            between(&before.minute, &self.minute).map(Change::Time),
            between(&before.household, &self.household).map(Change::Household),
            between(&before.kind, &self.kind).map(Change::Kind),
            between(&before.participants, &self.participants).map(Change::Participants),
            between(&before.met, &self.met).map(Change::Met),
            between(&before.result, &self.result).map(Change::Result),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

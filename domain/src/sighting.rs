//! 顺带看到: a teacher at the door saw a child of another school. She may write it and read back her
//! own words, nothing else; it goes to that child's class teacher to take up (ux 5.6).

use crate::ids::EntryId;
use crate::vocabulary::Whereabouts;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// 顺带看到. Closes nobody's duty by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// The child was met.
    pub seen: bool,
    /// Where the child is.
    pub whereabouts: Whereabouts,
    /// The day of the visit.
    pub on: NaiveDate,
}

/// What the child's class teacher makes of a sighting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SightingAnswer {
    /// The sighting.
    pub of: EntryId,
    /// 记下 or 我再去一趟.
    pub taken: Taken,
}

/// 认领.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Taken {
    /// 记下
    Noted,
    /// 我再去一趟
    GoingMyself,
}

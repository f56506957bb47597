//! 教导处看过: the office has read a visit, or asks for a little more. Nobody approves a visit; what is
//! asked for comes back to its author as a duty.

use crate::ids::EntryId;
use serde::{Deserialize, Serialize};

/// 教导处看过 or 请补 (domain 5.7 status).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// The visit.
    pub of: EntryId,
    /// Seen, or please add.
    pub verdict: Verdict,
    /// What to add, in the office's words; required with `PleaseAdd`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

/// What the office says of a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Verdict {
    /// 看过
    Seen,
    /// 请您补一点
    PleaseAdd,
}

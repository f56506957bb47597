//! 学籍登记: the entry a file begins with, written by the roster import: who the child is, in which
//! class, in which state. And 名册核对: a child whom the school's newest roster does not have is asked
//! about, never removed.

use crate::student::Basics;
use crate::vocabulary::EnrolmentStatus;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// 学籍登记.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Enrolment {
    /// 学籍状态
    pub status: EnrolmentStatus,
    /// Since when.
    pub since: NaiveDate,
    /// What the roster says, whole. Never to phones: how the child stands goes with the state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basics: Option<Basics>,
}

/// 名册核对: whether the school's newest roster has this child. Changes nothing about the child.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// `false` = 名册里没有了; `true` = a later roster has the child again.
    pub listed: bool,
    /// The day of the import.
    pub on: NaiveDate,
}

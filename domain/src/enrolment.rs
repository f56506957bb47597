//! 学籍登记: the entry a file begins with, written by the roster import: who the child is, in which
//! class, in which state.

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
    /// What the roster says, whole.
    pub basics: Basics,
}

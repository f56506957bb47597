//! 没到校 and 回到学校: the facts from which the first duty to knock follows. How days are counted and
//! who must go when is `policy`; the daily roll call that will write these by itself is not here.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// 没到校: no leave was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// The first school day the child was missed.
    pub first_absent_on: NaiveDate,
}

/// 回到学校: ends the spell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Return {
    /// The first day back.
    pub returned_on: NaiveDate,
}

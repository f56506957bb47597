//! 单独上报: a suspicion that must be reported (未保法11). A kind of its own so that it leaves no trace
//! for those who may not see it: no gap, no count, no changed byte. Cannot be withdrawn. What was done about
//! it is a kind of its own too, as hidden as the report.

use crate::ids::EntryId;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// 单独上报 (domain 5.7). Readers: the headteacher, the designated person, its author.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SafeguardingReport {
    /// 什么事, required.
    pub what: String,
    /// When it was or was noticed.
    pub noticed_at: DateTime<Utc>,
    /// 在哪
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Already reported to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reported_to: Vec<Authority>,
    /// The receipt of the authority, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
}

/// 上报已处理: what was done about a report; ends what the headteacher and the designated person owe.
/// Subject is the child of the report. Readers and writers: the two of them; its author is told by mouth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SafeguardingHandled {
    /// The report.
    pub of: EntryId,
    /// 做了什么, required.
    pub done: String,
    /// The day it was done.
    pub on: NaiveDate,
    /// Who was told of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reported_to: Vec<Authority>,
    /// The receipt of the authority, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
}

/// 报给谁了.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Authority {
    /// 公安
    Police,
    /// 民政
    Civil,
    /// 教育局
    Education,
}

//! Children as the office looks them up, and one child's file.

use chrono::{DateTime, NaiveDate, Utc};
use domain::duty::Duty;
use domain::ids::{ClassId, StudentId, VillageId};
use domain::sync::{SeenEntry, StudentView};
use domain::vocabulary::EnrolmentStatus;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Which children.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StudentsAsked {
    /// Part of a name, pinyin initials, or a number of the roll.
    pub words: String,
    /// A class, or a grade by its `Scope::key`.
    pub place: Option<Uuid>,
    /// 村
    pub village: Option<VillageId>,
    /// Only those missing from school.
    pub absent: bool,
    /// From 0.
    pub page: u32,
}

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StudentRow {
    /// Who.
    pub id: StudentId,
    /// 姓名
    pub name: String,
    /// 班
    pub class: ClassId,
    /// 班内学号
    pub class_no: Option<u16>,
    /// The last four of the 学籍号, to tell apart two of one name.
    pub roll_no_end: Option<String>,
    /// 村
    pub village: Option<VillageId>,
    /// 学籍状态
    pub status: Option<EnrolmentStatus>,
    /// The first school day missed, while the child is missing.
    pub absent_since: Option<NaiveDate>,
    /// The last visit that the reader may see.
    pub last_visit: Option<DateTime<Utc>>,
    /// Values waiting for a decision.
    pub proposals: u32,
}

/// One child's file (一生一档).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StudentFile {
    /// Where the child stands, as the reader may know it.
    pub view: StudentView,
    /// Entries, the latest first.
    pub entries: Vec<SeenEntry>,
    /// What the reader owes about this child.
    pub duties: Vec<Duty>,
    /// The reader decides between two values.
    pub may_decide: bool,
    /// 数据到
    pub as_of: DateTime<Utc>,
}

/// What the office says of a child that the newest roster lacks (ux 9.1). To leave the child as it is
/// needs nothing said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Unlisted {
    /// 转出
    TransferredOut,
    /// 休学
    Suspended,
    /// 没来报到
    NeverCame,
    /// 漏登了
    Forgotten,
}

impl Unlisted {
    /// In the order of ux 9.1.
    pub const ALL: [Self; 4] = [Self::TransferredOut, Self::Suspended, Self::NeverCame, Self::Forgotten];
}

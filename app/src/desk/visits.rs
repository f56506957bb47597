//! Visits as the office goes through them: what is asked for, a row of the list, and one visit whole.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use domain::confirmation::Standing;
use domain::entry::clock_is_doubtful;
use domain::ids::{ClassId, EntryId, KnockId, StudentId, UserId, VillageId};
use domain::student::{Basics, VisitLine};
use domain::sync::SeenEntry;
use domain::vocabulary::{Outcome, VisitKind};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Hours after which what is written down was written later, not on the spot (补录).
pub const WRITTEN_LATER_HOURS: i64 = 3;

/// Which visits. What is not named is not filtered by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct VisitsAsked {
    /// A class, or a grade by its `Scope::key`.
    pub place: Option<Uuid>,
    /// 类型
    pub kind: Option<VisitKind>,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
    /// Who wrote it.
    pub author: Option<UserId>,
    /// Whether the office has looked.
    pub look: Option<Look>,
    /// Where it stands with the village.
    pub standing: Option<Standing>,
    /// Only those written down later.
    pub late: bool,
    /// From 0.
    pub page: u32,
}

/// Whether the office has looked at a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Look {
    /// 等看过: not yet, or words were added since.
    Waiting,
    /// 请补: asked to add, nothing added yet.
    PleaseAdd,
    /// 看过
    Seen,
}

impl Look {
    /// In the order of the work.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::PleaseAdd, Self::Seen];

    /// The code in addresses and questions.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "WAITING",
            Self::PleaseAdd => "PLEASE_ADD",
            Self::Seen => "SEEN",
        }
    }

    /// From what the database keeps of a review.
    pub fn of(review: Option<&str>, supplemented: bool) -> Self {
        match review {
            Some("SEEN") => Self::Seen,
            Some("PLEASE_ADD") if !supplemented => Self::PleaseAdd,
            _ => Self::Waiting,
        }
    }
}

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VisitRow {
    /// The visit entry.
    pub entry: EntryId,
    /// The knock it shares with those of brothers and sisters.
    pub knock: KnockId,
    /// The child.
    pub student: StudentId,
    /// 姓名
    pub name: String,
    /// 班
    pub class: ClassId,
    /// 类型
    pub kind: VisitKind,
    /// The village asked.
    pub village: VillageId,
    /// 阿依古丽家
    pub household: String,
    /// Who wrote it.
    pub author_name: String,
    /// When the visit was.
    pub started_at: DateTime<Utc>,
    /// When it was written down, by the device.
    pub recorded_at: DateTime<Utc>,
    /// When the school received it.
    pub received_at: DateTime<Utc>,
    /// 结果
    pub outcome: Outcome,
    /// 下次
    pub next_follow_up_on: Option<NaiveDate>,
    /// Where it stands with the village.
    pub standing: Standing,
    /// Whether the office has looked; `None` for whom that is no matter.
    pub look: Option<Look>,
}

impl VisitRow {
    /// Written down later than on the spot.
    pub fn is_late(&self) -> bool {
        self.recorded_at - self.started_at >= Duration::hours(WRITTEN_LATER_HOURS)
    }

    /// Its times are by a clock that was hardly right.
    pub fn is_doubtful(&self) -> bool {
        clock_is_doubtful(self.recorded_at, self.received_at)
    }
}

/// One visit, whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VisitFile {
    /// As in the list.
    pub row: VisitRow,
    /// The entry that stands.
    pub visit: SeenEntry,
    /// What belongs to it, in the order it arrived: earlier versions, words added, reviews.
    pub beside: Vec<SeenEntry>,
    /// As the child's state keeps it, with the village's answers; `None` for one long past.
    pub line: Option<VisitLine>,
    /// The child, as far as the reader may know it.
    pub basics: Option<Basics>,
    /// Visits of the same knock in the files of brothers and sisters.
    pub others: Vec<(EntryId, String)>,
    /// The reader may say 看过 or 请补.
    pub may_review: bool,
}

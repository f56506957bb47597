//! What the villages have not answered yet, village by village, and how strong their answers are. Counts,
//! no ranking.

use chrono::{DateTime, NaiveDate, Utc};
use domain::calendar::local_date;
use domain::confirmation::{Standing, Strength};
use domain::ids::{EntryId, KnockId, VillageId};
use domain::vocabulary::CadreRole;
use serde::{Deserialize, Serialize};

/// A village.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VillageAsked {
    /// Which.
    pub village: VillageId,
    /// 五村
    pub name: String,
    /// 村号
    pub number: String,
    /// Whom to remind.
    pub cadres: Vec<Cadre>,
    /// Households waiting for a word, the longest first.
    pub waiting: Vec<Waiting>,
    /// How the answers given so far came about.
    pub strengths: Vec<(Strength, u32)>,
}

/// A person of the village.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cadre {
    /// Name.
    pub name: String,
    /// What they are in the village.
    pub role: CadreRole,
}

/// One knock whose village has not said its word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Waiting {
    /// The knock.
    pub knock: KnockId,
    /// 阿依古丽家
    pub household: String,
    /// The children's visits, with their names.
    pub children: Vec<(EntryId, String)>,
    /// Who wrote it.
    pub author_name: String,
    /// When the visit was.
    pub started_at: DateTime<Utc>,
    /// Waiting, or changed after it was confirmed.
    pub standing: Standing,
}

impl Waiting {
    /// Days since the visit.
    pub fn days(&self, today: NaiveDate) -> i64 {
        (today - local_date(self.started_at)).num_days().max(0)
    }
}

//! 家里还有孩子: a child in the yard whom no roster knows, the biggest find of an evening. Becomes a
//! duty of the office; the child's own file begins only when the office has found out who it is.

use crate::ids::VillageId;
use crate::vocabulary::Schooling;
use serde::{Deserialize, Serialize};

/// 家里还有孩子. Subject is the author's school.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundChild {
    /// Name as the family says it.
    pub name: String,
    /// 上学情况
    pub schooling: Schooling,
    /// 大约几岁或几年级
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// 阿依古丽家
    pub household: String,
    /// The village.
    pub village: VillageId,
}

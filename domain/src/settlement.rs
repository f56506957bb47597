//! 办结: what became of something that waited for the office: a child whom no roster knew, an entry whose
//! author's right had ended. Ends the duty; what it says stays readable.

use crate::ids::EntryId;
use crate::vocabulary::Settled;
use serde::{Deserialize, Serialize};

/// 办结. Subject is the office's school.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    /// The found child, or the entry that was kept for the office.
    pub of: EntryId,
    /// What came of it.
    pub how: Settled,
    /// In the office's words; required with `Returned`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

impl Settlement {
    /// Whether it is about an entry that was kept for the office.
    pub const fn is_of_kept(&self) -> bool {
        matches!(self.how, Settled::Taken | Settled::Returned)
    }
}

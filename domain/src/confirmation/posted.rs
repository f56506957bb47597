//! The answer of somebody without an account (ways A and C on the page that any scanner opens): the
//! body of `POST /api/v1/answer`, written by `public/answer.js`.
//!
//! The reply tells nothing about the knock, nor whether it exists yet. The same `id` again gets the
//! same reply, so that a lost reply can be asked for again. An answer that `supersedes` one given with
//! the same secret stands instead of it (点错了，改一下); any other second answer is refused. Codes of
//! refusals: `ANSWER_ALREADY` (409), `ANSWER_EXPIRED` (410), anything else of 4xx is shown as
//! "not taken"; 429 and 5xx are tried again.

use super::{Confirmation, Proof};
use crate::ids::{EntryId, KnockId};
use crate::vocabulary::{CadreRole, ConfirmationResult, Discrepancy};
use serde::{Deserialize, Serialize};

/// An answer as the page posts it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Posted {
    /// Made on that phone: becomes the id of the entry.
    pub id: EntryId,
    /// The knock.
    pub knock: KnockId,
    /// The scanned secret, hex.
    pub secret: String,
    /// `Projection::mark` of what was shown.
    pub shown: String,
    /// 12-digit code of the village.
    pub village: String,
    /// 属实 or not.
    pub result: ConfirmationResult,
    /// 哪里不对
    #[serde(default)]
    pub discrepancies: Vec<Discrepancy>,
    /// 想说一句
    #[serde(default)]
    pub comment: Option<String>,
    /// Who answers, as said.
    pub role: CadreRole,
    /// The name said, if any.
    #[serde(default)]
    pub name: Option<String>,
    /// The answer given on the same phone that this one stands instead of.
    #[serde(default)]
    pub supersedes: Option<EntryId>,
}

impl Posted {
    /// What it says, as an entry's body.
    pub fn confirmation(&self) -> Confirmation {
        Confirmation {
            result: self.result.clone(),
            proof: Proof::Secret(self.secret.clone()),
            shown: Some(self.shown.clone()),
            discrepancies: self.discrepancies.clone(),
            comment: self.comment.clone(),
            role: self.role.clone(),
            name: self.name.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn reads_what_the_page_writes() {
        let posted: Posted = serde_json::from_str(
            r#"{"id":"8677bfc2-1669-401a-ad55-7ce19765c0ac","knock":"01890000-0000-7000-8000-000000000000",
                "secret":"0123456789abcdef","shown":"a0a0a0a0a0a0a0a0","village":"990101001205",
                "result":"CORRECTED","discrepancies":["CHILD_AWAY"],"role":"SECRETARY",
                "comment":"全家去浙江了","supersedes":"4dedcec1-67d1-4450-b2f3-7cc898a01e6a"}"#,
        )
        .unwrap();
        let confirmation = posted.confirmation();
        assert!(crate::confirmation::problems(&confirmation, Some(posted.knock)).is_empty());
        assert_eq!(confirmation.discrepancies, [Discrepancy::ChildAway]);
    }
}

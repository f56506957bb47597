//! The answer of somebody without an account (ways A and C on the page that any scanner opens): the
//! body of `POST /api/v1/answer`, written by `public/answer.js`.
//!
//! The reply tells nothing about the knock, nor whether it exists yet. The same `id` again gets the
//! same reply, so that a lost reply can be asked for again. An answer that `supersedes` one given with
//! the same code stands instead of it (点错了，改一下). To whoever holds the secret, and to nobody else,
//! a refusal says that the village has answered already (not who, nor what); sent again as one
//! `beside` that, it is kept too (我有不同看法). Codes of refusals: `ANSWER_ALREADY` (409),
//! `ANSWER_EXPIRED` (410), `VILLAGE_UNKNOWN` (422), anything else of 4xx is shown as "not taken"; 429
//! and 5xx are tried again.

use super::{Confirmation, Proof};
use crate::ids::{EntryId, KnockId};
use crate::vocabulary::{CadreRole, ConfirmationResult, Discrepancy};
use serde::{Deserialize, Serialize};

/// An answer as the page posts it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Posted {
    /// Made on that phone: becomes the id of the entry.
    pub id: EntryId,
    /// What was held in hand.
    #[serde(flatten)]
    pub by: By,
    /// 12-digit code of the village; of a typed code also 村号, its last six.
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
    /// Given in the knowledge that the village has answered already.
    #[serde(default)]
    pub beside: bool,
}

/// What somebody without an account can hold in hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum By {
    /// The code on the glass, scanned.
    Scan {
        /// The knock.
        knock: KnockId,
        /// The secret, hex.
        secret: String,
        /// `Projection::mark` of what was shown.
        shown: String,
    },
    /// 核对码: eight digits, typed.
    Digits {
        /// The digits.
        code: String,
    },
}

impl Posted {
    /// The knock, where it is known.
    pub const fn knock(&self) -> Option<KnockId> {
        match &self.by {
            By::Scan { knock, .. } => Some(*knock),
            By::Digits { .. } => None,
        }
    }

    /// What it says, as an entry's body.
    pub fn confirmation(&self) -> Confirmation {
        let (proof, shown) = match &self.by {
            By::Scan { secret, shown, .. } => (Proof::Secret(secret.clone()), Some(shown.clone())),
            By::Digits { code } => (Proof::Code(code.clone()), None),
        };
        Confirmation {
            result: self.result.clone(),
            proof,
            shown,
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
    use crate::confirmation::problems;

    #[test]
    fn reads_what_the_page_writes() {
        let posted: Posted = serde_json::from_str(
            r#"{"id":"8677bfc2-1669-401a-ad55-7ce19765c0ac","knock":"01890000-0000-7000-8000-000000000000",
                "secret":"0123456789abcdef","shown":"a0a0a0a0a0a0a0a0","village":"990101001205",
                "result":"CORRECTED","discrepancies":["CHILD_AWAY"],"role":"SECRETARY","beside":true,
                "comment":"全家去浙江了","supersedes":"4dedcec1-67d1-4450-b2f3-7cc898a01e6a"}"#,
        )
        .unwrap();
        let confirmation = posted.confirmation();
        assert!(problems(&confirmation, posted.knock()).is_empty());
        assert_eq!(confirmation.discrepancies, [Discrepancy::ChildAway]);
    }

    #[test]
    fn reads_what_is_typed_on_it() {
        let posted: Posted = serde_json::from_str(
            r#"{"id":"8677bfc2-1669-401a-ad55-7ce19765c0ac","code":"56931265","village":"001205",
                "result":"CONFIRMED","role":"SECRETARY"}"#,
        )
        .unwrap();
        assert_eq!(posted.knock(), None);
        assert_eq!(posted.confirmation().proof, Proof::Code("56931265".into()));
        assert!(problems(&posted.confirmation(), None).is_empty());
    }
}

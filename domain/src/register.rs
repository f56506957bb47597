//! 登记更正: what the roster or a person says about a child's phone, address, guardian, is an entry
//! too: `{field, from, to}`. If `from` is no longer current on arrival, the current value stays and
//! the other becomes a proposal that the office decides. A stale roster is the same case.

use crate::ids::StudentId;
use serde::{Deserialize, Serialize};

/// 登记更正.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Register {
    /// A field of `Basics`, as `Basics::get` names it.
    pub field: String,
    /// The value the author saw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The value the author means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Where it comes from.
    #[serde(default)]
    pub source: Source,
}

impl Register {
    /// Whether it is about a telephone number, the child's or a guardian's.
    pub fn is_phone(&self) -> bool {
        self.field == "phone" || self.field.starts_with("guardian.") && self.field.ends_with(".phone")
    }
}

/// Where a correction comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Source {
    /// A person who knows the family.
    #[default]
    Person,
    /// A roster file.
    Roster,
    /// The office settles a proposal; stands whatever `from` says.
    Decision,
}

/// 不是一家: the link to this child is wrong. Becomes a proposal to the office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HouseholdDoubt {
    /// The child that is not of this household.
    pub other: StudentId,
}

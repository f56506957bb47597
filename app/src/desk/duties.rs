//! What the office owes: a child that no roster knows, two values for one field, work whose author's
//! right had ended, children that a new roster lacks.

use domain::duty::Duty;
use domain::ids::ClassId;
use domain::sync::SeenEntry;
use domain::vocabulary::Settled;
use serde::{Deserialize, Serialize};

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DutyRow {
    /// What, by when, why.
    pub duty: Duty,
    /// The child's name, where the reader may know it.
    pub name: Option<String>,
    /// The child's class.
    pub class: Option<ClassId>,
}

/// What the office can say of a child found in a house.
pub const OF_FOUND: [Settled; 5] =
    [Settled::InSchool, Settled::Enrolled, Settled::NotOfAge, Settled::Moved, Settled::Mistaken];

/// What was kept for the office instead of standing in a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeptEntry {
    /// The entry as it came.
    pub seen: SeenEntry,
    /// The child's name, where the reader may know it.
    pub name: Option<String>,
    /// Nobody has decided about it yet.
    pub waits: bool,
}

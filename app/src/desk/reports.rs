//! 单独上报 as the headteacher and the designated person read them. Nobody else has this page.

use domain::ids::ClassId;
use domain::sync::SeenEntry;
use serde::{Deserialize, Serialize};

/// A report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportRow {
    /// The entry.
    pub seen: SeenEntry,
    /// The child's name, where the reader may know it.
    pub name: Option<String>,
    /// The child's class.
    pub class: Option<ClassId>,
    /// What was done about it, the first first; empty while it is owed.
    #[serde(default)]
    pub handled: Vec<SeenEntry>,
}

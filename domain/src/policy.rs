//! Settings that differ by county and school (政策): versioned, county values overridden per school,
//! never constants in a rule. Each default names its source.

use crate::confirmation::Strength;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The settings in force for a school.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// Counts up with every change; shown with reasons (2026秋 第2版).
    pub version: u32,
    /// What people call this version.
    pub label: String,
    /// School days of unexcused absence after which the class teacher goes to the house
    /// (`absence.team_visit_days`, S000a S003.1: 1).
    pub absence_visit_days: u16,
    /// Days the village has to answer (`visit.village_confirm_days`, judgement: 3).
    pub village_confirm_days: u16,
    /// The weakest answer that counts (`confirmation.min_strength`, ux C1: by code).
    pub confirmation_min_strength: Strength,
    /// Days a code on paper or glass can still be answered (judgement: 14).
    pub answer_expires_days: u16,
    /// Visits each child is owed a term (`T10` 责任书: 1).
    pub visits_per_term: u16,
    /// Days a phone may keep its children without contact (domain 5.14: 14).
    pub phone_keeps_days: u16,
    /// Days an acknowledged entry stays on the phone, for a server restored from a backup (30).
    pub acknowledged_keeps_days: u16,
    /// Minutes after which the phone asks for its unlock code again; 0 = never asks.
    pub lock_after_minutes: u16,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            version: 1,
            label: String::new(),
            absence_visit_days: 1,
            village_confirm_days: 3,
            confirmation_min_strength: Strength::ByCode,
            answer_expires_days: 14,
            visits_per_term: 1,
            phone_keeps_days: 14,
            acknowledged_keeps_days: 30,
            lock_after_minutes: 15,
        }
    }
}

impl Policy {
    /// The county's settings with a school's own laid over them, key by key.
    ///
    /// # Errors
    /// A key whose value has the wrong shape; then nothing of the override counts.
    pub fn layered(county: &Value, school: &Value) -> Result<Self, serde_json::Error> {
        let mut merged = county.clone();
        if let (Some(base), Some(over)) = (merged.as_object_mut(), school.as_object()) {
            base.extend(over.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        serde_json::from_value(merged)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn a_school_overrides_its_county_key_by_key() {
        let policy = Policy::layered(
            &json!({"absence_visit_days": 2, "version": 4}),
            &json!({"absence_visit_days": 1}),
        )
        .unwrap();
        assert_eq!((policy.absence_visit_days, policy.version, policy.village_confirm_days), (1, 4, 3));
    }

    #[test]
    fn a_wrong_shape_is_said() {
        assert!(Policy::layered(&json!({"absence_visit_days": "soon"}), &json!({})).is_err());
    }
}

//! A roster against the one before: only what the roster itself changed becomes an entry, so that a
//! teacher's correction is not undone by a file that never knew of it.

use crate::register::{Register, Source};
use crate::student::Basics;
use crate::vocabulary::Relation;
use std::collections::BTreeMap;

/// The corrections that lead from the last roster's fields to what this one says.
pub fn changes(last: &BTreeMap<String, String>, now: &Basics) -> Vec<Register> {
    let now = now.fields();
    let mut fields: Vec<_> = last.keys().chain(now.keys()).collect();
    fields.sort();
    fields.dedup();
    // A guardian begins with the name and ends with it, the last one first.
    let (names, rest): (Vec<_>, Vec<_>) = fields.into_iter().partition(|field| field.ends_with(".name"));
    let (begun_now, gone): (Vec<_>, Vec<_>) = names.into_iter().partition(|field| now.contains_key(*field));
    begun_now
        .into_iter()
        .chain(gone.into_iter().rev())
        .chain(rest)
        .filter(|field| last.get(*field) != now.get(*field))
        // What a roster cannot tell it does not take away: an address without a village, a sibling
        // who is in no file.
        .filter(|field| now.contains_key(*field) || !matches!(field.as_str(), "village" | "household"))
        .map(|field| Register {
            field: field.clone(),
            from: last.get(field).cloned().or_else(|| begun(last, field)),
            to: now.get(field).cloned(),
            source: Source::Roster,
        })
        .collect()
}

/// A guardian who has just been named is somebody's other until the next field says whose.
fn begun(last: &BTreeMap<String, String>, field: &str) -> Option<String> {
    let guardian = field.strip_suffix(".relation")?;
    (!last.contains_key(&format!("{guardian}.name"))).then(|| Relation::Other.code().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{County, Size};
    use crate::student::{Basics, Guardian};

    fn child() -> Basics {
        let county = County::on("2026-11-20".parse().unwrap(), Size::Village);
        county.pupil("阿依古丽·艾力甲").unwrap().basics.clone()
    }

    /// Applies corrections as the fold does and asks that none becomes a proposal.
    fn applied(mut basics: Basics, changes: &[Register]) -> Basics {
        for change in changes {
            let current = basics.get(&change.field);
            assert!(current == change.from || current == change.to, "{change:?} {current:?}");
            assert!(basics.set(&change.field, change.to.as_deref()), "{change:?}");
        }
        basics
    }

    #[test]
    fn the_same_roster_changes_nothing() {
        assert_eq!(changes(&child().fields(), &child()), []);
    }

    #[test]
    fn each_field_that_differs_is_one_correction() {
        let now =
            Basics { phone: Some("14400000099".into()), address: "示例镇二村1号".into(), ..child() };
        let changes = changes(&child().fields(), &now);
        assert_eq!(changes.iter().map(|c| c.field.as_str()).collect::<Vec<_>>(), ["address", "phone"]);
        assert_eq!(applied(child(), &changes), now);
    }

    #[test]
    fn guardians_come_and_go_whole() {
        let guardian = Guardian {
            name: "古丽·买买提乙".into(),
            relation: Relation::Mother,
            phone: Some("14400000098".into()),
            away: None,
            legal: true,
        };
        let mut more = child();
        more.guardians.push(guardian);
        let mut less = child();
        less.guardians.pop();
        let none = Basics { guardians: Vec::new(), ..child() };
        let steps = [(child(), more.clone()), (more, less.clone()), (less, child())];
        for (before, after) in steps.into_iter().chain([(child(), none.clone()), (none, child())]) {
            assert_eq!(applied(before.clone(), &changes(&before.fields(), &after)), after);
        }
    }

    #[test]
    fn who_is_a_legal_guardian_is_corrected_too() {
        let mut now = child();
        now.guardians[0].legal = false;
        for (before, after) in [(child(), now.clone()), (now, child())] {
            let changes = changes(&before.fields(), &after);
            assert_eq!(changes.iter().map(|c| c.field.as_str()).collect::<Vec<_>>(), ["guardian.1.legal"]);
            assert_eq!(applied(before, &changes), after);
        }
    }

    #[test]
    fn what_a_roster_cannot_tell_it_does_not_take_away() {
        let now = Basics { village: None, household: None, ..child() };
        assert_eq!(changes(&child().fields(), &now), []);
    }
}

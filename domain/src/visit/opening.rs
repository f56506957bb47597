//! Opening the form: what phone, roster, duty and the last house of the evening already know
//! (ux 4, column "default"). It never fills in what happens between people: who was met, what they
//! said, what was promised, whether anybody signed.

use super::Visit;
use super::companion::companions;
use super::form::{ChildLine, Person, VisitForm, default_purposes};
use crate::access::{Facet, Place, may_write};
use crate::actor::Actor;
use crate::calendar::local_date;
use crate::directory::{Directory, household_label};
use crate::duty::{Duty, visit_for};
use crate::entry::{Body, Kind};
use crate::ids::{ClassId, DutyId, KnockId, StudentId};
use crate::student::{Basics, scopes};
use crate::sync::{FileView, Replica};
use crate::vocabulary::{Language, Relation, VisitKind};
use chrono::{DateTime, Utc};

/// Why somebody sets out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errand {
    /// To whose house.
    pub student: StudentId,
    /// The duty that sends, if one does.
    pub duty: Option<DutyId>,
    /// 去家访 or 去敲门, when tapped in the file without a duty.
    pub kind: Option<VisitKind>,
}

/// The form for a house. `None` if the child is not on this phone.
pub fn open(
    errand: &Errand,
    replica: &Replica,
    me: &Actor,
    knock: KnockId,
    now: DateTime<Utc>,
) -> Option<VisitForm> {
    let file = replica.file(errand.student, me)?;
    let basics = file.student.state.basics.clone()?;
    let duties = replica.duties(me, now);
    let duty = errand.duty.and_then(|id| duties.iter().find(|d| d.id == id));
    let absent = file.student.state.absence.is_some();
    let (kind, purposes) = match (&errand.kind, duty) {
        (Some(kind), _) => (kind.clone(), default_purposes(kind, absent)),
        (None, Some(duty)) => visit_for(Some(&duty.reason)),
        (None, None) => (VisitKind::HomeVisit, default_purposes(&VisitKind::HomeVisit, absent)),
    };
    let language = last_spoken(&file).and_then(|visit| visit.language.clone());
    Some(VisitForm {
        knock,
        household: household_label(&basics.name),
        village: basics.village,
        address: basics.address.clone(),
        school: basics.school,
        children: children(&file, &basics, replica, me, &duties, now),
        found: Vec::new(),
        companions: companions(&basics, replica, me, now),
        opened_at: now,
        earlier: None,
        planned_on: duty.or_else(|| knock_duty(&duties, errand.student)).map(|d| d.due_on),
        kind,
        purposes,
        no_village: None,
        people: people(&basics),
        nobody: None,
        asks_language: language != Some(Language::Mandarin),
        language,
        interpreter: None,
        guardian_attitude: None,
        commitments: Vec::new(),
        follow_up: None,
        explained_rules: false,
        remark: String::new(),
        difficulties: Vec::new(),
        signature: None,
        step: super::form::Step::Who,
        corrects: None,
    })
}

/// The last visit that says what is spoken in this house.
pub fn last_spoken(file: &FileView) -> Option<&Visit> {
    file.entries.iter().rev().find_map(|seen| match &seen.entry.body {
        Body::Visit(visit) => visit.language.is_some().then_some(visit),
        _ => None,
    })
}

fn knock_duty(duties: &[Duty], student: StudentId) -> Option<&Duty> {
    duties.iter().find(|d| d.student == Some(student) && d.reason.is_knock())
}

/// The child, then children of the household the author may write about, then the others as stubs.
fn children(
    file: &FileView,
    basics: &Basics,
    replica: &Replica,
    me: &Actor,
    duties: &[Duty],
    now: DateTime<Utc>,
) -> Vec<ChildLine> {
    let today = local_date(now);
    let directory = &replica.directory;
    let first = ChildLine {
        own: true,
        ticked: true,
        absent_since: file.student.state.absence.as_ref().map(|a| a.first_absent_on),
        ..ChildLine::new(file.student.id, basics.name.clone(), class_label(basics.class, directory, now))
    };
    let mut own = Vec::new();
    let mut others = Vec::new();
    for sibling in &file.student.siblings {
        let whole = replica
            .file(sibling.student, me)
            .and_then(|f| Some((f.student.state.basics.clone()?, f.student.state.into_inner())));
        match whole {
            Some((basics, state)) if may_offer(me, Facet::Of(Kind::Visit), &basics, directory) => {
                let due = duties
                    .iter()
                    .any(|d| d.student == Some(sibling.student) && d.reason.is_knock() && d.due_on <= today);
                own.push(ChildLine {
                    own: true,
                    ticked: due || state.absence.is_some(),
                    absent_since: state.absence.as_ref().map(|a| a.first_absent_on),
                    ..ChildLine::new(
                        sibling.student,
                        basics.name.clone(),
                        class_label(basics.class, directory, now),
                    )
                });
            }
            _ => others.push(ChildLine::new(sibling.student, sibling.name.clone(), sibling.class.clone())),
        }
    }
    std::iter::once(first).chain(own).chain(others).collect()
}

/// Whether a phone may offer to write this about a child: the server asks the same table again.
pub fn may_offer(me: &Actor, facet: Facet, basics: &Basics, directory: &Directory) -> bool {
    let Some(class) = directory.class(basics.class) else { return false };
    let grade = class.grade_scope().key();
    let place =
        Place { county: Some(me.county), scopes: scopes(me.county, basics, grade, None, false), open: false };
    may_write(me, facet, &place)
}

/// 七年级3班, this school year.
pub fn class_label(class: ClassId, directory: &Directory, now: DateTime<Utc>) -> String {
    directory.class(class).map(|c| c.label(local_date(now))).unwrap_or_default()
}

/// Guardians of the file, those at home first, then 其他家人 and 邻居.
fn people(basics: &Basics) -> Vec<Person> {
    let mut guardians: Vec<Person> = basics
        .guardians
        .iter()
        .zip(1..)
        .map(|(guardian, n)| Person {
            name: guardian.name.clone(),
            guardian: Some(n),
            away: guardian.away.clone(),
            phone: guardian.phone.clone(),
            ..Person::stranger(guardian.relation.clone())
        })
        .collect();
    guardians.sort_by_key(|p| p.away.is_some());
    guardians.extend([Relation::OtherFamily, Relation::Neighbour].map(Person::stranger));
    guardians
}
